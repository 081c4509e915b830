//! What the code that `#[derive(State)]` writes calls.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub use serde;
use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::state::reduce::FieldUpdate;

/// An update that is being written: the fields that it writes, and no others.
pub struct UpdateWriter<S: Serializer>(S::SerializeMap);

impl<S: Serializer> UpdateWriter<S> {
    /// Begins it.
    pub fn begin(serializer: S) -> Result<Self, S::Error> {
        serializer.serialize_map(None).map(Self)
    }

    /// A field that is replaced.
    pub fn field(&mut self, key: &'static str, value: &Option<impl Serialize>) -> Result<(), S::Error> {
        match value {
            None => Ok(()),
            Some(value) => self.0.serialize_entry(key, value),
        }
    }

    /// A field with a reducer.
    pub fn change(
        &mut self,
        key: &'static str,
        overwritten: &'static str,
        change: &FieldUpdate<impl Serialize, impl Serialize>,
    ) -> Result<(), S::Error> {
        match change {
            FieldUpdate::Keep => Ok(()),
            FieldUpdate::Reduce(write) => self.0.serialize_entry(key, write),
            FieldUpdate::Overwrite(value) => self.0.serialize_entry(overwritten, value),
        }
    }

    /// Ends it.
    pub fn end(self) -> Result<S::Ok, S::Error> {
        self.0.end()
    }
}

/// An update that is being read.
pub trait ReadUpdate<'de>: Default {
    /// What it may hold. A key that is none of them is refused: half of an update would be lost in silence.
    const FIELDS: &'static [&'static str];

    /// Reads the value of one key.
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
