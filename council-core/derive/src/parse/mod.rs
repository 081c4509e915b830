//! The input of the macro: a struct with named fields, each with at most one reducer.

mod field;
mod reducer;
mod serde;
mod settings;
mod spelling;
pub(crate) mod ty;

use std::collections::HashMap;

use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Generics, Ident, Result, Visibility};

pub(crate) use field::{Field, LEFT_OUT, OVERWRITTEN};
pub(crate) use reducer::Reducer;
pub(crate) use serde::{Missing, SerdeStruct};
pub(crate) use settings::{Engine, Settings};

/// A state struct with valid attributes.
pub(crate) struct Struct {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
    pub(crate) serde: SerdeStruct,
}

impl Struct {
    /// Parses the struct. The error has `faults` and all faults of the struct, each with its own span.
    pub(crate) fn parse(input: &DeriveInput, settings: &Settings, mut faults: Faults) -> Result<Self> {
        let at_name = |text: &str| Error::new(input.ident.span(), text);
        let serde = SerdeStruct::parse(&input.attrs, &mut faults);
        for parameter in input.generics.lifetimes() {
            let lifetime = &parameter.lifetime;
            let text = format!(
                "a state owns its values, so it cannot have `{lifetime}`: use `String` or `Arc` instead of a reference"
            );
            faults.push(Error::new(lifetime.span(), text));
        }
        let mut fields = Vec::new();
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) => {
                    for field in &named.named {
                        match Field::parse(field, &serde, &mut faults) {
                            Ok(field) => fields.push(field),
                            Err(fault) => faults.push(fault),
                        }
                    }
                }
                Fields::Unnamed(_) => {
                    faults.push(at_name("the fields of a state need names: nodes write them by name"));
                }
                Fields::Unit => faults.push(at_name("a state needs at least one field")),
            },
            Data::Enum(_) | Data::Union(_) => {
                faults.push(at_name("a state must be a struct with named fields"));
            }
        }
        if fields.len() > MOST_FIELDS {
            faults.push(at_name(&format!("a state has at most {MOST_FIELDS} fields, this one has {}", fields.len())));
        }
        for fault in method_name_clashes(&fields).into_iter().chain(key_clashes(&fields, settings, &serde)) {
            faults.push(fault);
        }
        faults.into_result()?;
        let (name, visibility, generics) = (input.ident.clone(), input.vis.clone(), input.generics.clone());
        Ok(Self { name, visibility, generics, fields, serde })
    }
}

/// The faults found so far, so that all of them are reported at once.
#[derive(Default)]
pub(crate) struct Faults(Option<Error>);

impl Faults {
    fn push(&mut self, fault: Error) {
        match &mut self.0 {
            Some(faults) => faults.combine(fault),
            None => self.0 = Some(fault),
        }
    }

    fn into_result(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// An error for each field with the name of a generated method of another field.
fn method_name_clashes(fields: &[Field]) -> Vec<Error> {
    let further =
        fields.iter().flat_map(|field| field.further_methods().into_iter().map(move |method| (method, field)));
    let further: HashMap<String, &Field> = further.collect();
    let clash = |field: &Field| {
        let other = further.get(&field.name.unraw().to_string())?;
        let text = format!(
            "`{}` is also the name of a generated method for `{}`; rename one of the two",
            field.name, other.name
        );
        Some(Error::new(field.name.span(), text))
    };
    fields.iter().filter_map(clash).collect()
}

/// An error for each key that two fields have in the JSON of a state or of an update.
fn key_clashes(fields: &[Field], settings: &Settings, serde: &SerdeStruct) -> Vec<Error> {
    let mut owners: HashMap<String, String> = HashMap::new();
    owners.extend(serde.tag.iter().map(|tag| (tag.clone(), "the tag".to_owned())));
    owners.extend(settings.removed.iter().map(|key| (key.clone(), "a field in `removed`".to_owned())));
    let mut clashes = Vec::new();
    for field in fields.iter().filter(|field| field.is_stored()) {
        let own = format!("`{}`", field.name);
        let keys = field.stored_keys();
        let clash = keys.iter().find_map(|key| Some((key, owners.get(key).filter(|other| **other != own)?)));
        if let Some((key, other)) = clash {
            let text = format!("{own} and {other} have the same stored key `{key}`: rename one of the two");
            clashes.push(Error::new(field.name.span(), text));
        }
        owners.extend(keys.into_iter().map(|key| (key, own.clone())));
    }
    clashes
}

/// The same number as `FieldSet::CAPACITY` of council-core.
const MOST_FIELDS: usize = 128;
