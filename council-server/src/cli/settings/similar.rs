//! The name that a misspelt name was meant to be.

/// The most similar of these names, if it is similar enough to be meant.
pub(super) fn nearest<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The rule of `council-core` for the names of nodes.
    let most_slips = (misspelt.chars().count() / 3).max(1);
    let all = names.into_iter().map(|name| (strsim::osa_distance(misspelt, name), name));
    all.filter(|(slips, _)| *slips <= most_slips).min_by_key(|(slips, _)| *slips).map(|(_, name)| name)
}
