//! The reducers that an attribute can name, and the fields that they fit.

use syn::{Ident, Path, Type};

/// How a field takes a write.
pub(crate) enum Reducer {
    Replace,
    /// As `Replace`, and several writes of one superstep are put together by this function.
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

    /// Why this reducer does not fit a field, where the name of its type says so: the mistake is one error in plain words. What
    /// has another name is left to the compiler.
    pub(super) fn misfit(&self, field: &Ident, ty: &Type) -> Option<String> {
        let Type::Path(path) = ty else { return None };
        let last = path.path.segments.last()?;
        let is = |names: &[&str]| names.iter().any(|name| last.ident == name);
        let (fits, needs) = match self {
            Self::Append => (!is(SCALARS) && !is(MAPS), "`append` adds items to a list or a set"),
            Self::Add => {
                (!is(LISTS) && !is(MAPS) && !is(&["String", "bool", "char", "Option"]), "`add` adds to a number")
            }
            Self::Merge => (!is(SCALARS) && !is(LISTS), "`merge` puts entries into a map"),
            Self::ById => (
                is(&["Vec"]) || !(is(SCALARS) || is(MAPS) || is(LISTS)),
                "`by_id` puts items into a `Vec` or an `IdList`",
            ),
            Self::Min if is(&["Option"]) => {
                return Some(format!(
                    "`min` would keep a `None`, which is less than any value: give `{field}` a value to start with, or \
                     reduce it with a function",
                ));
            }
            Self::Replace | Self::Concurrent(_) | Self::Max | Self::Min | Self::Function(_) => return None,
        };
        (!fits).then(|| format!("{needs}, and `{field}` is none"))
    }
}

const SCALARS: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char", "String",
];
const LISTS: &[&str] = &["Vec", "VecDeque", "HashSet", "BTreeSet"];
const MAPS: &[&str] = &["HashMap", "BTreeMap"];
