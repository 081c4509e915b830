//! Misspelt attributes of a field. A name that the macro does not know may be a function of the user, so only a name near a known one is
//! an error.

use strsim::osa_distance;
use syn::{Error, Path, Result};

use super::reducer::REDUCERS;

/// Refuses a name that is almost a known one. A path with a module is a function.
pub(super) fn check(path: &Path) -> Result<()> {
    let Some(name) = path.get_ident() else { return Ok(()) };
    let text = name.to_string();
    let Some(near) = near(&text) else { return Ok(()) };
    let message = format!(
        "`{name}` is unknown: did you mean `{near}`? A reducer is {REDUCERS}; a function named `{name}` is written `self::{name}`",
    );
    Err(Error::new(name.span(), message))
}

/// The known name that this one almost is; `None` for a known name.
fn near(name: &str) -> Option<&'static str> {
    if KNOWN.contains(&name) {
        return None;
    }
    let is_near = |known: &&str| match known.len() {
        // A name of three letters with another letter is often another word, such as `mix`.
        ..4 => osa_distance(name, known) == 1 && name.len() != known.len(),
        4..6 => osa_distance(name, known) == 1,
        6.. => osa_distance(name, known) <= 2,
    };
    KNOWN.iter().copied().find(is_near)
}

const KNOWN: &[&str] = &[
    "replace",
    "append",
    "add",
    "max",
    "min",
    "merge",
    "by_id",
    "concurrent",
    "untracked",
    "renamed",
    "formerly",
    "removed",
];
