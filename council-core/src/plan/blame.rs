//! The user code that was called last, so that a panic can be attributed to it.

/// User code, with the place of the task that it is called for.
#[derive(Clone, Copy)]
pub(crate) enum CalledCode {
    Node(usize),
    /// If this value is still set at the next barrier, a reducer has panicked: the state is half merged, and the run cannot
    /// continue.
    Reducer(usize),
    Route(usize),
    /// A route from the start.
    StartRoute,
    /// Code that the engine calls between supersteps: the clone of the state for an observer, or the drop of an item.
    Barrier,
    /// A guard, by its place.
    Guard(usize),
}
