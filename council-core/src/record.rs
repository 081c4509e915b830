//! The facts of a run, in order: enough to rebuild its position from its input.

use smallvec::SmallVec;

use crate::State;

/// One fact about a run. [`plan::fold`](crate::plan::fold) puts it into the run's position.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Record<S: State> {
    /// A task of the superstep has ended with this update.
    TaskDone {
        /// Its place among the tasks of the superstep.
        task: usize,
        /// What it wants changed.
        update: S::Update,
    },
    /// A task of the superstep has failed; when the run goes on, it is tried again.
    TaskFailed {
        /// Its place among the tasks of the superstep.
        task: usize,
    },
    /// All tasks of the superstep have ended and their updates are in the state; these nodes come next.
    Committed {
        /// The nodes, by their place in the graph's declaration, in ascending order.
        next: NodeList,
    },
    /// All tasks of the last superstep have ended and nothing comes next.
    Finished,
}

/// Nodes of one superstep, by their place in the graph's declaration. They are few, as a rule, and need no allocation then.
pub type NodeList = SmallVec<[u32; 4]>;
