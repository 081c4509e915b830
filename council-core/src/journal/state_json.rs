//! Writes states, and reads the states of this and of earlier versions of the program.

use crate::state::durable::Durable;
use crate::types::json_error::JsonError;
use crate::types::json_object::JsonObject;
use crate::types::raw_json::RawJson;

/// Writes a state. A state that stores an `untracked` field is refused.
pub(crate) fn write_state<S: Durable>(state: &S) -> Result<RawJson<'static>, JsonError> {
    let json = RawJson::of(state)?;
    if !S::SCHEMA.untracked.is_empty() && json.text().starts_with('{') {
        let JsonObject(entries) = json.parse()?;
        let is_stored = |key: &str| entries.iter().any(|(stored, _)| stored == key);
        if let Some((field, _)) = S::SCHEMA.untracked.iter().find(|(_, key)| is_stored(key)) {
            return Err(JsonError::custom(TRACKED).inside(field));
        }
    }
    Ok(json)
}

const TRACKED: &str = "the field is `untracked`, but serde stores it; add `#[serde(skip)]`";

/// Reads a state. The former keys of `renamed` are replaced, and those of `removed` are left out, before serde sees them.
pub(crate) fn read_state<S: Durable>(json: &RawJson<'_>) -> Result<S, JsonError> {
    // A state that is not an object is not derived.
    if !S::SCHEMA.has_former_keys() || !json.text().starts_with('{') {
        return json.parse();
    }
    let mut object: JsonObject<'_> = json.parse()?;
    let entries = object.0.into_iter();
    let today = entries.filter_map(|(key, value)| Some((S::SCHEMA.key_today(&key)?.to_owned(), value)));
    object = JsonObject(today.collect());
    RawJson::of(&object)?.parse()
}
