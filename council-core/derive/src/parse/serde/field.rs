//! The serde attributes of a field.

use syn::spanned::Spanned;
use syn::{Attribute, Error, ExprPath, Type, parse_quote};

use super::super::Faults;
use super::super::ty::is_option;
use super::container::{Bounds, SerdeStruct, name, unknown};
use super::{Missing, both, each, missing, path, text};

/// What the serde attributes of a field say.
#[derive(Default)]
pub(crate) struct SerdeField {
    /// The key that is written.
    pub(crate) key: String,
    /// The keys that are read: the name that serde reads, and the aliases.
    pub(crate) read_keys: Vec<String>,
    pub(crate) is_written: bool,
    pub(crate) is_read: bool,
    /// The function that writes the value.
    pub(crate) write_with: Option<ExprPath>,
    /// The function that reads the value.
    pub(crate) read_with: Option<ExprPath>,
    /// The function that says whether a value is left out.
    pub(crate) left_out_if: Option<ExprPath>,
    /// The value that is read where the field is left out.
    pub(crate) missing: Option<Missing>,
    pub(crate) bounds: Bounds,
    /// The attribute that sets `write_with` or `read_with`, for errors.
    pub(crate) with: Option<(String, proc_macro2::Span)>,
}

impl SerdeField {
    pub(crate) fn parse(attributes: &[Attribute], field: &str, of_struct: &SerdeStruct, faults: &mut Faults) -> Self {
        let (key, read_key) = of_struct.keys(field);
        let mut parsed = Self { is_written: true, is_read: true, ..Self::default() };
        let mut names = (None, None);
        each(attributes, |meta| {
            let is = |name: &str| meta.path.is_ident(name);
            let with = || Some((name(meta), meta.path.span()));
            if is("rename") {
                names = both(meta)?;
            } else if is("alias") {
                parsed.read_keys.push(text(meta)?);
            } else if is("skip") {
                (parsed.is_written, parsed.is_read) = (false, false);
            } else if is("skip_serializing") {
                parsed.is_written = false;
            } else if is("skip_deserializing") {
                parsed.is_read = false;
            } else if is("skip_serializing_if") {
                parsed.left_out_if = Some(path(meta)?);
            } else if is("default") {
                parsed.missing = Some(missing(meta)?);
            } else if is("with") {
                let module = path(meta)?;
                parsed.with = with();
                parsed.write_with = Some(parse_quote!(#module::serialize));
                parsed.read_with = Some(parse_quote!(#module::deserialize));
            } else if is("serialize_with") {
                (parsed.write_with, parsed.with) = (Some(path(meta)?), with());
            } else if is("deserialize_with") {
                (parsed.read_with, parsed.with) = (Some(path(meta)?), with());
            } else if is("bound") {
                parsed.bounds.read(meta)?;
            } else if is("flatten") {
                faults.push(meta.error(
                    "a field with `flatten` has no key, but an update stores each field under its key: remove `flatten`",
                ));
            } else if is("getter") {
                faults.push(meta.error("`getter` is for a type of another crate, and a state is a type of its own"));
            } else if !is("borrow") {
                faults.push(unknown(meta));
            }
            Ok(())
        });
        parsed.key = names.0.unwrap_or(key);
        parsed.read_keys.insert(0, names.1.unwrap_or(read_key));
        parsed
    }

    /// Adds the faults of a field whose stored value serde could not read again.
    pub(crate) fn check(&self, field: &syn::Ident, ty: &Type, of_struct: &SerdeStruct, faults: &mut Faults) {
        let mut fault = |text: String| faults.push(Error::new(field.span(), text));
        if self.is_written && self.is_read && !self.read_keys.contains(&self.key) {
            let (written, read) = (&self.key, &self.read_keys[0]);
            fault(format!(
                "serde writes `{field}` as `{written}` and reads it as `{read}`, so a stored run could not be read: give both the \
                 same name, or add `alias = \"{written}\"`",
            ));
        }
        if self.is_written && !self.is_read && of_struct.denies_unknown_fields {
            fault(format!(
                "serde writes `{field}` and refuses to read it, because of `skip_deserializing` and `deny_unknown_fields`: use \
                 `skip` instead of `skip_deserializing`",
            ));
        }
        let may_be_left_out = match (self.is_written, &self.left_out_if) {
            (true, None) => None,
            (true, Some(_)) => Some("skip_serializing_if"),
            (false, _) => Some("skip_serializing"),
        };
        let has_default = self.missing.is_some() || of_struct.missing.is_some();
        if let Some(attribute) = may_be_left_out
            && self.is_read
            && !has_default
            && !(is_option(ty) && self.read_with.is_none())
        {
            fault(format!(
                "`{attribute}` leaves `{field}` out, and serde cannot read a state without it: add `#[serde(default)]` to the field",
            ));
        }
    }
}
