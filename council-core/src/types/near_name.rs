//! The name that a misspelt name is likely meant to be.

/// The most similar of these names, if it is similar enough to be meant: at most a third of the letters of `misspelt`, and at least one,
/// is wrong, missing, too many or exchanged with the next letter. Of equally similar names it is the first.
///
/// ```
/// use council_core::near_name;
///
/// assert_eq!(near_name("critc", ["master", "critic"]), Some("critic"));
/// assert_eq!(near_name("editor", ["master", "critic"]), None);
/// ```
pub fn near_name<'n>(misspelt: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let letters = misspelt.chars().count();
    let most_typos = (letters / 3).max(1);
    // The distance takes time by the product of both lengths, and is at least their difference.
    let all = names.into_iter().filter(|name| name.chars().count().abs_diff(letters) <= most_typos);
    let all = all.map(|name| (strsim::osa_distance(misspelt, name), name));
    all.filter(|(typos, _)| *typos <= most_typos).min_by_key(|(typos, _)| *typos).map(|(_, name)| name)
}

/// `; did you mean ...` for the end of an error, if there is a similar name.
pub(crate) fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
