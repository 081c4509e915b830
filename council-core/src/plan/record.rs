//! The records of a run: its facts in order, which rebuild its position from its input.

use std::fmt;

use super::successors::Successors;
use crate::node::goto::Goto;
use crate::state::State;
use crate::types::node_id::NodeList;
use crate::types::valve::OpenedValve;

/// One fact about a run. [`plan::fold`](crate::plan::fold) applies it to the position.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// let record: Record<Essay> = Record::TaskDone { task: 0, update: Essay::update().draft("a draft"), goto: None };
/// assert_eq!(format!("{record:?}"), "TaskDone { task: 0, update: EssayUpdate(draft) }");
/// ```
#[non_exhaustive]
pub enum Record<S: State> {
    /// A task of the superstep has ended.
    TaskDone {
        /// The place of the task in the superstep: see [`OpenTask::place`](crate::OpenTask::place).
        task: usize,
        /// The update that the task returned.
        update: S::Update,
        /// The destinations that the task chose, if it chose any.
        goto: Option<Goto<S>>,
    },
    /// A task of the superstep has failed. It is retried at once, or when the run continues.
    TaskFailed {
        /// The place of the task in the superstep: see [`OpenTask::place`](crate::OpenTask::place).
        task: usize,
        /// When the next attempt begins at the earliest, in milliseconds since 1970; `None` if it may begin at once.
        retry_at: Option<u64>,
    },
    /// The superstep is complete: its tasks have ended, its updates are in the state, and its successors are the next tasks.
    Committed(Committed),
    /// A task of the superstep has asked a question; it waits for the answer.
    Asked {
        /// The place of the task in the superstep: see [`OpenTask::place`](crate::OpenTask::place).
        task: usize,
        /// The question, as JSON.
        question: String,
    },
    /// A task has asked an open question again, in other words.
    Reworded {
        /// The place of the task in the superstep: see [`OpenTask::place`](crate::OpenTask::place).
        task: usize,
        /// The index of the question in its task, from 0.
        ask: usize,
        /// The question, as JSON.
        question: String,
    },
    /// A question has been answered.
    Answered {
        /// The place in the superstep of the task that asked.
        task: usize,
        /// The index of the question in its task, from 0.
        ask: usize,
        /// The answer, as JSON.
        answer: String,
    },
    /// An answer was not of the type that its task expects: the question is open again.
    Refused {
        /// The place in the superstep of the task that asked.
        task: usize,
        /// The index of the question in its task, from 0.
        ask: usize,
    },
    /// A task of the superstep has completed a `once` step, which does not run again.
    Once {
        /// The place of the task in the superstep: see [`OpenTask::place`](crate::OpenTask::place).
        task: usize,
        /// The name of the step.
        name: String,
        /// The result of the step, as JSON.
        value: String,
    },
    /// The updates of the superstep are in the state, but its successors could not be determined: the run has failed there.
    Merged,
    /// The state was edited from outside.
    Edited {
        /// The update of the edit.
        update: S::Update,
        /// The new successors, if the edit was made in the name of a node.
        instead: Option<Committed>,
    },
    /// The run waits for a human.
    Paused,
    /// The run continues.
    Resumed,
    /// The closed run was reopened. Its failed tasks no longer wait for the time of their next attempt.
    Reopened,
}

/// The successors of a superstep and the memory of the run. The successors are the tasks of the next superstep; there are none at
/// the end of the run. [`Position::committed`](crate::Position::committed) returns it; it belongs to the graph of that position.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let done = Record::TaskDone { task: 0, update: Essay::update().draft("a draft"), goto: None };
/// let mut position = plan::begin(&graph, Essay::default());
/// plan::fold(&graph, &mut position, done.clone())?;
/// assert!(plan::advance(&graph, &Limits::default(), &mut position).committed);
/// let Record::Committed(committed) = position.committed() else { panic!("it is the record of a superstep") };
///
/// let mut replayed = plan::begin(&graph, Essay::default());
/// plan::fold(&graph, &mut replayed, done)?;
/// plan::fold(&graph, &mut replayed, Record::Committed(committed))?;
/// assert_eq!(replayed.state().draft, "a draft");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Committed {
    pub(crate) next: Successors,
    pub(crate) deferred: Successors,
    /// Whether one branch of the run has reached the end.
    pub(crate) end: bool,
    /// The guards that have opened so far.
    pub(crate) guards: NodeList,
    /// The valves that chose the successors.
    pub(crate) opened_valves: Vec<OpenedValve>,
}

// Not derived: a derive would require `Clone` of the state, although a record does not contain the state.
impl<S: State> Clone for Record<S> {
    fn clone(&self) -> Self {
        match self {
            Self::TaskDone { task, update, goto } => {
                Self::TaskDone { task: *task, update: update.clone(), goto: goto.clone() }
            }
            Self::TaskFailed { task, retry_at } => Self::TaskFailed { task: *task, retry_at: *retry_at },
            Self::Committed(committed) => Self::Committed(committed.clone()),
            Self::Asked { task, question } => Self::Asked { task: *task, question: question.clone() },
            Self::Reworded { task, ask, question } => {
                Self::Reworded { task: *task, ask: *ask, question: question.clone() }
            }
            Self::Answered { task, ask, answer } => Self::Answered { task: *task, ask: *ask, answer: answer.clone() },
            Self::Refused { task, ask } => Self::Refused { task: *task, ask: *ask },
            Self::Merged => Self::Merged,
            Self::Once { task, name, value } => Self::Once { task: *task, name: name.clone(), value: value.clone() },
            Self::Edited { update, instead } => Self::Edited { update: update.clone(), instead: instead.clone() },
            Self::Paused => Self::Paused,
            Self::Resumed => Self::Resumed,
            Self::Reopened => Self::Reopened,
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
            Self::TaskFailed { task, retry_at } => {
                let mut failed = formatter.debug_struct("TaskFailed");
                failed.field("task", task);
                if let Some(retry_at) = retry_at {
                    failed.field("retry_at", retry_at);
                }
                failed.finish()
            }
            Self::Committed(committed) => committed.fmt(formatter),
            Self::Asked { task, question } => {
                formatter.debug_struct("Asked").field("task", task).field("question", question).finish()
            }
            Self::Reworded { task, ask, question } => {
                let mut reworded = formatter.debug_struct("Reworded");
                reworded.field("task", task).field("ask", ask).field("question", question).finish()
            }
            Self::Answered { task, ask, answer } => {
                let mut answered = formatter.debug_struct("Answered");
                answered.field("task", task).field("ask", ask).field("answer", answer).finish()
            }
            Self::Refused { task, ask } => {
                formatter.debug_struct("Refused").field("task", task).field("ask", ask).finish()
            }
            Self::Merged => formatter.write_str("Merged"),
            Self::Once { task, name, value } => {
                let mut once = formatter.debug_struct("Once");
                once.field("task", task).field("name", name).field("value", value).finish()
            }
            Self::Edited { update, instead } => {
                let mut edited = formatter.debug_struct("Edited");
                edited.field("update", update);
                if let Some(committed) = instead {
                    edited.field("instead", committed);
                }
                edited.finish()
            }
            Self::Paused => formatter.write_str("Paused"),
            Self::Resumed => formatter.write_str("Resumed"),
            Self::Reopened => formatter.write_str("Reopened"),
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
            .field("opened", &self.opened_valves)
            .finish()
    }
}

impl fmt::Debug for Successors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sends = self.sends.iter().map(|sent| (sent.worker, sent.items.len()));
        formatter
            .debug_struct("Successors")
            .field("nodes", &self.nodes)
            .field("sends", &sends.collect::<Vec<_>>())
            .finish()
    }
}
