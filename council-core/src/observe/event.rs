//! The events of a run.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::state::State;
use crate::types::limits::StopReason;
use crate::types::milliseconds::{write_milliseconds, write_optional_milliseconds};
use crate::types::path::{Path, Task};
use crate::types::question::Ask;
use crate::types::raw_json::RawJson;
use crate::types::valve::{OpenedValve, Valve};

/// An event of a run, with its number, path and superstep.
///
/// The last event of a run is [`Finished`](EventKind::Finished), [`Paused`](EventKind::Paused), [`Stopped`](EventKind::Stopped)
/// or [`Failed`](EventKind::Failed). A run that is dropped emits none of these.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut run = graph.run(Essay::default()).id("r-1").start();
/// while let Some(event) = run.next().await {
///     println!("{}: {event}", event.sequence); // 1: superstep 1: write #1 started
///     assert_eq!(&*event.run, "r-1");
/// }
/// # Ok(()) }
/// ```
///
/// If serde can write the state, it can write an event: as an object with `kind`, the name of the kind in snake case, and the fields of the event
/// and of its kind. Durations are in milliseconds, and the names of their fields end in `_ms`.
///
/// ```
/// # use council_core::*; use serde::Serialize; #[derive(State, Clone, Debug, Default, Serialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut run = graph.run(Essay::default()).id("r-1").start();
/// let started = serde_json::to_value(run.next().await.unwrap())?;
/// assert_eq!((&started["kind"], &started["task"]["node"]), (&"node_started".into(), &"write".into()));
/// # Ok(()) }
/// ```
#[derive(Serialize)]
#[serde(bound(serialize = "S: Serialize, S::Update: Serialize"))]
#[non_exhaustive]
pub struct Event<S: State> {
    /// The id of the run.
    pub run: Arc<str>,
    /// The number of the event since this start or resume of the run, from 1. It has no gaps with [`Detail::ALL`](crate::Detail);
    /// a reader with less detail sees gaps. An event from a node on another thread may arrive a moment out of order.
    pub sequence: u64,
    /// The tasks that lead to the graph of this event, outermost first: empty in the graph that was run, and more in a
    /// [`Subgraph`](crate::Subgraph).
    pub path: Path,
    /// The superstep of that graph, from 1; in the last event, the number of supersteps.
    pub superstep: u64,
    /// The content of the event.
    #[serde(flatten)]
    pub kind: EventKind<S>,
}

/// The content of an event.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut run = graph.run(Essay::default()).start();
/// while let Some(event) = run.next().await {
///     match event.kind {
///         EventKind::NodeCompleted { task, duration, .. } => println!("{} took {duration:?}", task.node),
///         EventKind::Failed { error, .. } => eprintln!("{error}"),
///         _ => {}
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", bound(serialize = "S: Serialize, S::Update: Serialize"))]
#[non_exhaustive]
pub enum EventKind<S: State> {
    /// A node starts.
    #[non_exhaustive]
    NodeStarted {
        /// The task.
        task: Task,
    },
    /// A node is writing; see [`Context::token`](crate::Context::token).
    #[non_exhaustive]
    Token {
        /// The task.
        task: Task,
        /// The next piece of the text.
        text: String,
    },
    /// A custom event of a node; see [`Context::emit`](crate::Context::emit).
    #[non_exhaustive]
    Custom {
        /// The task.
        task: Task,
        /// The name of the event.
        name: Arc<str>,
        /// The value of the event.
        value: RawJson<'static>,
    },
    /// The progress of a node; see [`Context::progress`](crate::Context::progress).
    #[non_exhaustive]
    Progress {
        /// The task.
        task: Task,
        /// The amount done.
        done: u64,
        /// The total, if it is known.
        of: Option<u64>,
    },
    /// A node has completed, by itself or by its error handler. Its update is applied at the end of the superstep. Or the update of a
    /// person is the result of the task, and the node does not run: then there may be no [`NodeStarted`](Self::NodeStarted) before.
    #[non_exhaustive]
    NodeCompleted {
        /// The task.
        task: Task,
        /// Its update; `None` for a node of a subgraph, whose state has another type, and if the reader's [`Detail`](crate::Detail)
        /// excludes updates.
        #[serde(skip_serializing_if = "Option::is_none")]
        update: Option<S::Update>,
        /// The time that it took.
        #[serde(rename = "duration_ms", serialize_with = "write_milliseconds")]
        duration: Duration,
        /// Whether the update came from the node's [`Cache`](crate::Cache).
        cached: bool,
        /// The author of the update, if a person wrote it in the place of the node: see
        /// [`Graph::edit_instead_of`](crate::Graph::edit_instead_of). The event comes when the run is resumed.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<Arc<str>>,
    },
    /// A node has failed. Without a retry or an error handler, the run ends with [`Failed`](Self::Failed).
    #[non_exhaustive]
    NodeFailed {
        /// The task.
        task: Task,
        /// The error and its sources, in one line.
        error: String,
        /// The pause before the retry, if there is one.
        #[serde(rename = "retry_in_ms", serialize_with = "write_optional_milliseconds")]
        retry_in: Option<Duration>,
    },
    /// A valve has opened: the run goes to another node.
    #[non_exhaustive]
    ValveOpened {
        /// The valve.
        valve: Valve,
        /// The next node instead; `None` is the end.
        to: Option<Arc<str>>,
    },
    /// The state after the updates of the superstep; see [`RunBuilder::values`](crate::RunBuilder::values).
    #[non_exhaustive]
    Values {
        /// A copy of the state.
        state: Arc<S>,
    },
    /// The run has finished.
    Finished,
    /// The run waits for a human: for answers to these questions, or, if there are none, for permission to go on; see
    /// [`Outcome::Paused`](crate::Outcome::Paused).
    #[non_exhaustive]
    Paused {
        /// The open questions.
        asks: Vec<Ask>,
        /// The nodes at which the run waits, each as the text of a [`NodePath`](crate::NodePath): `letter/seal` is inside a
        /// subgraph. [`Position::open_paths`](crate::Position::open_paths) has the items of workers too.
        nodes: Vec<String>,
    },
    /// The run was stopped and can continue; see [`Outcome::Stopped`](crate::Outcome::Stopped).
    #[non_exhaustive]
    Stopped {
        /// The limit, or the cancellation.
        reason: StopReason,
    },
    /// The run has failed; see [`RunError`](crate::RunError).
    #[non_exhaustive]
    Failed {
        /// The error and its sources, in one line.
        error: String,
    },
    /// The reader of this stream was slower than the run, and events were dropped here. This event has the number of the last dropped
    /// event.
    #[non_exhaustive]
    Lost {
        /// The number of dropped events.
        count: u64,
    },
}

impl<S: State> EventKind<S> {
    /// Whether this is the last event of a run.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// let kind = EventKind::<Essay>::Finished;
    /// assert!(kind.is_last());
    /// ```
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Finished | Self::Paused { .. } | Self::Stopped { .. } | Self::Failed { .. })
    }

    /// A copy for an observer of an outer graph, whose state has another type: without updates, and `None` for [`Values`](Self::Values).
    pub(crate) fn for_outer<T: State>(&self) -> Option<EventKind<T>> {
        Some(match self {
            Self::NodeStarted { task } => EventKind::NodeStarted { task: task.clone() },
            Self::Token { task, text } => EventKind::Token { task: task.clone(), text: text.clone() },
            Self::Custom { task, name, value } => {
                EventKind::Custom { task: task.clone(), name: Arc::clone(name), value: value.clone() }
            }
            Self::Progress { task, done, of } => EventKind::Progress { task: task.clone(), done: *done, of: *of },
            Self::NodeCompleted { task, duration, cached, by, .. } => {
                let (task, by) = (task.clone(), by.clone());
                EventKind::NodeCompleted { task, update: None, duration: *duration, cached: *cached, by }
            }
            Self::NodeFailed { task, error, retry_in } => {
                EventKind::NodeFailed { task: task.clone(), error: error.clone(), retry_in: *retry_in }
            }
            Self::ValveOpened { valve, to } => EventKind::ValveOpened { valve: valve.clone(), to: to.clone() },
            Self::Values { .. } => return None,
            Self::Finished => EventKind::Finished,
            Self::Paused { asks, nodes } => EventKind::Paused { asks: asks.clone(), nodes: nodes.clone() },
            Self::Stopped { reason } => EventKind::Stopped { reason: *reason },
            Self::Failed { error } => EventKind::Failed { error: error.clone() },
            Self::Lost { count } => EventKind::Lost { count: *count },
        })
    }
}

impl<S: State> Clone for EventKind<S> {
    fn clone(&self) -> Self {
        match self {
            Self::Values { state } => Self::Values { state: Arc::clone(state) },
            Self::NodeCompleted { task, update, duration, cached, by } => {
                let (task, update, by) = (task.clone(), update.clone(), by.clone());
                Self::NodeCompleted { task, update, duration: *duration, cached: *cached, by }
            }
            other => other.for_outer().unwrap_or_else(|| unreachable!("only values hold a state")),
        }
    }
}

impl<S: State> Event<S> {
    /// An event of another kind with the same run, number, path and superstep.
    pub(crate) fn with(&self, kind: EventKind<S>) -> Self {
        Self { run: Arc::clone(&self.run), path: self.path.clone(), kind, ..*self }
    }
}

impl<S: State> Clone for Event<S> {
    fn clone(&self) -> Self {
        self.with(self.kind.clone())
    }
}

impl<S: State> From<OpenedValve> for EventKind<S> {
    fn from(opened: OpenedValve) -> Self {
        Self::ValveOpened { valve: opened.valve, to: opened.to }
    }
}
