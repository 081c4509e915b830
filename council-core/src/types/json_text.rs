//! JSON of the user's values as `serde_json` writes it, with a faster escape of texts.
//!
//! Most of a record is text that a model wrote, and `serde_json` looks at its bytes one by one.

use std::io;

use serde::ser::{self, Serialize, Serializer};
use serde_json::ser::{CharEscape, Formatter};

/// Writes a value of one of the user's types.
pub(super) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(Texts(&mut serde_json::Serializer::with_formatter(out, TextFormatter)))
}

/// Formats JSON without spaces, and a byte array as a text: [`Texts`] passes each text as one.
struct TextFormatter;

impl Formatter for TextFormatter {
    fn write_byte_array<W: io::Write + ?Sized>(&mut self, out: &mut W, text: &[u8]) -> io::Result<()> {
        self.begin_string(out)?;
        let mut rest = text;
        loop {
            let (plain, special) = rest.split_at(plain_length(rest));
            out.write_all(plain)?;
            let Some((byte, after)) = special.split_first() else { return self.end_string(out) };
            self.write_char_escape(out, char_escape(*byte))?;
            rest = after;
        }
    }
}

/// The number of bytes before the first that JSON escapes.
fn plain_length(text: &[u8]) -> usize {
    // Without an early exit inside a block, the compiler compares many bytes at once.
    let is_plain = |block: &&[u8]| !block.iter().fold(false, |found, byte| found | is_special(*byte));
    let blocks = BLOCK * text.chunks_exact(BLOCK).take_while(is_plain).count();
    let rest = &text[blocks..];
    blocks + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn char_escape(special: u8) -> CharEscape {
    match special {
        b'"' => CharEscape::Quote,
        b'\\' => CharEscape::ReverseSolidus,
        0x08 => CharEscape::Backspace,
        b'\t' => CharEscape::Tab,
        b'\n' => CharEscape::LineFeed,
        0x0c => CharEscape::FormFeed,
        b'\r' => CharEscape::CarriageReturn,
        control => CharEscape::AsciiControl(control),
    }
}

/// A serializer, a part of one, or a value: passes each text to the inner serializer as a byte array.
struct Texts<T>(T);

impl<T: Serialize + ?Sized> Serialize for Texts<&T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Texts(serializer))
    }
}

macro_rules! forward {
    ($($method:ident($($name:ident: $type:ty),*);)*) => {
        $(fn $method(self, $($name: $type),*) -> Result<S::Ok, S::Error> {
            self.0.$method($($name),*)
        })*
    };
}

macro_rules! forward_part {
    ($($method:ident($($name:ident: $type:ty),*) -> $part:ident;)*) => {
        $(fn $method(self, $($name: $type),*) -> Result<Self::$part, S::Error> {
            self.0.$method($($name),*).map(Texts)
        })*
    };
}

impl<S: Serializer> Serializer for Texts<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Texts<S::SerializeSeq>;
    type SerializeTuple = Texts<S::SerializeTuple>;
    type SerializeTupleStruct = Texts<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Texts<S::SerializeTupleVariant>;
    type SerializeMap = Texts<S::SerializeMap>;
    type SerializeStruct = Fields<S::SerializeStruct>;
    type SerializeStructVariant = Texts<S::SerializeStructVariant>;

    fn serialize_str(self, text: &str) -> Result<S::Ok, S::Error> {
        self.0.serialize_bytes(text.as_bytes())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<S::Ok, S::Error> {
        self.0.collect_seq(bytes)
    }

    forward! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    forward_part! {
        serialize_seq(length: Option<usize>) -> SerializeSeq;
        serialize_tuple(length: usize) -> SerializeTuple;
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeTupleVariant;
        serialize_map(length: Option<usize>) -> SerializeMap;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeStructVariant;
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Self::SerializeStruct, S::Error> {
        self.0.serialize_struct(name, length).map(|fields| Fields { fields, name })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Texts(value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &Texts(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Texts(value))
    }
}

macro_rules! forward_members {
    ($($part:ident: $method:ident($($key:ident)?);)*) => {
        $(impl<S: ser::$part> ser::$part for Texts<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> Result<(), S::Error> {
                self.0.$method($($key,)? &Texts(value))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })*
    };
}

forward_members! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStructVariant: serialize_field(key);
}

impl<S: ser::SerializeMap> ser::SerializeMap for Texts<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    /// A key is passed as it is: `serde_json` also makes texts of other keys.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.0.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.0.serialize_value(&Texts(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

/// The fields of a struct, and its name.
struct Fields<S> {
    fields: S,
    name: &'static str,
}

impl<S: ser::SerializeStruct> ser::SerializeStruct for Fields<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), S::Error> {
        // A `RawValue` is a struct with one field of the same name. Its text is JSON, and the inner serializer has to see it.
        if key == self.name {
            self.fields.serialize_field(key, value)
        } else {
            self.fields.serialize_field(key, &Texts(value))
        }
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.fields.end()
    }
}

/// The number of bytes that are compared at once.
const BLOCK: usize = 64;
