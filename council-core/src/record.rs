//! The facts of a run, in order: enough to rebuild its position from its input.

use std::fmt;

use crate::ahead::{Ahead, NodeList};
use crate::plan::OpenedValve;
use crate::{Goto, State};

/// One fact about a run. [`plan::fold`](crate::plan::fold) puts it into the run's position.
#[non_exhaustive]
pub enum Record<S: State> {
    /// A task of the superstep has ended.
    TaskDone {
        /// Its place among the tasks of the superstep.
        task: usize,
        /// What it wants changed.
        update: S::Update,
        /// Where it sends the run, if it decided.
        goto: Option<Goto<S>>,
    },
    /// A task of the superstep has failed, and is tried again at once or when the run goes on.
    TaskFailed {
        /// Its place among the tasks of the superstep.
        task: usize,
    },
    /// All tasks of the superstep have ended, their updates are in the state, and others come next.
    Committed(Committed),
}

/// What follows a superstep: the tasks of the next one, or none, if the run is over; and what the run remembers.
#[derive(Clone)]
pub struct Committed {
    pub(crate) next: Ahead,
    pub(crate) deferred: Ahead,
    /// Whether the run has come to the end on one of its ways.
    pub(crate) end: bool,
    /// The guards that have opened so far.
    pub(crate) guards: NodeList,
    /// The valves that decided where the run goes.
    pub(crate) opened: Vec<OpenedValve>,
}

// By hand, because a derive would ask it of the state, of which a record holds nothing.
impl<S: State> Clone for Record<S> {
    fn clone(&self) -> Self {
        match self {
            Self::TaskDone { task, update, goto } => {
                Self::TaskDone { task: *task, update: update.clone(), goto: goto.clone() }
            }
            Self::TaskFailed { task } => Self::TaskFailed { task: *task },
            Self::Committed(committed) => Self::Committed(committed.clone()),
        }
    }
}

impl<S: State> fmt::Debug for Record<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TaskDone { task, update, goto } => {
                let mut done = formatter.debug_struct("TaskDone");
                done.field("task", task).field("update", update);
                if let Some(goto) = goto {
                    done.field("goto", goto);
                }
                done.finish()
            }
            Self::TaskFailed { task } => formatter.debug_struct("TaskFailed").field("task", task).finish(),
            Self::Committed(committed) => committed.fmt(formatter),
        }
    }
}

impl fmt::Debug for Committed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Committed")
            .field("next", &self.next)
            .field("deferred", &self.deferred)
            .field("end", &self.end)
            .field("guards", &self.guards)
            .field("opened", &self.opened)
            .finish()
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sends = self.sends.iter().map(|sent| (sent.worker, sent.items.len()));
        formatter.debug_struct("Ahead").field("nodes", &self.nodes).field("sends", &sends.collect::<Vec<_>>()).finish()
    }
}
