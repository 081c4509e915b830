//! What the macro reads: a struct with named fields, each with at most one reducer.

mod field;
mod reducer;
mod settings;

use std::collections::HashMap;

use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Fields, Generics, Ident, Result, Visibility};

pub(crate) use field::Field;
pub(crate) use reducer::Reducer;
pub(crate) use settings::{Engine, Settings};

/// A state struct whose attributes make sense.
pub(crate) struct Struct {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
}

impl Struct {
    /// Reads the struct; every fault is in the error, each at its own place, after those that were found before.
    pub(crate) fn parse(input: &DeriveInput, mut faults: Faults) -> Result<Self> {
        let at_name = |text: &str| Error::new(input.ident.span(), text);
        let mut fields = Vec::new();
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) => {
                    for field in &named.named {
                        match Field::parse(field) {
                            Ok(field) => fields.push(field),
                            Err(fault) => faults.note(fault),
                        }
                    }
                }
                Fields::Unnamed(_) => {
                    faults.note(at_name("the fields of a state need names: nodes write them by name"));
                }
                Fields::Unit => faults.note(at_name("a state needs at least one field")),
            },
            Data::Enum(_) | Data::Union(_) => {
                faults.note(at_name("a state is a struct: give each thing that passes through the graph a field"));
            }
        }
        if fields.len() > MOST_FIELDS {
            faults.note(at_name(&format!("a state has at most {MOST_FIELDS} fields, this one has {}", fields.len())));
        }
        for fault in methods_twice(&fields) {
            faults.note(fault);
        }
        faults.none()?;
        Ok(Self { name: input.ident.clone(), visibility: input.vis.clone(), generics: input.generics.clone(), fields })
    }
}

/// What was found wrong so far, so that all mistakes are told at once.
#[derive(Default)]
pub(crate) struct Faults(Option<Error>);

impl Faults {
    fn note(&mut self, fault: Error) {
        match &mut self.0 {
            Some(faults) => faults.combine(fault),
            None => self.0 = Some(fault),
        }
    }

    fn none(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
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

/// `FieldSet::CAPACITY` of council-core.
const MOST_FIELDS: usize = 128;
