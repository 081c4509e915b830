//! The facts of a run, in order: enough to rebuild its position from its input.

use std::fmt;

use smallvec::SmallVec;

use crate::State;

/// One fact about a run. [`plan::fold`](crate::plan::fold) puts it into the run's position.
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
    /// All tasks of the superstep have ended and their updates are in the state; these nodes come next, or none: then the run
    /// is over.
    Committed {
        /// The nodes, by their place in the graph's declaration, in ascending order.
        next: NodeList,
        /// Whether the run has come to the end on one of its ways.
        end: bool,
    },
}

// By hand, because a derive would ask it of the state, of which a record holds nothing.
impl<S: State> Clone for Record<S> {
    fn clone(&self) -> Self {
        match self {
            Self::TaskDone { task, update } => Self::TaskDone { task: *task, update: update.clone() },
            Self::TaskFailed { task } => Self::TaskFailed { task: *task },
            Self::Committed { next, end } => Self::Committed { next: next.clone(), end: *end },
        }
    }
}

impl<S: State> fmt::Debug for Record<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TaskDone { task, update } => {
                formatter.debug_struct("TaskDone").field("task", task).field("update", update).finish()
            }
            Self::TaskFailed { task } => formatter.debug_struct("TaskFailed").field("task", task).finish(),
            Self::Committed { next, end } => {
                formatter.debug_struct("Committed").field("next", next).field("end", end).finish()
            }
        }
    }
}

/// Nodes of one superstep, by their place in the graph's declaration. They are few, as a rule, and need no allocation then.
pub type NodeList = SmallVec<[u32; 4]>;
