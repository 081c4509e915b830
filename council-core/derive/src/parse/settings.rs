//! What the macro reads above the struct: the type of its context, and where the engine is found.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Path, Result, Type, parse_quote};

use super::Faults;

/// What holds for the whole struct.
pub(crate) struct Settings {
    pub(crate) engine: Engine,
    pub(crate) context: Type,
}

impl Settings {
    /// Reads the attributes of the struct. A setting that cannot be read keeps its default, so that the stub is as close to
    /// what was meant as it can be.
    pub(crate) fn parse(attributes: &[Attribute]) -> (Self, Faults) {
        let mut faults = Faults::default();
        let mut engine = None;
        let mut context = None;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("state")) {
            let mut is_empty = true;
            let read = attribute.parse_nested_meta(|meta| {
                is_empty = false;
                if meta.path.is_ident("context") {
                    set(&mut context, &meta, "`context = Type`", |meta| meta.value()?.parse())
                } else if meta.path.is_ident("crate") {
                    set(&mut engine, &meta, "`crate = path`", |meta| meta.value()?.call(Path::parse_mod_style))
                } else {
                    Err(meta.error(NO_SETTING))
                }
            });
            match read {
                Err(fault) => faults.note(fault),
                Ok(()) if is_empty => faults.note(Error::new(attribute.span(), NO_SETTING)),
                Ok(()) => {}
            }
        }
        let settings = Self { engine: Engine(engine), context: context.unwrap_or_else(|| parse_quote!(())) };
        (settings, faults)
    }
}

/// The path of council-core, which a user may have renamed.
pub(crate) struct Engine(Option<Path>);

impl Engine {
    /// The path, so that what the compiler has against it is shown at a place of the user's.
    pub(crate) fn at(&self, place: Span) -> TokenStream {
        self.0.as_ref().map_or_else(|| quote_spanned!(place=> ::council_core), ToTokens::to_token_stream)
    }
}

impl ToTokens for Engine {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.at(Span::call_site()));
    }
}

/// Reads a setting that is given at most once.
fn set<T>(
    slot: &mut Option<T>,
    meta: &ParseNestedMeta<'_>,
    form: &str,
    read: impl FnOnce(&ParseNestedMeta<'_>) -> Result<T>,
) -> Result<()> {
    if slot.is_some() {
        return Err(meta.error(format!("a state takes one {form}")));
    }
    let value = read(meta).map_err(|fault| Error::new(fault.span(), format!("this is written {form}")))?;
    *slot = Some(value);
    Ok(())
}

const NO_SETTING: &str = "a struct takes `context = Type` and `crate = path`; a reducer belongs to a field";
