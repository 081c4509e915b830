//! The builder of a run: its settings before it starts.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::RunError;
use super::outcome::Outcome;
use super::running::Run;
use crate::drive::Driver;
use crate::drive::breakpoints::Breakpoints;
use crate::graph::compiled::Graph;
use crate::journal::Journal;
use crate::node::codec::Json;
use crate::node::context::RunInfo;
use crate::node::memory::SuperstepMemory;
use crate::node::task_tracker::TaskTracker;
use crate::observe::detail::Detail;
use crate::observe::event::Event;
use crate::observe::observers::{Observer, Observers};
use crate::observe::queue::{Events, Queue};
use crate::plan::position::Position;
use crate::state::State;
use crate::state::durable::Durable;
use crate::stored::recording::Storing;
use crate::types::cancel::Cancel;
use crate::types::limits::Limits;
use crate::types::path::Path;
use crate::types::permits::Permits;

/// A run that has not started. Await it, or [`start`](Self::start) it to read its events.
///
/// An awaited run is part of the caller's task: dropping the future stops it.
#[must_use = "a run does nothing until it is awaited or started"]
pub struct RunBuilder<S: State> {
    graph: Graph<S>,
    position: Position<S>,
    deps: Arc<S::Deps>,
    id: Option<Arc<str>>,
    limits: Limits,
    observers: Vec<Observer<S>>,
    copy: Option<fn(&S) -> S>,
    cancel: Cancel,
    detail: Detail,
    buffer: usize,
    breakpoints: Breakpoints,
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
            breakpoints: Breakpoints::default(),
            storing: Storing::default(),
        }
    }

    /// The id of the run, for errors and for its nodes. By default `run-1`, `run-2` and so on within the process.
    pub fn id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the limits of the run.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Calls a function for every event, in order and without loss.
    ///
    /// The function is called inside the run, so it should return quickly. After a panic it is not called again, and the run
    /// continues.
    pub fn observe(self, observer: impl Fn(&Event<S>) + Send + Sync + 'static) -> Self {
        self.observe_in(Detail::ALL, observer)
    }

    /// Calls a function for the events of this detail.
    pub fn observe_in(mut self, detail: Detail, observer: impl Fn(&Event<S>) + Send + Sync + 'static) -> Self {
        self.observers.push(Observer::new(detail, observer));
        self
    }

    /// A channel of the events of this detail, to be read while the run is awaited. Each call adds one channel, which buffers
    /// `events` events for its reader, as [`buffer`](Self::buffer) says.
    ///
    /// ```
    /// # use council_core::{Detail, State, StateGraph, node};
    /// # #[derive(State, Default)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let (run, mut tasks) = graph.run(Text::default()).channel(Detail::TASKS, 100);
    /// run.await?;
    /// assert_eq!(tasks.next().await.unwrap().to_string(), "superstep 1: shout #1 started");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn channel(mut self, detail: Detail, events: usize) -> (Self, Events<S>) {
        let (queue, reader) = Queue::new(events, detail);
        self.observers.push(Observer::new(detail, queue));
        (self, reader)
    }

    /// The detail of the stream of a started run; all events by default.
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Also emits the whole state after each superstep, to all readers with [`Detail::VALUES`]: one copy of the state per
    /// superstep.
    pub fn values(mut self) -> Self
    where
        S: Clone,
    {
        self.copy = Some(S::clone);
        self
    }

    /// The number of events that a started run buffers for its reader; 1024 by default.
    ///
    /// A slower reader loses events, and [`EventKind::Lost`](crate::EventKind::Lost) has their number; the last event of a run is
    /// never lost. A fan-out that never awaits fills the buffer before the reader runs: use [`observe`](Self::observe) if every
    /// event counts. With 0 there is no buffer and the stream of the run is empty, for runs that only [`observe`](Self::observe)
    /// reads.
    pub fn buffer(mut self, events: usize) -> Self {
        self.buffer = events;
        self
    }

    /// A handle that can cancel the run from another place, also while the run is awaited.
    pub fn canceller(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Waits for a human before these nodes, given by their names. The run ends with [`Outcome::Paused`] when such a node is
    /// next, and continues when it is resumed. An unknown name fails the run at its start. Nodes inside subgraphs are not
    /// included.
    pub fn pause_before(mut self, nodes: impl IntoIterator<Item: Into<String>>) -> Self {
        self.breakpoints.before.add(nodes);
        self
    }

    /// Waits for a human after these nodes. Their updates are in the state then.
    pub fn pause_after(mut self, nodes: impl IntoIterator<Item: Into<String>>) -> Self {
        self.breakpoints.after.add(nodes);
        self
    }

    /// Waits for a human before every superstep.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let outcome = graph.run(Essay::default()).pause_always().await?;
    /// assert!(matches!(outcome, Outcome::Paused { .. }));
    /// # Ok(()) }
    /// ```
    pub fn pause_always(mut self) -> Self {
        self.breakpoints.before.all = true;
        self
    }

    /// Stores the run in a journal, so that it can continue in another process: see [`Graph::load`].
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
        let id = self.id.or_else(|| saved.map(|saved| Arc::clone(&saved.run))).unwrap_or_else(next_id);
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
            memory: SuperstepMemory::default(),
            recorder: None,
        };
        (Driver::new(graph, info, recording).pausing_at(self.breakpoints), position)
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

fn next_id() -> Arc<str> {
    static RUNS: AtomicU64 = AtomicU64::new(1);
    format!("run-{}", RUNS.fetch_add(1, Ordering::Relaxed)).into()
}

const DEFAULT_BUFFER: usize = 1_024;
