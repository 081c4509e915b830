//! Compares the fields of a state with the fields of the program that has stored a run.

use super::format::program::StoredProgram;
use super::replay_error::ReplayError;
use crate::state::schema::{Schema, SchemaField};

/// Checks that the state has each field that the program has stored, or lists its key as removed.
pub(crate) fn check_fields(schema: &Schema, then: &StoredProgram) -> Result<(), ReplayError> {
    match then.fields.values().flatten().find(|key| !schema.knows(key)) {
        Some(key) => Err(ReplayError::UnknownField { field: key.clone() }),
        None => Ok(()),
    }
}

/// Checks that each field has the reducer that it had when the run was stored, or one that is declared to take its place.
pub(crate) fn check_reducers(schema: &Schema, then: &StoredProgram) -> Result<(), ReplayError> {
    for (field, former) in former_reducers(schema, then) {
        let is_accepted = field.former_reducers.contains(&former)
            || has_results_of(former, field.reducer)
            || has_results_of(field.reducer, former);
        if !is_accepted {
            let (field, former, now) = (field.name, former.to_owned(), field.reducer);
            return Err(ReplayError::OtherReducer { field, former, now });
        }
    }
    Ok(())
}

/// Whether the reducers of today compute the state that the program has computed of the same updates.
pub(crate) fn reduces_alike(schema: &Schema, then: &StoredProgram) -> bool {
    former_reducers(schema, then).all(|(field, former)| has_results_of(former, field.reducer))
}

/// Each field that the program had, with its reducer then.
fn former_reducers<'a>(
    schema: &'a Schema,
    then: &'a StoredProgram,
) -> impl Iterator<Item = (&'a SchemaField, &'a str)> {
    schema.fields.iter().filter_map(|field| Some((field, field.keys().find_map(|key| then.reducer(key))?)))
}

/// Whether the reducer `now` gives each superstep that `former` could complete the same result. Without a function for several writes of
/// one superstep such writes are a conflict, so no complete superstep of `replace` has them.
fn has_results_of(former: &str, now: &str) -> bool {
    former == now || (former == "replace" && now.starts_with("concurrent("))
}
