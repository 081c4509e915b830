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

/// The variable of the environment that a misspelt one is likely meant to be. `None` if `name` does not begin with `prefix`, or is in
/// `known`, whose names all begin with `prefix`.
///
/// The rest of the name is similar as for [`near_name`], and at most two of its letters are wrong, missing, too many or exchanged with the
/// next letter: a variable with the same prefix may belong to another program.
///
/// ```
/// use council_core::near_variable;
///
/// let known = ["COUNCIL_DATABASE", "COUNCIL_MODEL"];
/// assert_eq!(near_variable("COUNCIL_MODLE", "COUNCIL_", known), Some("COUNCIL_MODEL"));
/// assert_eq!(near_variable("COUNCIL_MODEL", "COUNCIL_", known), None);
/// assert_eq!(near_variable("COUNCIL_DATABASE_URL", "COUNCIL_", known), None);
/// ```
pub fn near_variable<'n>(name: &str, prefix: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let misspelt = name.strip_prefix(prefix)?;
    let names: Vec<_> = known.into_iter().collect();
    if names.contains(&name) {
        return None;
    }
    let near = near_name(misspelt, names.iter().filter_map(|name| name.strip_prefix(prefix)))?;
    let meant = names.into_iter().find(|name| name.strip_prefix(prefix) == Some(near));
    meant.filter(|_| strsim::osa_distance(misspelt, near) <= MOST_TYPOS_OF_VARIABLE)
}

/// How many letters of a misspelt variable are wrong, missing, too many, or exchanged with the next one.
const MOST_TYPOS_OF_VARIABLE: usize = 2;

/// `; did you mean ...` for the end of an error, if there is a similar name.
pub(crate) fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
