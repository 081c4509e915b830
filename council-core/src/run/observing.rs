//! The events of a run: observers, channels, and the stream of a started run.

use super::builder::RunBuilder;
use crate::observe::detail::Detail;
use crate::observe::event::Event;
use crate::observe::observers::Observer;
use crate::observe::queue::{Events, Queue};
use crate::state::State;

impl<S: State> RunBuilder<S> {
    /// Calls a function for every event, in order and without loss.
    ///
    /// The function is called inside the run, so it should return quickly. After a panic it is not called again, and the run
    /// continues.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// graph.run(Essay::default()).observe(|event| println!("{event}")).await?; // superstep 1: write #1 started ...
    /// # Ok(()) }
    /// ```
    pub fn observe(self, observer: impl Fn(&Event<S>) + Send + Sync + 'static) -> Self {
        self.observe_in(Detail::ALL, observer)
    }

    /// Calls a function for the events of this detail.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// use std::sync::{Arc, Mutex};
    ///
    /// let tokens = Arc::new(Mutex::new(0));
    /// let counter = Arc::clone(&tokens);
    /// graph.run(Essay::default()).observe_in(Detail::TOKENS, move |_| *counter.lock().unwrap() += 1).await?;
    /// println!("{} tokens", tokens.lock().unwrap());
    /// # Ok(()) }
    /// ```
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
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let mut run = graph.run(Essay::default()).detail(Detail::TASKS).start();
    /// assert_eq!(run.next().await.unwrap().to_string(), "superstep 1: write #1 started");
    /// # Ok(()) }
    /// ```
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    /// Also emits the whole state after each superstep, to all readers with [`Detail::VALUES`]: one copy of the state per
    /// superstep.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let mut run = graph.run(Essay::default()).values().start();
    /// let mut drafts = Vec::new();
    /// while let Some(event) = run.next().await {
    ///     if let EventKind::Values { state, .. } = event.kind {
    ///         drafts.push(state.draft.clone());
    ///     }
    /// }
    /// assert_eq!(drafts, ["a draft"]);
    /// # Ok(()) }
    /// ```
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
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let mut run = graph.run(Essay::default()).observe(|event| println!("{event}")).buffer(0).start();
    /// assert!(run.next().await.is_none());
    /// assert!(run.await?.is_finished());
    /// # Ok(()) }
    /// ```
    pub fn buffer(mut self, events: usize) -> Self {
        self.buffer = events;
        self
    }
}
