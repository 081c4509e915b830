//! The reducers of the attributes, and the types of fields that they accept.

use syn::{Ident, Path, Type};

use super::ty::{is_named, is_option, is_primitive};

/// How a field combines with a write.
pub(crate) enum Reducer {
    Replace,
    /// `Replace`, with a function that merges several writes of one superstep.
    Concurrent(Path),
    Append,
    Add,
    Max,
    Min,
    Merge,
    ById,
    Function(Path),
}

impl Reducer {
    pub(super) fn named(path: &Path) -> Self {
        match path.get_ident().map(ToString::to_string).as_deref() {
            Some("replace") => Self::Replace,
            Some("append") => Self::Append,
            Some("add") => Self::Add,
            Some("max") => Self::Max,
            Some("min") => Self::Min,
            Some("merge") => Self::Merge,
            Some("by_id") => Self::ById,
            _ => Self::Function(path.clone()),
        }
    }

    /// The name of the reducer in the first record of a run. A function has its own name and not its path, so it may move.
    pub(crate) fn name(&self) -> String {
        let function = |path: &Path| path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        match self {
            Self::Replace => "replace".to_owned(),
            Self::Concurrent(path) => format!("concurrent({})", function(path)),
            Self::Append => "append".to_owned(),
            Self::Add => "add".to_owned(),
            Self::Max => "max".to_owned(),
            Self::Min => "min".to_owned(),
            Self::Merge => "merge".to_owned(),
            Self::ById => "by_id".to_owned(),
            Self::Function(path) => format!("{}()", function(path)),
        }
    }

    /// Why this reducer does not accept the type of a field, if the name of the type shows it. So a mistake with a common type
    /// is one short error. For types with other names the compiler reports a missing trait.
    pub(super) fn type_problem(&self, field: &Ident, ty: &Type) -> Option<String> {
        let is = |names: &[&str]| is_named(ty, names);
        let is_scalar = is_primitive(ty) || is(&["String"]);
        let (fits, needs) = match self {
            Self::Append => (!is_scalar && !is(MAPS), "`append` needs a list or a set"),
            Self::Add => {
                (!is(LISTS) && !is(MAPS) && !is(&["String", "bool", "char", "Option"]), "`add` needs a number")
            }
            Self::Merge => (!is_scalar && !is(LISTS), "`merge` needs a map"),
            Self::ById => {
                (is(&["Vec"]) || !(is_scalar || is(MAPS) || is(LISTS)), "`by_id` needs a `Vec` or an `IdList`")
            }
            Self::Min if is_option(ty) => {
                return Some(format!(
                    "`min` keeps a `None`, because it is less than any value: use a type without `Option` for `{field}`, \
                     or a function as its reducer",
                ));
            }
            Self::Replace | Self::Concurrent(_) | Self::Max | Self::Min | Self::Function(_) => return None,
        };
        (!fits).then(|| format!("{needs}, and `{field}` is not one"))
    }

    /// Why a function that writes or reads a whole field does not fit the writes of this reducer.
    pub(super) fn with_problem(&self, attribute: &str, ty: &Type) -> Option<String> {
        let reducer = match self {
            Self::Append if !is_named(ty, &["Vec"]) => "append",
            Self::Merge => "merge",
            Self::ById => "by_id",
            _ => return None,
        };
        Some(format!(
            "`{attribute}` is for a whole field, and `{reducer}` stores single items: give the items a type with its own \
             `Serialize` and `Deserialize`",
        ))
    }
}

/// What the attribute of a field may name, for errors.
pub(super) const REDUCERS: &str =
    "replace, append, add, max, min, merge, by_id, concurrent(path::to::function) or the path of a function";
const LISTS: &[&str] = &["Vec", "VecDeque", "HashSet", "BTreeSet"];
const MAPS: &[&str] = &["HashMap", "BTreeMap"];
