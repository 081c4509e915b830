//! Merges the updates of one superstep into a state, and detects conflicts.

use super::State;
use super::field_set::FieldSet;
use super::update::Update;

/// Merges the updates of one superstep into a state, as a run does. Pass the updates in the order in which their nodes were
/// declared, and those of a worker in the order of its items. An overwrite wins over the other writes to its field.
///
/// A program that folds the records of a run needs no graph for this. The updates of a superstep are those recorded since the
/// last complete superstep, in the order of its `next`.
///
/// ```
/// use council_core::{State, merge};
///
/// #[derive(State, Debug, Default)]
/// struct Essay {
///     draft: String,
///     #[state(append)]
///     remarks: Vec<String>,
/// }
///
/// let mut essay = Essay::default();
/// merge(&mut essay, [Essay::update().remarks("too long").draft("a draft"), Essay::update().remarks("too short")])?;
/// assert_eq!(essay.remarks, ["too long", "too short"]);
///
/// let error = merge(&mut essay, [Essay::update().draft("this"), Essay::update().draft("that")]).unwrap_err();
/// assert_eq!(error.to_string(), "two updates of one superstep replace `draft`, number 1 and number 0");
/// assert_eq!(essay.draft, "a draft");
/// # Ok::<(), council_core::MergeError>(())
/// ```
///
/// # Errors
///
/// Two updates replace the same field, and no rule says which one wins. The state is unchanged then.
///
/// # Panics
///
/// If a reducer panics. The state is partly merged then.
pub fn merge<S: State>(state: &mut S, updates: impl IntoIterator<Item = S::Update>) -> Result<(), MergeError> {
    let updates: Vec<_> = updates.into_iter().collect();
    let mut merging = Merging::of::<S>(updates.iter().map(Some))?;
    for update in updates {
        merging.put(state, update);
    }
    Ok(())
}

/// Applies an edit that was made while the updates of ended tasks wait for the end of their superstep. The edit wins over them.
pub(crate) fn apply_edit<'u, S: State>(
    state: &mut S,
    waiting: impl Iterator<Item = &'u mut S::Update>,
    edit: S::Update,
) {
    for update in waiting {
        state.apply(update.yield_to(&edit));
    }
    state.apply(edit);
}

/// Two updates of one superstep replace the same field, and no rule says which one wins.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// let updates = [Essay::update().draft("this"), Essay::update().draft("that")];
/// let error = merge(&mut Essay::default(), updates).unwrap_err();
/// assert_eq!((error.field, error.first, error.second), ("draft", 0, 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two updates of one superstep replace `{field}`, number {second} and number {first}")]
#[non_exhaustive]
pub struct MergeError {
    /// The field.
    pub field: &'static str,
    /// The place of the earlier update, from 0.
    pub first: usize,
    /// The place of the later update, from 0.
    pub second: usize,
}

/// The merge of the updates of one superstep.
#[derive(Default)]
pub(crate) struct Merging {
    /// The fields that any update overwrites.
    overwritten: FieldSet,
    /// The fields that the earlier updates have set.
    earlier: FieldSet,
}

impl Merging {
    /// Checks the updates for conflicts. A task without an update is `None`.
    pub(crate) fn of<'u, S: State>(
        updates: impl Iterator<Item = Option<&'u S::Update>> + Clone,
    ) -> Result<Self, MergeError> {
        let mut overwritten = FieldSet::EMPTY;
        let mut set = FieldSet::EMPTY;
        let places = updates.enumerate().filter_map(|(place, update)| Some((place, update?)));
        for (second, update) in places.clone() {
            let sets = update.sets().without(S::CONCURRENT);
            if let Some(field) = set.first_common(sets) {
                let first = places.clone().find(|(_, update)| update.sets().contains(field));
                let first = first.map_or(second, |(first, _)| first);
                return Err(MergeError { field: S::FIELDS[field], first, second });
            }
            set = set.union(sets);
            overwritten = overwritten.union(update.overwrites());
        }
        Ok(Self { overwritten, earlier: FieldSet::EMPTY })
    }

    /// Applies the next update to the state.
    #[expect(clippy::inline_always, reason = "a superstep of one task is so short that the calls would show")]
    #[inline(always)]
    pub(crate) fn put<S: State>(&mut self, state: &mut S, mut update: S::Update) {
        if !self.overwritten.is_empty() {
            update.drop_reducing(self.overwritten);
        }
        if S::CONCURRENT.is_empty() {
            state.apply(update);
        } else {
            let sets = update.sets();
            state.apply_beside(update, self.earlier);
            self.earlier = self.earlier.union(sets);
        }
    }
}
