//! Lists, structs and maps while they are written.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{self, Serialize, SerializeStruct, Serializer};

use super::key::{KeyKind, write_key};
use super::out::{JsonWriter, of_serde_json};
use super::text::write_text;
use crate::types::json_error::{Step, Unwritable};

/// A list, a tuple, or the data of a variant.
pub(super) struct List<'w> {
    writer: &'w mut JsonWriter,
    count: usize,
    close: &'static [u8],
}

impl<'w> List<'w> {
    #[inline]
    pub(super) fn open(writer: &'w mut JsonWriter, close: &'static [u8]) -> Result<Self, Unwritable> {
        writer.open(b'[')?;
        Ok(Self { writer, count: 0, close })
    }

    #[inline]
    fn add(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Unwritable> {
        if self.count > 0 {
            self.writer.out.push(b',');
        }
        value.serialize(&mut *self.writer).map_err(|error| error.at(Step::Index(self.count)))?;
        self.count += 1;
        Ok(())
    }
}

macro_rules! lists {
    ($($part:ident: $method:ident;)*) => {
        $(impl ser::$part for List<'_> {
            type Ok = ();
            type Error = Unwritable;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
                self.add(value)
            }

            #[inline]
            fn end(self) -> Result<(), Unwritable> {
                self.writer.close(self.close);
                Ok(())
            }
        })*
    };
}

lists! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

/// The fields of a struct or of a variant.
pub(super) struct Fields<'w> {
    writer: &'w mut JsonWriter,
    name: &'static str,
    /// The place of its bracket.
    start: usize,
    close: &'static [u8],
}

impl<'w> Fields<'w> {
    #[inline]
    pub(super) fn open(
        writer: &'w mut JsonWriter,
        name: &'static str,
        close: &'static [u8],
    ) -> Result<Self, Unwritable> {
        let start = writer.out.len();
        writer.open(b'{')?;
        Ok(Self { writer, name, start, close })
    }

    #[inline]
    fn add(&mut self, key: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), Unwritable> {
        if key == self.name && is_embedded(key) {
            return self.embed(value);
        }
        if self.writer.out.len() > self.start + 1 {
            self.writer.out.push(b',');
        }
        write_text(key, &mut self.writer.out);
        self.writer.out.push(b':');
        value.serialize(&mut *self.writer).map_err(|error| error.at(Step::Key(key.to_owned())))
    }

    /// Lets `serde_json` write the text of a `RawValue` in place of the struct.
    #[cold]
    fn embed(&mut self, text: &(impl Serialize + ?Sized)) -> Result<(), Unwritable> {
        self.writer.out.truncate(self.start);
        self.writer.depth -= 1;
        self.close = b"";
        let mut inner = serde_json::Serializer::new(&mut self.writer.out);
        let embedded = inner.serialize_struct(self.name, 1).and_then(|mut fields| {
            fields.serialize_field(self.name, text)?;
            fields.end()
        });
        embedded.map_err(|error| of_serde_json(&error))
    }
}

/// Whether a struct of this name is the JSON in its only field. A `RawValue` is a struct with one field of the same name, which only
/// `serde_json` knows.
#[cold]
fn is_embedded(name: &'static str) -> bool {
    let mut out = Vec::new();
    let ended = serde_json::Serializer::new(&mut out).serialize_struct(name, 1).and_then(SerializeStruct::end);
    ended.is_ok() && out.is_empty()
}

macro_rules! fields {
    ($($part:ident;)*) => {
        $(impl ser::$part for Fields<'_> {
            type Ok = ();
            type Error = Unwritable;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Unwritable> {
                self.add(key, value)
            }

            #[inline]
            fn end(self) -> Result<(), Unwritable> {
                self.writer.close(self.close);
                Ok(())
            }
        })*
    };
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

/// The entries of a map.
pub(super) struct Entries<'w> {
    writer: &'w mut JsonWriter,
    /// The place of its bracket.
    start: usize,
    /// The place of the last key.
    key: Range<usize>,
    /// The kind of its keys, if it has any.
    kind: Option<KeyKind>,
    /// Whether two of its keys may be equal as JSON.
    may_repeat: bool,
}

impl<'w> Entries<'w> {
    #[inline]
    pub(super) fn open(writer: &'w mut JsonWriter, length: Option<usize>) -> Result<Self, Unwritable> {
        // A map without a length is most often a struct with a flattened field.
        let may_repeat = length.is_none() && !(writer.has_known_keys && writer.depth == 0);
        let start = writer.out.len();
        writer.open(b'{')?;
        Ok(Self { writer, start, key: 0..0, kind: None, may_repeat })
    }

    #[cold]
    fn last_key(&self) -> Step {
        let key = serde_json::from_slice(&self.writer.out[self.key.clone()]);
        Step::Key(key.unwrap_or_default())
    }
}

impl ser::SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = Unwritable;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unwritable> {
        let out = &mut self.writer.out;
        if self.kind.is_some() {
            out.push(b',');
        }
        self.key.start = out.len();
        let kind = write_key(key, out)?;
        self.key.end = out.len();
        self.may_repeat |= self.kind.is_some_and(|known| known != kind);
        self.kind = Some(kind);
        Ok(())
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unwritable> {
        self.writer.out.push(b':');
        value.serialize(&mut *self.writer).map_err(|error| error.at(self.last_key()))
    }

    #[inline]
    fn end(self) -> Result<(), Unwritable> {
        self.writer.close(b"}");
        if self.may_repeat { check_keys(&self.writer.out[self.start..]) } else { Ok(()) }
    }
}

/// Checks that an object has each key once.
#[cold]
fn check_keys(object: &[u8]) -> Result<(), Unwritable> {
    match serde_json::from_slice(object).map_err(|error| of_serde_json(&error))? {
        RepeatedKey(None) => Ok(()),
        RepeatedKey(Some(key)) => Err(Unwritable::new(format!(
            "the object has the key `{key}` twice, so one of the two values would be lost"
        ))),
    }
}

/// A key that an object has twice.
struct RepeatedKey(Option<String>);

impl<'de> Deserialize<'de> for RepeatedKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = RepeatedKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RepeatedKey, A::Error> {
        let (mut keys, mut repeated) = (HashSet::new(), None);
        while let Some(KeyText(key)) = map.next_key()? {
            map.next_value::<IgnoredAny>()?;
            if let Some(key) = keys.replace(key) {
                repeated.get_or_insert(key.into_owned());
            }
        }
        Ok(RepeatedKey(repeated))
    }
}

#[derive(Deserialize)]
struct KeyText<'a>(#[serde(borrow)] Cow<'a, str>);
