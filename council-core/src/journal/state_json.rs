//! Reads stored states, also those of earlier versions of the program.

use crate::state::durable::Durable;
use crate::types::json_error::JsonError;
use crate::types::json_object::JsonObject;
use crate::types::raw_json::RawJson;

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
