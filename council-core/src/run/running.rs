//! A started run: a stream of its events, and a future of its outcome.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Waker, Poll, ready};

use futures_util::Stream;
use tokio::task::JoinHandle;

use super::error::RunError;
use super::outcome::Outcome;
use crate::observe::event::Event;
use crate::observe::queue::Events;
use crate::state::State;
use crate::types::cancel::Cancel;

/// A started run: a stream of its events, and a future of its outcome.
///
/// ```
/// # use council_core::{Event, State, StateGraph, node};
/// # #[derive(State, Default)]
/// # struct Text { text: String }
/// # let mut graph = StateGraph::<Text>::new("shout");
/// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
/// # graph.start(shout);
/// # graph.end(shout);
/// # let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let mut run = graph.run(Text { text: "hello".into() }).start();
/// while let Some(event) = run.next().await {
///     println!("{event}"); // superstep 1: shout #1 started ...
/// }
/// let outcome = run.await?;
/// assert_eq!(outcome.state().text, "HELLO");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "dropping a run stops it"]
pub struct Run<S: State> {
    pub(super) id: Arc<str>,
    pub(super) events: Events<S>,
    pub(super) cancel: Cancel,
    pub(super) task: JoinHandle<Result<Outcome<S>, RunError<S>>>,
}

impl<S: State> Run<S> {
    /// The id of the run.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert_eq!(graph.run(Essay::default()).id("r-1").start().id(), "r-1");
    /// # Ok(()) }
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The next event, or `None` after the last one.
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
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Event<S>> {
        self.events.next().await
    }

    /// Stops the run at its next barrier, with [`Outcome::Stopped`]. A node that hangs never reaches a barrier:
    /// [`Cancel::cancel_now`] stops it too.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let run = graph.run(Essay::default()).start();
    /// run.cancel();
    /// assert!(matches!(run.await?, Outcome::Stopped { reason: StopReason::Cancelled, .. }));
    /// # Ok(()) }
    /// ```
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// A handle that can cancel the run from another place.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let run = graph.run(Essay::default()).start();
    /// let cancel = run.canceller();
    /// std::thread::spawn(move || cancel.cancel()).join().unwrap();
    /// run.await?;
    /// # Ok(()) }
    /// ```
    pub fn canceller(&self) -> Cancel {
        self.cancel.clone()
    }
}

impl<S: State> Stream for Run<S> {
    type Item = Event<S>;

    fn poll_next(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Option<Event<S>>> {
        Pin::new(&mut self.events).poll_next(waker)
    }
}

/// The outcome of the run.
///
/// # Panics
///
/// If the tokio runtime that the run was started on has been shut down.
impl<S: State> Future for Run<S> {
    type Output = Result<Outcome<S>, RunError<S>>;

    fn poll(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Self::Output> {
        match ready!(Pin::new(&mut self.task).poll(waker)) {
            Ok(result) => Poll::Ready(result),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(cancelled) => panic!("the runtime of run `{}` was shut down: {cancelled}", self.id),
        }
    }
}

impl<S: State> Drop for Run<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<S: State> fmt::Debug for Run<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Run").field("id", &self.id).finish_non_exhaustive()
    }
}
