//! `Migration`: a state or an update of an older version of a graph, which a function changes to one of this version.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::node::result::NodeError;
use crate::types::json_error::JsonError;
use crate::types::json_object::JsonObject;
use crate::types::raw_json::RawJson;

/// A state or an update that an older version of the graph has stored, for [`StateGraph::migrate`](crate::StateGraph::migrate).
///
/// It is a JSON object with one key for each field. An update contains only the fields that it writes, and stores a field in one of three
/// forms: `key` writes to the field, `=key` overwrites it, and `-key` sets it to the value that serde uses for a missing field. Each method
/// takes the key without a prefix, and finds the field in every form. A state has no prefixes. Values that the function does not touch
/// stay as they are, to the last digit.
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

    /// The value of a field, of a write to it, or of its overwrite. It is `None` if the object does not have the field, or has it as `-key`.
    ///
    /// # Errors
    ///
    /// The value has another type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, JsonError> {
        let found = self.object.0.iter().find_map(|(known, value)| Some((form(self.is_update, known, key)?, value)));
        let found = found.filter(|(form, _)| *form != LEFT_OUT);
        found.map(|(_, value)| value.parse()).transpose()
    }

    /// Sets the value of a field. A value that the object has is replaced in its form: the value of a write, or of an overwrite. The form
    /// `-key` becomes an overwrite. A field that the object does not have is added as `key`.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON.
    pub fn set(&mut self, key: &str, value: &(impl Serialize + ?Sized)) -> Result<(), JsonError> {
        let value = RawJson::of(value)?;
        let mut entries = self.object.0.iter_mut();
        match entries.find_map(|entry| Some((form(self.is_update, &entry.0, key)?, entry))) {
            Some((LEFT_OUT, entry)) => *entry = (format!("{OVERWRITTEN}{key}"), value),
            Some((_, entry)) => entry.1 = value,
            None => self.object.0.push((key.to_owned(), value)),
        }
        Ok(())
    }

    /// Removes a field.
    pub fn remove(&mut self, key: &str) {
        self.object.0.retain(|(known, _)| form(self.is_update, known, key).is_none());
    }

    /// Gives a field another key.
    pub fn rename(&mut self, from: &str, to: &str) {
        for (key, _) in &mut self.object.0 {
            if let Some(form) = form(self.is_update, key, from) {
                *key = format!("{form}{to}");
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
        for (known, value) in &mut self.object.0 {
            if form(self.is_update, known, key).is_some_and(|form| form != LEFT_OUT) {
                *value = RawJson::of(&convert(value.parse()?))?;
            }
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

/// The prefix with which a stored key stands for the field `key`; `None` if it stands for another field.
fn form(is_update: bool, stored: &str, key: &str) -> Option<&'static str> {
    if stored == key {
        return Some("");
    }
    let is = |prefix: &str| is_update && stored.strip_prefix(prefix) == Some(key);
    [OVERWRITTEN, LEFT_OUT].into_iter().find(|prefix| is(prefix))
}

/// The prefix of the key of an overwritten field.
const OVERWRITTEN: &str = "=";
/// The prefix of the key of a missing field.
const LEFT_OUT: &str = "-";
