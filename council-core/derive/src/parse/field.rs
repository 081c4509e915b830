//! One field: its reducer, and whether a journal stores it.

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseBuffer;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::{Error, Ident, LitStr, Path, Result, Token, Type, Visibility, parenthesized};

use super::reducer::REDUCERS;
use super::serde::{SerdeField, SerdeStruct};
use super::ty::ungrouped;
use super::{Faults, Reducer, spelling};

/// A field with valid attributes.
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) ty: Type,
    pub(crate) reducer: Reducer,
    /// Whether `#[state(untracked)]` says that the field is not stored.
    pub(crate) untracked: bool,
    pub(crate) serde: SerdeField,
    /// The keys that the field had in earlier versions of the program.
    pub(crate) former_keys: Vec<String>,
    /// The names of the reducers that the field had in earlier versions of the program.
    pub(crate) former_reducers: Vec<String>,
}

impl Field {
    /// Whether a write replaces the field.
    pub(crate) fn is_replace(&self) -> bool {
        matches!(self.reducer, Reducer::Replace | Reducer::Concurrent(_))
    }

    /// Whether a journal stores the writes to the field.
    pub(crate) fn is_stored(&self) -> bool {
        !self.untracked && self.serde.is_written
    }

    /// Whether the writes to the field are read from a journal.
    pub(crate) fn is_read(&self) -> bool {
        self.is_stored() && self.serde.is_read
    }

    /// The keys that are read as this field: those of serde, and those of earlier versions.
    pub(crate) fn read_keys(&self) -> Vec<String> {
        self.serde.read_keys.iter().chain(&self.former_keys).cloned().collect()
    }

    /// All keys of the field in the JSON of a state or of an update.
    pub(super) fn stored_keys(&self) -> Vec<String> {
        let mut keys = self.read_keys();
        keys.push(self.serde.key.clone());
        ["", OVERWRITTEN, LEFT_OUT]
            .iter()
            .flat_map(|prefix| keys.iter().map(move |key| format!("{prefix}{key}")))
            .collect()
    }

    /// The names of the generated methods for this field, except the method with the name of the field.
    pub(super) fn further_methods(&self) -> Vec<String> {
        let name = self.name.unraw();
        let prefixes: &[&str] = match self.reducer {
            Reducer::Replace | Reducer::Concurrent(_) => &[],
            Reducer::Append | Reducer::Merge => &["extend", "overwrite"],
            Reducer::ById => &["extend", "remove", "overwrite"],
            _ => &["overwrite"],
        };
        prefixes.iter().map(|prefix| format!("{prefix}_{name}")).collect()
    }

    /// Parses the field. Faults of what is stored are added to `faults`.
    pub(super) fn parse(field: &syn::Field, of_struct: &SerdeStruct, faults: &mut Faults) -> Result<Self> {
        let name = field.ident.clone().ok_or_else(|| Error::new(field.span(), "this field has no name"))?;
        let ty = ungrouped(&field.ty);
        let mut reducer = None;
        let mut untracked = false;
        let (mut former_keys, mut former_reducers) = (Vec::new(), Vec::new());
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("state")) {
            let mut is_empty = true;
            attribute.parse_nested_meta(|meta| {
                is_empty = false;
                spelling::check(&meta.path)?;
                if meta.path.is_ident("renamed") {
                    former_keys.push(former_key(&meta)?);
                    return Ok(());
                }
                if meta.path.is_ident("formerly") {
                    former_reducers.push(former_reducer(&meta)?);
                    return Ok(());
                }
                let has_value = meta.input.peek(Token![=]);
                if (has_value || meta.input.peek(Paren)) && OF_THE_STRUCT.iter().any(|name| meta.path.is_ident(name)) {
                    return Err(meta.error("this attribute belongs to the struct, not to a field"));
                }
                if has_value {
                    return Err(meta.error("a reducer is a name or the path of a function, without `=`"));
                }
                if meta.path.is_ident("untracked") {
                    if untracked {
                        return Err(meta.error(format!("`untracked` is given twice for `{name}`")));
                    }
                    untracked = true;
                    return Ok(());
                }
                if reducer.is_some() {
                    return Err(meta.error(format!("`{name}` already has a reducer; a field can have only one")));
                }
                reducer = Some(if meta.path.is_ident("concurrent") {
                    Reducer::Concurrent(function(&meta)?)
                } else {
                    Reducer::named(&meta.path)
                });
                Ok(())
            })?;
            if is_empty {
                let text = format!("a reducer is missing: {REDUCERS}; `untracked` can stand alone or beside a reducer");
                return Err(Error::new(attribute.span(), text));
            }
        }
        let reducer = reducer.unwrap_or(Reducer::Replace);
        if let Some(problem) = reducer.type_problem(&name, ty) {
            return Err(Error::new(ty.span(), problem));
        }
        let serde = SerdeField::parse(&field.attrs, &name.unraw().to_string(), of_struct, faults);
        if !untracked {
            serde.check(&name, ty, of_struct, faults);
            if let (true, Some((attribute, span))) = (serde.is_written, &serde.with)
                && let Some(problem) = reducer.with_problem(attribute, ty)
            {
                return Err(Error::new(*span, problem));
            }
        }
        Ok(Self {
            name,
            visibility: field.vis.clone(),
            ty: ty.clone(),
            reducer,
            untracked,
            serde,
            former_keys,
            former_reducers,
        })
    }
}

/// The function in `concurrent(function)`.
fn function(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    if !meta.input.peek(Paren) {
        return Err(meta.error(MISSING_FUNCTION));
    }
    let inside;
    parenthesized!(inside in meta.input);
    let path = inside.call(Path::parse_mod_style);
    let path = path.map_err(|fault| Error::new(fault.span(), MISSING_FUNCTION))?;
    if inside.is_empty() { Ok(path) } else { Err(inside.error(MISSING_FUNCTION)) }
}

/// The key in `renamed = "key"`.
fn former_key(meta: &ParseNestedMeta<'_>) -> Result<String> {
    let key: Result<LitStr> = meta.value().and_then(ParseBuffer::parse);
    key.map(|key| key.value()).map_err(|fault| Error::new(fault.span(), "write `renamed = \"the former name\"`"))
}

/// The name of the reducer in `formerly(reducer)`.
fn former_reducer(meta: &ParseNestedMeta<'_>) -> Result<String> {
    if !meta.input.peek(Paren) {
        return Err(meta.error(MISSING_FORMER_REDUCER));
    }
    let inside;
    parenthesized!(inside in meta.input);
    let path = inside.call(Path::parse_mod_style);
    let path = path.map_err(|fault| Error::new(fault.span(), MISSING_FORMER_REDUCER))?;
    if path.is_ident("concurrent") && inside.peek(Paren) {
        let function;
        parenthesized!(function in inside);
        return Ok(Reducer::Concurrent(function.call(Path::parse_mod_style)?).name());
    }
    spelling::check(&path)?;
    Ok(Reducer::named(&path).name())
}

/// The prefix of the key of an overwritten field.
pub(crate) const OVERWRITTEN: &str = "=";
/// The prefix of the key of a field that is set to the value that serde uses for a missing field.
pub(crate) const LEFT_OUT: &str = "-";

const OF_THE_STRUCT: &[&str] = &["deps", "crate", "removed"];
const MISSING_FORMER_REDUCER: &str = "write `formerly(reducer)`, with the reducer that the field had before";
const MISSING_FUNCTION: &str =
    "write `concurrent(path::to::function)`: the function merges several writes of one superstep";
