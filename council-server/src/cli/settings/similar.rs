//! The name that a misspelt name was meant to be.

/// The most similar of these names, if it is similar enough to be meant.
pub(super) fn nearest<'a>(misspelt: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let similarity = |name: &str| strsim::jaro_winkler(name, misspelt);
    let nearest = names.into_iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    nearest.filter(|name| similarity(name) > SIMILAR)
}

/// The similarity from which a name counts as a misspelling.
const SIMILAR: f64 = 0.8;
