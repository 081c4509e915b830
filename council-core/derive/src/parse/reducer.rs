//! The reducers of the attributes, and the types of fields that they accept.

use syn::{Ident, Path, Type};

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
        let Type::Path(path) = ty else { return None };
        let last = path.path.segments.last()?;
        let is = |names: &[&str]| names.iter().any(|name| last.ident == name);
        let (fits, needs) = match self {
            Self::Append => (!is(SCALARS) && !is(MAPS), "`append` needs a list or a set"),
            Self::Add => {
                (!is(LISTS) && !is(MAPS) && !is(&["String", "bool", "char", "Option"]), "`add` needs a number")
            }
            Self::Merge => (!is(SCALARS) && !is(LISTS), "`merge` needs a map"),
            Self::ById => {
                (is(&["Vec"]) || !(is(SCALARS) || is(MAPS) || is(LISTS)), "`by_id` needs a `Vec` or an `IdList`")
            }
            Self::Min if is(&["Option"]) => {
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
            Self::Append if !is_vec(ty) => "append",
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

fn is_vec(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "Vec")
}

const SCALARS: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char", "String",
];
const LISTS: &[&str] = &["Vec", "VecDeque", "HashSet", "BTreeSet"];
const MAPS: &[&str] = &["HashMap", "BTreeMap"];
