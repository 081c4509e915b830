//! Writes values of the user's types as JSON, and refuses what could not be read back equal.
//!
//! The text is that of `serde_json`. It refuses less: it writes NaN and `Some(None)` as null, and values that are nested too deep for
//! its reader.

pub(crate) mod key;
mod out;
mod parts;
mod text;

use serde::ser::{Serialize, Serializer};

use super::json_error::Unwritable;
use out::JsonWriter;
use parts::{Entries, Fields, List};
use text::write_text;

/// Writes a value. `has_known_keys` says that the value is a map whose keys are known to differ.
pub(super) fn write(
    value: &(impl Serialize + ?Sized),
    out: Vec<u8>,
    has_known_keys: bool,
) -> Result<Vec<u8>, Unwritable> {
    let mut writer = JsonWriter::new(out, has_known_keys);
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

macro_rules! numbers {
    ($($method:ident($type:ty) by $write:ident;)*) => {
        $(#[inline]
        fn $method(self, value: $type) -> Result<(), Unwritable> {
            self.$write(value)
        })*
    };
}

impl<'w> Serializer for &'w mut JsonWriter {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = List<'w>;
    type SerializeTuple = List<'w>;
    type SerializeTupleStruct = List<'w>;
    type SerializeTupleVariant = List<'w>;
    type SerializeMap = Entries<'w>;
    type SerializeStruct = Fields<'w>;
    type SerializeStructVariant = Fields<'w>;

    numbers! {
        serialize_bool(bool) by number;
        serialize_i8(i8) by number;
        serialize_i16(i16) by number;
        serialize_i32(i32) by number;
        serialize_i64(i64) by number;
        serialize_i128(i128) by number;
        serialize_u8(u8) by number;
        serialize_u16(u16) by number;
        serialize_u32(u32) by number;
        serialize_u64(u64) by number;
        serialize_u128(u128) by number;
        serialize_f32(f32) by float;
        serialize_f64(f64) by float;
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), Unwritable> {
        write_text(text, &mut self.out);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Unwritable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.collect_seq(bytes)
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        let start = self.out.len();
        value.serialize(&mut *self)?;
        if self.out[start..] == *b"null" {
            return Err(Unwritable::new(
                "`Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case",
            ));
        }
        Ok(())
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Unwritable> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Unwritable> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.open_variant(variant)?;
        value.serialize(&mut *self)?;
        self.close(b"}");
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<List<'w>, Unwritable> {
        List::open(self, b"]")
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<List<'w>, Unwritable> {
        List::open(self, b"]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'w>, Unwritable> {
        List::open(self, b"]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'w>, Unwritable> {
        self.open_variant(variant)?;
        List::open(self, b"]}")
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Entries<'w>, Unwritable> {
        Entries::open(self, length)
    }

    #[inline]
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields<'w>, Unwritable> {
        Fields::open(self, name, b"}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields<'w>, Unwritable> {
        self.open_variant(variant)?;
        Fields::open(self, "", b"}}")
    }
}
