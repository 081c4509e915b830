//! Reads stored states, also those of earlier versions of the program, and checks the reducers of their fields.

use super::format::program::ProgramPart;
use super::replay_error::ReplayError;
use crate::state::durable::Durable;
use crate::state::schema::Schema;
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

/// Checks that each field has the reducer that it had when the run was stored, or one that is declared to take its place.
pub(crate) fn check_reducers(schema: &Schema, then: ProgramPart<'_>) -> Result<(), ReplayError> {
    for field in schema.fields {
        let mut keys = [field.key].into_iter().chain(field.former_keys.iter().copied());
        let Some(former) = keys.find_map(|key| then.reducer(key)) else { continue };
        if former != field.reducer && !field.former_reducers.contains(&former) && !are_alike(former, field.reducer) {
            let (field, former, now) = (field.name, former.to_owned(), field.reducer);
            return Err(ReplayError::OtherReducer { field, former, now });
        }
    }
    Ok(())
}

/// Whether both reducers replace the value, and at most one has a function for several writes of one superstep. Without the function such
/// writes are a conflict, so no stored superstep has another result.
fn are_alike(former: &str, now: &str) -> bool {
    let merges = |reducer: &str| reducer.starts_with("concurrent(");
    (former == "replace" && merges(now)) || (merges(former) && now == "replace")
}
