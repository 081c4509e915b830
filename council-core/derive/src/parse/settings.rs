//! The attributes of the struct: the type of its deps, and the path of council-core.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Attribute, Error, LitStr, Path, Result, Token, Type, parenthesized, parse_quote};

use super::Faults;

/// The settings of the whole struct.
pub(crate) struct Settings {
    pub(crate) engine: Engine,
    pub(crate) deps: Type,
    /// The keys of fields that earlier versions of the program had.
    pub(crate) removed: Vec<String>,
}

impl Settings {
    /// Parses the attributes of the struct. A faulty setting keeps its default, so that the stub has the other settings.
    pub(crate) fn parse(attributes: &[Attribute]) -> (Self, Faults) {
        let mut faults = Faults::default();
        let mut engine = None;
        let mut deps = None;
        let mut removed = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("state")) {
            let mut is_empty = true;
            let read = attribute.parse_nested_meta(|meta| {
                is_empty = false;
                if meta.path.is_ident("deps") {
                    set(&mut deps, &meta, "`deps = Type`", |meta| meta.value()?.parse())
                } else if meta.path.is_ident("crate") {
                    set(&mut engine, &meta, "`crate = path`", |meta| meta.value()?.call(Path::parse_mod_style))
                } else if meta.path.is_ident("removed") {
                    removed.extend(removed_keys(&meta)?);
                    Ok(())
                } else {
                    Err(meta.error(UNKNOWN_SETTING))
                }
            });
            match read {
                Err(fault) => faults.push(fault),
                Ok(()) if is_empty => faults.push(Error::new(attribute.span(), UNKNOWN_SETTING)),
                Ok(()) => {}
            }
        }
        let settings = Self { engine: Engine(engine), deps: deps.unwrap_or_else(|| parse_quote!(())), removed };
        (settings, faults)
    }
}

/// The path of council-core. A user may have renamed the crate.
pub(crate) struct Engine(Option<Path>);

impl Engine {
    /// The path with the span of the user's code, so that the compiler shows its errors there.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        self.0.as_ref().map_or_else(|| quote_spanned!(span=> ::council_core), ToTokens::to_token_stream)
    }
}

impl ToTokens for Engine {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.at(Span::call_site()));
    }
}

/// The keys in `removed("key", ..)`.
fn removed_keys(meta: &ParseNestedMeta<'_>) -> Result<Vec<String>> {
    let form = "write `removed(\"the former name\")`";
    if !meta.input.peek(Paren) {
        return Err(meta.error(form));
    }
    let inside;
    parenthesized!(inside in meta.input);
    let keys = Punctuated::<LitStr, Token![,]>::parse_terminated(&inside);
    let keys = keys.map_err(|fault| Error::new(fault.span(), form))?;
    Ok(keys.iter().map(LitStr::value).collect())
}

/// Parses a setting that can be given at most once.
fn set<T>(
    setting: &mut Option<T>,
    meta: &ParseNestedMeta<'_>,
    form: &str,
    read: impl FnOnce(&ParseNestedMeta<'_>) -> Result<T>,
) -> Result<()> {
    if setting.is_some() {
        return Err(meta.error(format!("a state can have only one {form}")));
    }
    let value = read(meta).map_err(|fault| Error::new(fault.span(), format!("write {form}")))?;
    *setting = Some(value);
    Ok(())
}

const UNKNOWN_SETTING: &str = "the attributes of the struct are `deps = Type`, `crate = path` and `removed(\"key\")`; a reducer belongs to a field";
