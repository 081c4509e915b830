//! The attributes of serde, as far as they say what is stored: a state is stored by serde, and its updates by the same rules.

mod case;
mod field;
mod container;

use syn::meta::ParseNestedMeta;
use syn::{Attribute, ExprPath, LitStr, Result, Token, parenthesized};

pub(crate) use container::SerdeStruct;
pub(crate) use field::SerdeField;

/// The value that serde reads for a field that is left out.
pub(crate) enum Missing {
    /// `default` without a path.
    Default,
    /// `default = "path"`.
    Path(ExprPath),
}

/// Calls a function for each serde attribute. An attribute that serde cannot read is left to serde, which reports it.
fn each(attributes: &[Attribute], mut read: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            read(&meta)?;
            skip_value(&meta)
        });
    }
}

/// Skips the value of an attribute that was not read.
fn skip_value(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        let _: syn::Expr = meta.value()?.parse()?;
    } else if meta.input.peek(syn::token::Paren) {
        let inside;
        parenthesized!(inside in meta.input);
        let _: proc_macro2::TokenStream = inside.parse()?;
    }
    Ok(())
}

/// The text in `name = "text"`.
fn text(meta: &ParseNestedMeta<'_>) -> Result<String> {
    let text: LitStr = meta.value()?.parse()?;
    Ok(text.value())
}

/// The path in `name = "path"`.
fn path(meta: &ParseNestedMeta<'_>) -> Result<ExprPath> {
    let text: LitStr = meta.value()?.parse()?;
    text.parse()
}

/// `default`, or `default = "path"`.
fn missing(meta: &ParseNestedMeta<'_>) -> Result<Missing> {
    if meta.input.peek(Token![=]) { path(meta).map(Missing::Path) } else { Ok(Missing::Default) }
}

/// The texts in `name = "text"`, or in `name(serialize = "text", deserialize = "text")`: for writing, and for reading.
fn both(meta: &ParseNestedMeta<'_>) -> Result<(Option<String>, Option<String>)> {
    if meta.input.peek(Token![=]) {
        let text = text(meta)?;
        return Ok((Some(text.clone()), Some(text)));
    }
    let (mut writing, mut reading) = (None, None);
    meta.parse_nested_meta(|meta| {
        let side = if meta.path.is_ident("serialize") { &mut writing } else { &mut reading };
        *side = Some(text(&meta)?);
        Ok(())
    })?;
    Ok((writing, reading))
}
