//! `Migration`: a state or an update of an older version of a graph, which a function changes to one of this version.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::node::result::NodeError;
use crate::types::json_error::JsonError;
use crate::types::json_object::JsonObject;
use crate::types::raw_json::RawJson;

/// A state or an update that an older version of the graph has stored, for [`StateGraph::migrate`](crate::StateGraph::migrate).
///
/// It is a JSON object with one key for each field. An update contains only the fields that it writes. Its keys have two more forms:
/// `=key` overwrites the field, and `-key` sets the field to the value that serde uses for a missing field. Values that the function does
/// not touch stay as they are, to the last digit.
pub struct Migration<'a> {
    version: u32,
    is_update: bool,
    object: JsonObject<'a>,
}

impl Migration<'_> {
    /// The version of the graph that has stored the value, from 1.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether the value is an update, and not a whole state.
    pub fn is_update(&self) -> bool {
        self.is_update
    }

    /// The value of a key; `None` if the object does not have the key.
    ///
    /// # Errors
    ///
    /// The value has another type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, JsonError> {
        let found = self.object.0.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.parse()).transpose()
    }

    /// Sets the value of a key. It replaces the former value, if there is one.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON.
    pub fn set(&mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Result<(), JsonError> {
        let value = RawJson::of(value)?;
        match self.object.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => *known = value,
            None => self.object.0.push((key.to_owned(), value)),
        }
        Ok(())
    }

    /// Removes a field.
    pub fn remove(&mut self, key: &str) {
        self.object.0.retain(|(known, _)| bare(known) != key);
    }

    /// Gives a field another key.
    pub fn rename(&mut self, from: &str, to: &str) {
        for (key, _) in &mut self.object.0 {
            if bare(key) == from {
                *key = format!("{}{to}", &key[..key.len() - from.len()]);
            }
        }
    }

    /// Converts the value of a field, whether it is a value of the state, a write or an overwrite.
    ///
    /// # Errors
    ///
    /// The value does not have the type `A`, or the result cannot be written as JSON.
    pub fn convert<A: DeserializeOwned, B: Serialize>(
        &mut self,
        key: &str,
        convert: impl Fn(A) -> B,
    ) -> Result<(), JsonError> {
        let is_value = |known: &str| known == key || known.strip_prefix(OVERWRITTEN) == Some(key);
        for (_, value) in self.object.0.iter_mut().filter(|(known, _)| is_value(known)) {
            *value = RawJson::of(&convert(value.parse()?))?;
        }
        Ok(())
    }

    /// Makes a write to a field an overwrite, in an update. It is for a field that had no reducer, and has one now: its earlier writes
    /// replaced the value.
    pub fn overwrite(&mut self, key: &str) {
        let writes = self.object.0.iter_mut().filter(|(known, _)| self.is_update && known == key);
        writes.for_each(|(known, _)| known.insert_str(0, OVERWRITTEN));
    }
}

/// The function that reads the values of older versions.
pub(crate) type Migrate = Box<dyn Fn(&mut Migration<'_>) -> Result<(), NodeError> + Send + Sync>;

/// Changes a state or an update that a version of the graph has stored.
pub(super) fn migrate(
    migrate: &Migrate,
    version: u32,
    is_update: bool,
    json: &RawJson<'_>,
) -> Result<RawJson<'static>, NodeError> {
    let mut migration = Migration { version, is_update, object: json.parse()? };
    migrate(&mut migration)?;
    Ok(RawJson::of(&migration.object)?)
}

/// The key without the mark of its form.
fn bare(key: &str) -> &str {
    key.strip_prefix(OVERWRITTEN).or_else(|| key.strip_prefix(LEFT_OUT)).unwrap_or(key)
}

/// The prefix of the key of an overwritten field.
const OVERWRITTEN: &str = "=";
/// The prefix of the key of a missing field.
const LEFT_OUT: &str = "-";
