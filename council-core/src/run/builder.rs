//! `RunBuilder`: a run that has not started.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use super::error::RunError;
use super::outcome::Outcome;
use super::run_id::{local_id, unique_id};
use super::running::Run;
use crate::drive::Driver;
use crate::graph::compiled::Graph;
use crate::journal::Journal;
use crate::node::codec::Json;
use crate::node::failure::Failure;
use crate::node::memory::SuperstepMemory;
use crate::node::run_info::RunInfo;
use crate::node::task_tracker::TaskTracker;
use crate::observe::detail::Detail;
use crate::observe::observers::{Observer, Observers};
use crate::observe::queue::Queue;
use crate::plan::position::Position;
use crate::state::State;
use crate::state::durable::Durable;
use crate::stored::recording::Storing;
use crate::types::breakpoints::Breakpoints;
use crate::types::cancel::Cancel;
use crate::types::limits::Limits;
use crate::types::path::Path;
use crate::types::permits::Permits;

/// A run that has not started. Await it, or [`start`](Self::start) it to read its events.
///
/// An awaited run is part of the caller's task: dropping the future stops it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let run = graph.run(Essay::default()).id("r-1").limits(Limits { supersteps: 50, ..Limits::default() });
/// let outcome = run.await?;
/// assert_eq!(outcome.state().draft, "a draft");
/// # Ok(()) }
/// ```
#[must_use = "a run does nothing until it is awaited or started"]
pub struct RunBuilder<S: State> {
    pub(super) graph: Graph<S>,
    position: Position<S>,
    deps: Arc<S::Deps>,
    id: Option<Arc<str>>,
    limits: Limits,
    pub(super) observers: Vec<Observer<S>>,
    pub(super) copy: Option<fn(&S) -> S>,
    cancel: Cancel,
    pub(super) detail: Detail,
    pub(super) buffer: usize,
    pub(super) breakpoints: Option<Breakpoints>,
    /// The first fault of the settings. It fails the run at its start.
    pub(super) fault: Option<Failure>,
    pub(super) storing: Storing<S>,
}

impl<S: State> RunBuilder<S> {
    pub(crate) fn new(graph: Graph<S>, position: Position<S>, deps: Arc<S::Deps>) -> Self {
        Self {
            graph,
            position,
            deps,
            id: None,
            limits: Limits::default(),
            observers: Vec::new(),
            copy: None,
            cancel: Cancel::default(),
            detail: Detail::ALL,
            buffer: DEFAULT_BUFFER,
            breakpoints: None,
            fault: None,
            storing: Storing::default(),
        }
    }

    /// The id of the run, for errors, for its nodes and for its journal. By default, a new run with a journal has a unique id: a UUID,
    /// sorted by the time of the call. Other runs have `run-1`, `run-2` and so on within the process.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).id("r-1").pause_before(["print"]).await.unwrap_err();
    /// assert_eq!(error.run(), "r-1");
    /// # Ok(()) }
    /// ```
    #[doc(alias = "thread_id")]
    pub fn id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the limits of the run.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let limits = Limits { supersteps: 0, ..Limits::default() };
    /// let outcome = graph.run(Essay::default()).limits(limits).await?;
    /// assert!(matches!(outcome, Outcome::Stopped { reason: StopReason::Supersteps(0), .. }));
    /// # Ok(()) }
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// A handle that can cancel the run from another place, also while the run is awaited.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let run = graph.run(Essay::default());
    /// let cancel = run.canceller();
    /// cancel.cancel();
    /// assert!(matches!(run.await?, Outcome::Stopped { reason: StopReason::Cancelled, .. }));
    /// # Ok(()) }
    /// ```
    pub fn canceller(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Stores the run in a journal, so that it can continue in another process: see [`Graph::load`](crate::Graph::load).
    ///
    /// A loaded position continues as the same stored run. Any other position starts a new run, whose id must be new.
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let journal = journal::Memory::default();
    /// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
    /// assert_eq!(graph.load(&journal, "r-1").await?.state().draft, "a draft");
    /// # Ok(()) }
    /// ```
    #[doc(alias = "checkpointer")]
    pub fn journal(mut self, journal: impl Journal) -> Self
    where
        S: Durable,
    {
        self.storing.journal = Some((Arc::new(journal), &Json));
        self
    }

    /// Starts the run on the tokio runtime of the caller. Dropping the [`Run`] stops it.
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
    ///     println!("{event}");
    /// }
    /// assert!(run.await?.is_finished());
    /// # Ok(()) }
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no tokio runtime.
    #[doc(alias("stream", "astream"))]
    pub fn start(mut self) -> Run<S> {
        let (queue, events) = Queue::new(self.buffer, self.detail);
        if self.buffer > 0 {
            self.observers.push(Observer::new(self.detail, queue));
        }
        let cancel = self.cancel.clone();
        let (driver, position) = self.into_driver();
        let id = driver.id();
        let task = tokio::spawn(drive(driver, position));
        Run { id, events, cancel, task }
    }

    pub(super) fn into_driver(self) -> (Driver<S>, Position<S>) {
        let Self { graph, position, storing, .. } = self;
        let saved = position.saved.as_ref();
        let id = self.id.or_else(|| saved.map(|saved| Arc::clone(&saved.run)));
        let id = id.unwrap_or_else(if storing.journal.is_some() { unique_id } else { local_id });
        let recording = storing.into_recording(&id, saved.filter(|saved| saved.run == id));
        let observers = Observers::new(Arc::clone(&id), Path::default(), self.observers, self.copy);
        let info = RunInfo {
            id,
            names: Arc::clone(&graph.inner.names),
            path: Path::default(),
            limits: self.limits,
            deps: self.deps,
            cancel: self.cancel,
            observers: observers.has_any().then(|| Arc::new(observers)),
            tracker: graph.inner.has_spawned.then(TaskTracker::default),
            permits: self.limits.concurrency.map(|bound| Arc::new(Permits::new(bound.get()))),
            breakpoints: self.breakpoints.map(Arc::new),
            memory: SuperstepMemory::default(),
            recorder: None,
        };
        (Driver::new(graph, info, recording).with_fault(self.fault), position)
    }
}

impl<S: State> fmt::Debug for RunBuilder<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut builder = formatter.debug_struct("RunBuilder");
        builder.field("graph", &self.graph).field("id", &self.id).field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl<S: State> IntoFuture for RunBuilder<S> {
    type Output = Result<Outcome<S>, RunError<S>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let (driver, position) = self.into_driver();
        Box::pin(drive(driver, position))
    }
}

async fn drive<S: State>(driver: Driver<S>, position: Position<S>) -> Result<Outcome<S>, RunError<S>> {
    let id = driver.id();
    let (halt, position) = driver.drive(position).await;
    Outcome::of(id, halt, position)
}

const DEFAULT_BUFFER: usize = 1_024;
