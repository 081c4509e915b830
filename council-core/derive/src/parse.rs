//! What the macro reads: a struct with named fields, each with at most one reducer.

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
        let mut fields = Vec::with_capacity(named.len());
        for field in named {
            match Field::parse(field) {
                Ok(field) => fields.push(field),
                Err(fault) => match &mut faults {
                    Some(faults) => faults.combine(fault),
                    None => faults = Some(fault),
                },
            }
        }
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
        Ok(Self {
            name,
            visibility: field.vis.clone(),
            ty: field.ty.clone(),
            reducer: reducer.unwrap_or(Reducer::Replace),
        })
    }
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
}

/// `FieldSet::CAPACITY` of council-core.
const MOST_FIELDS: usize = 128;
