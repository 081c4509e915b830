//! Keys of maps as JSON: texts, and what is written as a text and read back from it.

use serde::ser::{Impossible, Serialize, Serializer};

use super::text::write_text;
use crate::types::json_error::Unwritable;

/// Checks that a value can be a key of a map in JSON.
pub(crate) fn check_key(key: &(impl Serialize + ?Sized)) -> Result<(), Unwritable> {
    key.serialize(Key(Unwritten)).map(drop)
}

/// Writes a key.
pub(super) fn write_key(key: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> Result<KeyKind, Unwritable> {
    key.serialize(Key(out))
}

/// Whether a key is a text by itself, or became one. Only keys of both kinds in one map can become equal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    Text,
    Other,
}

/// The target of a key.
trait KeyOut {
    fn text(self, text: &str);
    /// Adds a number or a boolean in quotation marks.
    fn quoted(self, value: impl Serialize) -> Result<(), Unwritable>;
}

impl KeyOut for &mut Vec<u8> {
    fn text(self, text: &str) {
        write_text(text, self);
    }

    fn quoted(self, value: impl Serialize) -> Result<(), Unwritable> {
        self.push(b'"');
        serde_json::to_writer(&mut *self, &value).map_err(|error| Unwritable::new(error.to_string()))?;
        self.push(b'"');
        Ok(())
    }
}

/// The target of a key that is only checked.
struct Unwritten;

impl KeyOut for Unwritten {
    fn text(self, _: &str) {}

    fn quoted(self, _: impl Serialize) -> Result<(), Unwritable> {
        Ok(())
    }
}

struct Key<O>(O);

impl<O: KeyOut> Key<O> {
    fn of_other(self, value: impl Serialize) -> Written {
        self.0.quoted(value)?;
        Ok(KeyKind::Other)
    }

    fn of_float(self, value: impl Serialize + Into<f64> + Copy) -> Written {
        if value.into().is_finite() { self.of_other(value) } else { refuse("NaN or infinite") }
    }
}

type Written = Result<KeyKind, Unwritable>;
type No = Impossible<KeyKind, Unwritable>;

#[cold]
fn refuse<T>(what: &str) -> Result<T, Unwritable> {
    Err(Unwritable::new(format!(
        "a map key is {what}, but JSON keys are strings; implement `Serialize` so that the key becomes a string"
    )))
}

macro_rules! numbers {
    ($($method:ident: $type:ty;)*) => {
        $(fn $method(self, value: $type) -> Written {
            self.of_other(value)
        })*
    };
}

macro_rules! refused {
    ($($what:literal: $method:ident($($type:ty),*) -> $result:ty;)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<$result, Unwritable> {
            refuse($what)
        })*
    };
}

impl<O: KeyOut> Serializer for Key<O> {
    type Ok = KeyKind;
    type Error = Unwritable;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    fn serialize_str(self, text: &str) -> Written {
        self.0.text(text);
        Ok(KeyKind::Text)
    }

    fn serialize_char(self, value: char) -> Written {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        self.serialize_str(variant)
    }

    numbers! {
        serialize_bool: bool;
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
    }

    fn serialize_f32(self, value: f32) -> Written {
        self.of_float(value)
    }

    fn serialize_f64(self, value: f64) -> Written {
        self.of_float(value)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Written {
        refuse("a variant with data")
    }

    refused! {
        "`None`": serialize_none() -> KeyKind;
        "`()`": serialize_unit() -> KeyKind;
        "a struct without fields": serialize_unit_struct(&'static str) -> KeyKind;
        "a list of bytes": serialize_bytes(&[u8]) -> KeyKind;
        "a list": serialize_seq(Option<usize>) -> No;
        "a tuple": serialize_tuple(usize) -> No;
        "a tuple": serialize_tuple_struct(&'static str, usize) -> No;
        "a variant with data": serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No;
        "a map": serialize_map(Option<usize>) -> No;
        "a struct": serialize_struct(&'static str, usize) -> No;
        "a variant with data": serialize_struct_variant(&'static str, u32, &'static str, usize) -> No;
    }
}
