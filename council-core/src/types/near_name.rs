//! The name that a misspelt name is likely meant to be.

/// The most similar of these names, if it is similar enough to be meant.
pub(crate) fn near_name<'n>(misspelt: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most_typos = (misspelt.chars().count() / 3).max(1);
    let all = names.into_iter().map(|name| (strsim::osa_distance(misspelt, name), name));
    all.filter(|(typos, _)| *typos <= most_typos).min_by_key(|(typos, _)| *typos).map(|(_, name)| name)
}

/// `; did you mean ...` for the end of an error, if there is a similar name.
pub(crate) fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
