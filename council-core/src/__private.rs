//! What the code that `#[derive(State)]` writes calls.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::{fmt, mem};

pub use serde;
use serde::de::{DeserializeSeed, Error, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::state::reduce::FieldUpdate;
pub use crate::state::schema::{Schema, SchemaField};
use crate::types::json::key::check_key;

/// An update that is being written: the fields that it writes, and no others.
pub struct UpdateWriter<S: Serializer>(S::SerializeMap);

impl<S: Serializer> UpdateWriter<S> {
    /// Begins the map of an update.
    pub fn begin(serializer: S) -> Result<Self, S::Error> {
        serializer.serialize_map(None).map(Self)
    }

    /// Writes a field that is replaced, if the update has it.
    pub fn field(&mut self, key: &'static str, value: &Option<impl Serialize>) -> Result<(), S::Error> {
        match value {
            None => Ok(()),
            Some(value) => self.entry(key, value),
        }
    }

    /// Writes a field with a reducer, if the update has it.
    pub fn change(
        &mut self,
        key: &'static str,
        overwritten: &'static str,
        change: &FieldUpdate<impl Serialize, impl Serialize>,
    ) -> Result<(), S::Error> {
        match change {
            FieldUpdate::Keep => Ok(()),
            FieldUpdate::Reduce(write) => self.entry(key, write),
            FieldUpdate::Overwrite(value) => self.entry(overwritten, value),
        }
    }

    /// Writes a value under a key.
    pub fn entry(&mut self, key: &'static str, value: &impl Serialize) -> Result<(), S::Error> {
        self.0.serialize_entry(key, value)
    }

    /// Ends the map.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

/// The function of `#[serde(serialize_with)]`, for a field of the type `T` in a state `S`.
pub trait WriteWith<T, S> {
    /// Writes the value.
    fn write<R: Serializer>(value: &T, serializer: R) -> Result<R::Ok, R::Error>;
}

/// The function of `#[serde(deserialize_with)]`, for a field of the type `T` in a state `S`.
pub trait ReadWith<'de, T, S> {
    /// Reads a value.
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

/// The functions of a field, applied to each value of a list: the writes to a field whose reducer is a function.
pub struct Each<F>(PhantomData<F>);

impl<T, S, F: WriteWith<T, S>> WriteWith<Vec<T>, S> for Each<F> {
    fn write<R: Serializer>(values: &Vec<T>, serializer: R) -> Result<R::Ok, R::Error> {
        serializer.collect_seq(values.iter().map(Written::<T, S, F>::new))
    }
}

impl<'de, T, S, F: ReadWith<'de, T, S>> ReadWith<'de, Vec<T>, S> for Each<F> {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
        let values = Vec::<Read<T, S, F>>::deserialize(deserializer)?;
        Ok(values.into_iter().map(|Read(value, _)| value).collect())
    }
}

/// A value that is written by the function of its field.
pub struct Written<'a, T, S, F>(&'a T, PhantomData<(fn() -> S, F)>);

impl<'a, T, S, F> Written<'a, T, S, F> {
    /// Refers to the value to write.
    pub fn new(value: &'a T) -> Self {
        Self(value, PhantomData)
    }
}

impl<T, S, F: WriteWith<T, S>> Serialize for Written<'_, T, S, F> {
    fn serialize<R: Serializer>(&self, serializer: R) -> Result<R::Ok, R::Error> {
        F::write(self.0, serializer)
    }
}

/// A value that was read by the function of its field.
struct Read<T, S, F>(T, PhantomData<(fn() -> S, F)>);

impl<'de, T, S, F: ReadWith<'de, T, S>> Deserialize<'de> for Read<T, S, F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        F::read(deserializer).map(|value| Self(value, PhantomData))
    }
}

/// Reads a value by the function of its field.
pub struct Reading<T, S, F>(PhantomData<(T, S, F)>);

impl<T, S, F> Reading<T, S, F> {
    /// Reads nothing yet.
    #[expect(clippy::new_without_default, reason = "only generated code makes it")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T, S, F: ReadWith<'de, T, S>> DeserializeSeed<'de> for Reading<T, S, F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        F::read(deserializer)
    }
}

/// Sets a field that is replaced. An update has at most one write to it.
pub fn set<T, E: Error>(field: &mut Option<T>, key: &'static str, value: T) -> Result<(), E> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::duplicate_field(key)),
    }
}

/// Sets a field with a reducer. An update has at most one write to it.
pub fn change<W, T, E: Error>(
    field: &mut FieldUpdate<W, T>,
    key: &'static str,
    change: FieldUpdate<W, T>,
) -> Result<(), E> {
    match mem::replace(field, change) {
        FieldUpdate::Keep => Ok(()),
        FieldUpdate::Reduce(_) | FieldUpdate::Overwrite(_) => Err(E::duplicate_field(key)),
    }
}

/// The value that serde reads for a missing field: `None` for an `Option`.
///
/// # Errors
///
/// The type has no such value.
pub fn missing<'de, T: Deserialize<'de>, E: Error>(field: &'static str) -> Result<T, E> {
    T::deserialize(MissingField { field, error: PhantomData })
}

/// The error of a field that was left out when it was written, and that serde cannot read as missing.
pub fn no_default<T, E: Error>(field: &'static str) -> Result<T, E> {
    Err(E::custom(format_args!("the field `{field}` needs `#[serde(default)]`: its value was left out")))
}

/// The input of a missing field, which only an `Option` can read. It has the rule of serde's derive.
struct MissingField<E> {
    field: &'static str,
    error: PhantomData<fn() -> E>,
}

impl<'de, E: Error> Deserializer<'de> for MissingField<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        no_default(self.field)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// An item of a map: its key and its value, for the method of a field with the reducer `merge`.
#[diagnostic::on_unimplemented(message = "`merge` needs a map, whose items are pairs", label = "not a map")]
pub trait Entry {
    /// The key.
    type Key;
    /// The value.
    type Value;
}

impl<K, V> Entry for (K, V) {
    type Key = K;
    type Value = V;
}

/// The write to a field with the reducer `merge`. It is a list of pairs, and the field is a map in the next snapshot. So a key that JSON
/// cannot have is refused here, before the field has it.
pub struct MapEntries<'a, K, V>(pub &'a [(K, V)]);

impl<K: Serialize, V: Serialize> Serialize for MapEntries<'_, K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.iter().try_for_each(|(key, _)| check_key(key)).map_err(S::Error::custom)?;
        self.0.serialize(serializer)
    }
}

/// An update that is being read.
pub trait ReadUpdate<'de>: Default {
    /// Reads the value of one key. A key that the update does not have is ignored, unless the state denies unknown fields.
    fn fill<A: MapAccess<'de>>(&mut self, key: &str, reading: &mut A) -> Result<(), A::Error>;
}

/// Reads an update.
pub fn read<'de, U: ReadUpdate<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<U, D::Error> {
    deserializer.deserialize_map(UpdateVisitor(PhantomData))
}

struct UpdateVisitor<U>(PhantomData<fn() -> U>);

impl<'de, U: ReadUpdate<'de>> Visitor<'de> for UpdateVisitor<U> {
    type Value = U;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with the fields of an update")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<U, A::Error> {
        let mut update = U::default();
        while let Some(Key(key)) = map.next_key()? {
            update.fill(&key, &mut map)?;
        }
        Ok(update)
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
