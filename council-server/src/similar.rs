//! The name that a misspelt name was meant to be.

/// The most similar of these names, if it is similar enough to be meant.
pub(crate) fn nearest<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The rule of `council-core` for the names of nodes.
    let length = misspelt.chars().count();
    let most_slips = (length / 3).max(1);
    // A comparison takes time by the product of the lengths.
    let all = names.into_iter().filter(|name| name.chars().count().abs_diff(length) <= most_slips);
    let all = all.map(|name| (strsim::osa_distance(misspelt, name), name));
    all.filter(|(slips, _)| *slips <= most_slips).min_by_key(|(slips, _)| *slips).map(|(_, name)| name)
}
