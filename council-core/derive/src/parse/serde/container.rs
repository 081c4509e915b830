//! The serde attributes of the struct.

use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Result, Token, WherePredicate};

use super::super::Faults;
use super::{Missing, both, case, each, missing, text};

/// What the serde attributes of the struct say.
#[derive(Default)]
pub(crate) struct SerdeStruct {
    /// The rules of `rename_all`, for writing and for reading.
    rename_all: (Option<String>, Option<String>),
    /// The value that gives a left-out field its own value.
    pub(crate) missing: Option<Missing>,
    pub(crate) denies_unknown_fields: bool,
    /// The key that serde writes beside the fields.
    pub(crate) tag: Option<String>,
    pub(crate) bounds: Bounds,
}

/// The bounds of `bound`, for writing and for reading.
#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) writing: Vec<WherePredicate>,
    pub(crate) reading: Vec<WherePredicate>,
}

impl SerdeStruct {
    pub(crate) fn parse(attributes: &[Attribute], faults: &mut Faults) -> Self {
        let mut parsed = Self::default();
        each(attributes, |meta| {
            let is = |name: &str| meta.path.is_ident(name);
            if is("rename_all") {
                parsed.rename_all = both(meta)?;
            } else if is("default") {
                parsed.missing = Some(missing(meta)?);
            } else if is("deny_unknown_fields") {
                parsed.denies_unknown_fields = true;
            } else if is("tag") {
                parsed.tag = Some(text(meta)?);
            } else if is("bound") {
                parsed.bounds.read(meta)?;
            } else if ANOTHER_TYPE.iter().any(|name| is(name)) {
                let name = name(meta);
                faults.push(meta.error(format!(
                    "`{name}` stores the state as another type, but an update is stored field by field: declare all stored fields in \
                     the state, and mark its other fields with `#[serde(skip)]`",
                )));
            } else if !WITHOUT_EFFECT.iter().any(|name| is(name)) {
                faults.push(unknown(meta));
            }
            Ok(())
        });
        parsed
    }

    /// The keys of a field: for writing, and for reading.
    pub(super) fn keys(&self, field: &str) -> (String, String) {
        let key = |rule: &Option<String>| {
            let renamed = rule.as_deref().and_then(|rule| case::rename(rule, field));
            renamed.unwrap_or_else(|| field.to_owned())
        };
        (key(&self.rename_all.0), key(&self.rename_all.1))
    }
}

impl Bounds {
    pub(super) fn read(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let predicates = |meta: &ParseNestedMeta<'_>| {
            let text: LitStr = meta.value()?.parse()?;
            text.parse_with(Punctuated::<WherePredicate, Token![,]>::parse_terminated)
        };
        if meta.input.peek(Token![=]) {
            let predicates = predicates(meta)?;
            self.writing.extend(predicates.clone());
            self.reading.extend(predicates);
            return Ok(());
        }
        meta.parse_nested_meta(|meta| {
            let side = if meta.path.is_ident("serialize") { &mut self.writing } else { &mut self.reading };
            side.extend(predicates(&meta)?);
            Ok(())
        })
    }
}

/// The error of an attribute that may change what is stored in a way that this macro does not know.
pub(super) fn unknown(meta: &ParseNestedMeta<'_>) -> syn::Error {
    meta.error(format!(
        "`derive(State)` does not know the serde attribute `{}`, so it cannot store updates by it",
        name(meta)
    ))
}

pub(super) fn name(meta: &ParseNestedMeta<'_>) -> String {
    meta.path.get_ident().map_or_else(String::new, ToString::to_string)
}

const ANOTHER_TYPE: &[&str] = &["transparent", "from", "try_from", "into", "remote"];
/// Attributes that do not change how the fields of a struct are stored, or that serde refuses for a struct.
const WITHOUT_EFFECT: &[&str] = &[
    "rename",
    "crate",
    "expecting",
    "content",
    "untagged",
    "rename_all_fields",
    "variant_identifier",
    "field_identifier",
];
