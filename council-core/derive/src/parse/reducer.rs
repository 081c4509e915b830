//! The reducers that an attribute can name, and the fields that they fit.

use syn::{Path, Type};

/// How a field takes a write.
pub(crate) enum Reducer {
    Replace,
    Append,
    Add,
    Max,
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
            Some("merge") => Self::Merge,
            Some("by_id") => Self::ById,
            _ => Self::Function(path.clone()),
        }
    }

    /// What a field must be for this reducer, in words.
    pub(super) fn needs(&self) -> Option<&'static str> {
        match self {
            Self::Append => Some("`append` adds items to a list or a set"),
            Self::Add => Some("`add` adds to a number"),
            Self::Merge => Some("`merge` puts entries into a map"),
            Self::ById => Some("`by_id` puts items into a `Vec`"),
            Self::Replace | Self::Max | Self::Function(_) => None,
        }
    }

    /// Whether a type is known by its name not to fit, so that the mistake is one error in plain words. What has another
    /// name is left to the compiler.
    pub(super) fn misfits(&self, ty: &Type) -> bool {
        let Type::Path(path) = ty else { return false };
        let Some(last) = path.path.segments.last() else { return false };
        let is = |names: &[&str]| names.iter().any(|name| last.ident == name);
        match self {
            Self::Append => is(SCALARS) || is(MAPS),
            Self::Add => is(LISTS) || is(MAPS) || is(&["String", "bool", "char", "Option"]),
            Self::Merge => is(SCALARS) || is(LISTS),
            Self::ById => is(SCALARS) || is(MAPS) || (is(LISTS) && !is(&["Vec"])),
            Self::Replace | Self::Max | Self::Function(_) => false,
        }
    }
}

const SCALARS: &[&str] = &[
    "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool",
    "char", "String",
];
const LISTS: &[&str] = &["Vec", "VecDeque", "HashSet", "BTreeSet"];
const MAPS: &[&str] = &["HashMap", "BTreeMap"];
