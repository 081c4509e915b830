//! JSON as `serde_json` writes it, but several times as fast where there is much text: most of what is stored is text of models.
//!
//! All but texts is left to `serde_json`, whose serializers are wrapped.

use std::cell::{Cell, RefCell};
use std::io;

use serde::ser::{self, Serialize, Serializer};

/// Writes a value as JSON.
pub(crate) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) -> serde_json::Result<()> {
    let shared = Out { bytes: RefCell::new(std::mem::take(out)), deaf: Cell::new(false) };
    let mut json = serde_json::Serializer::new(&shared);
    let written = value.serialize(Fast { inner: &mut json, out: Some(&shared) });
    *out = shared.bytes.into_inner();
    written
}

/// What `serde_json` and the texts are written to in turn.
struct Out {
    bytes: RefCell<Vec<u8>>,
    /// Whether what `serde_json` writes is not taken.
    deaf: Cell<bool>,
}

impl io::Write for &Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.deaf.get() {
            self.bytes.borrow_mut().extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A serializer, a part of one, or a value, in which texts are found. Without `out` they are left as they are.
struct Fast<'a, T> {
    inner: T,
    out: Option<&'a Out>,
}

impl<T: Serialize + ?Sized> Serialize for Fast<'_, &T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.inner.serialize(Fast { inner: serializer, out: self.out })
    }
}

macro_rules! values {
    ($($method:ident($type:ty))*) => {
        $(fn $method(self, value: $type) -> Result<S::Ok, S::Error> {
            self.inner.$method(value)
        })*
    };
}

macro_rules! wholes {
    ($($method:ident($($name:ident: $type:ty),*) -> $whole:ident)*) => {
        $(fn $method(self, $($name: $type),*) -> Result<Self::$whole, S::Error> {
            Ok(Fast { inner: self.inner.$method($($name),*)?, out: self.out })
        })*
    };
}

impl<'a, S: Serializer> Serializer for Fast<'a, S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Fast<'a, S::SerializeSeq>;
    type SerializeTuple = Fast<'a, S::SerializeTuple>;
    type SerializeTupleStruct = Fast<'a, S::SerializeTupleStruct>;
    type SerializeTupleVariant = Fast<'a, S::SerializeTupleVariant>;
    type SerializeMap = Fast<'a, S::SerializeMap>;
    type SerializeStruct = Fast<'a, S::SerializeStruct>;
    type SerializeStructVariant = Fast<'a, S::SerializeStructVariant>;

    fn serialize_str(self, text: &str) -> Result<S::Ok, S::Error> {
        let Some(out) = self.out else { return self.inner.serialize_str(text) };
        write_text(text, &mut out.bytes.borrow_mut());
        // Nobody but the serializer can say what it has come to, so it is told of a value which is not taken.
        out.deaf.set(true);
        let written = self.inner.serialize_unit();
        out.deaf.set(false);
        written
    }

    values! {
        serialize_bool(bool) serialize_char(char) serialize_bytes(&[u8]) serialize_unit_struct(&'static str)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
        serialize_f32(f32) serialize_f64(f64)
    }

    wholes! {
        serialize_seq(length: Option<usize>) -> SerializeSeq
        serialize_tuple(length: usize) -> SerializeTuple
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeTupleVariant
        serialize_map(length: Option<usize>) -> SerializeMap
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeStructVariant
    }

    fn serialize_struct(self, name: &'static str, length: usize) -> Result<Self::SerializeStruct, S::Error> {
        // The text in one of `serde_json`'s own is JSON already.
        let out = self.out.filter(|_| !name.starts_with("$serde_json::"));
        Ok(Fast { inner: self.inner.serialize_struct(name, length)?, out })
    }

    fn serialize_none(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_none()
    }

    fn serialize_unit(self) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_some(&Fast { inner: value, out: self.out })
    }

    fn serialize_unit_variant(self, name: &'static str, index: u32, variant: &'static str) -> Result<S::Ok, S::Error> {
        self.inner.serialize_unit_variant(name, index, variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_struct(name, &Fast { inner: value, out: self.out })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.inner.serialize_newtype_variant(name, index, variant, &Fast { inner: value, out: self.out })
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! parts {
    ($($part:ident: $method:ident($($key:ident)?))*) => {
        $(impl<S: ser::$part> ser::$part for Fast<'_, S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: &'static str,)? value: &T) -> Result<(), S::Error> {
                self.inner.$method($($key,)? &Fast { inner: value, out: self.out })
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.inner.end()
            }
        })*
    };
}

parts! {
    SerializeSeq: serialize_element()
    SerializeTuple: serialize_element()
    SerializeTupleStruct: serialize_field()
    SerializeTupleVariant: serialize_field()
    SerializeStruct: serialize_field(key)
    SerializeStructVariant: serialize_field(key)
}

impl<S: ser::SerializeMap> ser::SerializeMap for Fast<'_, S> {
    type Ok = S::Ok;
    type Error = S::Error;

    /// Keys may be no texts and become texts all the same: `serde_json` knows how.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.inner.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.inner.serialize_value(&Fast { inner: value, out: self.out })
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.inner.end()
    }
}

/// A text as `serde_json` writes it, which looks at one byte after the other. Most stretches have nothing to escape, and that
/// the processor sees of many bytes at once.
pub(crate) fn write_text(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    for stretch in text.as_bytes().chunks(STRETCH) {
        if stretch.iter().fold(false, |found, byte| found | is_special(*byte)) {
            for byte in stretch {
                write_byte(*byte, out);
            }
        } else {
            out.extend_from_slice(stretch);
        }
    }
    out.push(b'"');
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn write_byte(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        0..0x20 => {
            let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
        }
        _ => return out.push(byte),
    };
    out.extend_from_slice(&[b'\\', short]);
}

const STRETCH: usize = 64;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::value::RawValue;

    #[derive(Serialize)]
    enum Kind {
        Unit,
        New(String),
        Pair(String, u8),
        Named { text: &'static str },
    }

    #[derive(Serialize)]
    struct Unit;

    #[derive(Serialize)]
    struct Wrapped(Box<str>);

    #[derive(Serialize)]
    #[serde(tag = "type")]
    enum Tagged {
        One { text: String },
    }

    #[derive(Serialize)]
    struct Flat {
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        none: Option<String>,
        some: Option<String>,
    }

    fn check(value: &impl Serialize) {
        let mut out = b"before".to_vec();
        super::write(value, &mut out).unwrap();
        let expected = format!("before{}", serde_json::to_string(value).unwrap());
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn a_text_is_written_as_by_serde_json(text in any::<String>(), long in "[ -~\n\t\"\\\\\u{0}-\u{1f}ä🚀]{0,300}") {
            check(&text);
            check(&long);
        }
    }

    #[test]
    fn every_kind_of_value_is_written_as_by_serde_json() {
        let odd = "\u{0}\u{8}\u{c}\u{1f}\u{7f}\"\\\r\n\t/\u{2028}ß🚀".to_owned();
        check(&(Kind::Unit, Kind::New(odd.clone()), Kind::Pair(odd.clone(), 1), Kind::Named { text: "\n" }));
        check(&(
            Unit,
            Wrapped("\"".into()),
            Tagged::One { text: odd.clone() },
            'x',
            '"',
            (),
            true,
            -1.5e300,
            u128::MAX,
        ));
        let rest = BTreeMap::from([(odd.clone(), odd.clone())]);
        check(&Flat { rest, none: None, some: Some(odd.clone()) });
        check(&HashMap::from([(7_i64, [&odd, &odd])]));
        check(&HashMap::from([(true, Some(b"bytes"))]));
        check(&RawValue::from_string(r#"{"a": ["\n", 1.50]}"#.to_owned()).unwrap());
        check(&serde_json::json!({ "a": [odd, 1, null, 2.5], "b": {} }));
        check(&std::path::Path::new("a\nb"));
        check(&format_args!("{}\n", 1));
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        let mut out = Vec::new();
        assert!(super::write(&HashMap::from([(vec![1], "x")]), &mut out).is_err());
    }
}
