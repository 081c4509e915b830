//! What the macro reads: a struct with named fields, each with at most one reducer.

use std::collections::HashMap;

use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Error, Fields, Generics, Ident, Path, Result, Type, Visibility};

/// A state struct whose attributes make sense.
pub(crate) struct Struct {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
}

/// One field and its reducer.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) ty: Type,
    pub(crate) reducer: Reducer,
}

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

impl Struct {
    /// Reads the struct; every fault is in the error, each at its own place.
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let Data::Struct(data) = &input.data else {
            return Err(Error::new(
                input.ident.span(),
                "a state is a struct: give each thing that passes through the graph a field",
            ));
        };
        let named = match &data.fields {
            Fields::Named(named) => &named.named,
            Fields::Unnamed(_) => {
                return Err(Error::new(
                    input.ident.span(),
                    "the fields of a state need names: nodes write them by name",
                ));
            }
            Fields::Unit => return Err(Error::new(input.ident.span(), "a state needs at least one field")),
        };
        if named.len() > MOST_FIELDS {
            return Err(Error::new(
                input.ident.span(),
                format!("a state has at most {MOST_FIELDS} fields, this one has {}", named.len()),
            ));
        }
        let mut faults: Option<Error> = None;
        let mut note = |fault: Error| match &mut faults {
            Some(faults) => faults.combine(fault),
            None => faults = Some(fault),
        };
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("state")) {
            note(Error::new(attribute.span(), "a reducer belongs to a field: put the attribute on one"));
        }
        let mut fields = Vec::with_capacity(named.len());
        for field in named {
            match Field::parse(field) {
                Ok(field) => fields.push(field),
                Err(fault) => note(fault),
            }
        }
        methods_twice(&fields).into_iter().for_each(note);
        match faults {
            Some(faults) => Err(faults),
            None => Ok(Self {
                name: input.ident.clone(),
                visibility: input.vis.clone(),
                generics: input.generics.clone(),
                fields,
            }),
        }
    }
}

impl Field {
    pub(crate) fn is_replace(&self) -> bool {
        matches!(self.reducer, Reducer::Replace)
    }

    /// The methods that the update gets for this field beside the one of its name.
    fn further_methods(&self) -> Vec<String> {
        let name = self.name.unraw();
        match self.reducer {
            Reducer::Replace => Vec::new(),
            Reducer::Append | Reducer::ById => vec![format!("extend_{name}"), format!("overwrite_{name}")],
            _ => vec![format!("overwrite_{name}")],
        }
    }

    fn parse(field: &syn::Field) -> Result<Self> {
        let name = field.ident.clone().ok_or_else(|| Error::new(field.span(), "this field has no name"))?;
        let mut reducer = None;
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("state")) {
            attribute.parse_nested_meta(|meta| {
                if reducer.is_some() {
                    return Err(meta.error(format!("`{name}` has a reducer already; a field takes one")));
                }
                reducer = Some(Reducer::named(&meta.path));
                Ok(())
            })?;
            if reducer.is_none() {
                return Err(Error::new(
                    attribute.span(),
                    "which reducer? replace, append, add, max, merge, by_id, or the path of a function",
                ));
            }
        }
        let reducer = reducer.unwrap_or(Reducer::Replace);
        if let Some(needs) = reducer.needs().filter(|_| reducer.misfits(&field.ty)) {
            return Err(Error::new(field.ty.span(), format!("{needs}, and `{name}` is none")));
        }
        Ok(Self { name, visibility: field.vis.clone(), ty: field.ty.clone(), reducer })
    }
}

/// Fields that are named like a method of another.
fn methods_twice(fields: &[Field]) -> Vec<Error> {
    let further =
        fields.iter().flat_map(|field| field.further_methods().into_iter().map(move |method| (method, field)));
    let further: HashMap<String, &Field> = further.collect();
    let clash = |field: &Field| {
        let other = further.get(&field.name.unraw().to_string())?;
        let text = format!("`{}` is also the name of a method for `{}`; rename one of the two", field.name, other.name);
        Some(Error::new(field.name.span(), text))
    };
    fields.iter().filter_map(clash).collect()
}

impl Reducer {
    fn named(path: &Path) -> Self {
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
    fn needs(&self) -> Option<&'static str> {
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
    fn misfits(&self, ty: &Type) -> bool {
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

/// `FieldSet::CAPACITY` of council-core.
const MOST_FIELDS: usize = 128;
