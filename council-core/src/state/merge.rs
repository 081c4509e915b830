//! The updates of one superstep, put into a state: whether they go together, and how.

use super::field_set::FieldSet;
use super::{State, Update};

/// Puts the updates of one superstep into a state, as a run does: in this order, which is that of the nodes as they were declared
/// and of the items of each; an overwrite wins over the other writes to its field.
///
/// Whoever follows a run by its records needs no graph for it: the updates that were recorded since the last superstep was complete,
/// in the order of that one's `next`, are those of this one.
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
/// Two of them set one field, and nothing says who wins. The state has not changed then.
///
/// # Panics
///
/// Where a reducer does. The state is half merged then.
pub fn merge<S: State>(state: &mut S, updates: impl IntoIterator<Item = S::Update>) -> Result<(), MergeError> {
    let updates: Vec<_> = updates.into_iter().collect();
    let mut merging = Merging::of::<S>(updates.iter().map(Some))?;
    for update in updates {
        merging.put(state, update);
    }
    Ok(())
}

/// Two updates of one superstep set the same field, and the field has no reducer.
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
    /// The place of the later one.
    pub second: usize,
}

/// The updates of one superstep on their way into the state.
#[derive(Default)]
pub(crate) struct Merging {
    /// The fields that one of them overwrites.
    overwritten: FieldSet,
    /// The fields that those before have set.
    earlier: FieldSet,
}

impl Merging {
    /// Looks whether the updates go together; a task that has none has `None`.
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

    /// Puts the next one into the state.
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
