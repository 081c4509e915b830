//! `Update`: the fields that an update writes, and how it yields to other updates.

use super::field_set::FieldSet;

/// The update type that `#[derive(State)]` generates for a state. The engine reads from it which fields are set.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// let mut update = Essay::update().draft("a draft").notes("too short");
/// assert!(update.sets().contains(0) && !update.sets().contains(1));
/// assert!(update.overwrites().is_empty());
///
/// update.drop_reducing(FieldSet::EMPTY.with(1, true));
/// assert_eq!(format!("{update:?}"), "EssayUpdate(draft)");
/// ```
pub trait Update: Default + Clone + std::fmt::Debug + Send + Sync + 'static {
    /// The fields that this update replaces: writes to fields without a reducer, and overwrites.
    fn sets(&self) -> FieldSet;

    /// The fields with a reducer that this update overwrites.
    fn overwrites(&self) -> FieldSet;

    /// Removes the writes to these fields that go through a reducer. Overwrites stay.
    fn drop_reducing(&mut self, fields: FieldSet);

    /// Yields to an edit that was made after this update, while the update waits for the end of its superstep. Returns the writes
    /// that have to be applied before the edit; the update no longer contains them. See
    /// [`FieldUpdate::yield_to`](crate::reduce::FieldUpdate::yield_to).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// let mut update = Essay::update().draft("a draft").notes("too short");
    /// update.yield_to(&Essay::update().draft("a better draft").notes("no title"));
    /// assert_eq!(format!("{update:?}"), "EssayUpdate(notes)");
    /// ```
    #[must_use = "the writes before the edit are lost if they are not applied"]
    fn yield_to(&mut self, edit: &Self) -> Self;
}
