//! One field: its reducer, and whether a journal keeps it.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Error, Ident, Path, Result, Token, Type, Visibility, parenthesized};

use super::Reducer;

/// A field whose attributes make sense.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) ty: Type,
    pub(crate) reducer: Reducer,
    pub(crate) untracked: bool,
}

impl Field {
    /// Whether a write sets the field.
    pub(crate) fn is_replace(&self) -> bool {
        matches!(self.reducer, Reducer::Replace | Reducer::Concurrent(_))
    }

    /// The methods that the update gets for this field beside the one of its name.
    pub(super) fn further_methods(&self) -> Vec<String> {
        let name = self.name.unraw();
        let prefixes: &[&str] = match self.reducer {
            Reducer::Replace | Reducer::Concurrent(_) => &[],
            Reducer::Append => &["extend", "overwrite"],
            Reducer::ById => &["extend", "remove", "overwrite"],
            _ => &["overwrite"],
        };
        prefixes.iter().map(|prefix| format!("{prefix}_{name}")).collect()
    }

    pub(super) fn parse(field: &syn::Field) -> Result<Self> {
        let name = field.ident.clone().ok_or_else(|| Error::new(field.span(), "this field has no name"))?;
        let mut reducer = None;
        let mut untracked = false;
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("state")) {
            let mut is_empty = true;
            attribute.parse_nested_meta(|meta| {
                is_empty = false;
                if meta.input.peek(Token![=]) {
                    return Err(not_of_a_field(&meta));
                }
                if meta.path.is_ident("untracked") {
                    if untracked {
                        return Err(meta.error(format!("`{name}` is untracked already")));
                    }
                    untracked = true;
                    return Ok(());
                }
                if reducer.is_some() {
                    return Err(meta.error(format!("`{name}` has a reducer already; a field takes one")));
                }
                reducer = Some(if meta.path.is_ident("concurrent") {
                    Reducer::Concurrent(function(&meta)?)
                } else {
                    Reducer::named(&meta.path)
                });
                Ok(())
            })?;
            if is_empty {
                return Err(Error::new(attribute.span(), WHICH_REDUCER));
            }
        }
        let reducer = reducer.unwrap_or(Reducer::Replace);
        if let Some(misfit) = reducer.misfit(&name, &field.ty) {
            return Err(Error::new(field.ty.span(), misfit));
        }
        Ok(Self { name, visibility: field.vis.clone(), ty: field.ty.clone(), reducer, untracked })
    }
}

/// The function in `concurrent(function)`.
fn function(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    if !meta.input.peek(Paren) {
        return Err(meta.error(WHICH_FUNCTION));
    }
    let inside;
    parenthesized!(inside in meta.input);
    let path = inside.call(Path::parse_mod_style);
    let path = path.map_err(|fault| Error::new(fault.span(), WHICH_FUNCTION))?;
    if inside.is_empty() { Ok(path) } else { Err(inside.error(WHICH_FUNCTION)) }
}

/// Why a field cannot take what is written with a `=`.
fn not_of_a_field(meta: &ParseNestedMeta<'_>) -> Error {
    if meta.path.is_ident("context") || meta.path.is_ident("crate") {
        meta.error("this belongs above the struct")
    } else {
        meta.error("a reducer is a name or the path of a function, without a `=`")
    }
}

const WHICH_REDUCER: &str = "which reducer? replace, append, add, max, min, merge, by_id, concurrent(path::to::function), or the \
                             path of a function; or untracked, alone or beside one";
const WHICH_FUNCTION: &str = "this is written `concurrent(path::to::function)`: the function puts several writes of one superstep \
                              together";
