//! The name that a misspelt name is likely meant to be.

/// The most similar of these names, if it is similar enough to be meant.
pub(crate) fn near_name<'n>(misspelt: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most_typos = (misspelt.chars().count() / 3).max(1);
    let all = names.into_iter().map(|name| (typos(misspelt, name), name));
    all.filter(|(typos, _)| *typos <= most_typos).min_by_key(|(typos, _)| *typos).map(|(_, name)| name)
}

/// `; did you mean ...` for the end of an error, if there is a similar name.
pub(crate) fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// The number of letters that were added, left out, replaced, or swapped with the next letter.
fn typos(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    // The rows of the table of distances for the first `i - 1` and `i` letters of `one`.
    let (mut before, mut last) = (Vec::new(), (0..=other.len()).collect::<Vec<_>>());
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = last[j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut typos = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && (one[i - 1], one[i - 2]) == (other[j - 2], other[j - 1]) {
                typos = typos.min(before[j - 2] + 1);
            }
            row.push(typos);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[other.len()]
}
