//! Who is to blame for a panic.

/// Code of the user's, by the place of the task that it is called for.
#[derive(Clone, Copy)]
pub(crate) enum CalledCode {
    Node(usize),
    /// If this stands at the next barrier, a reducer has panicked: the state is half merged, and the run cannot go on.
    Reducer(usize),
    Route(usize),
    /// A route from the start.
    StartRoute,
    /// What the engine calls between supersteps: a copy of the state for an observer, the end of an item.
    Barrier,
    /// A guard, by its place.
    Guard(usize),
}
