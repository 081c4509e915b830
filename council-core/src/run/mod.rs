//! Running a graph: set it up, then await the outcome or watch it go.

pub(crate) mod builder;
pub(crate) mod error;
pub(crate) mod graph;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Waker, Poll, ready};

use futures_util::Stream;
use tokio::task::JoinHandle;

pub use error::RunError;

use crate::cancel::Cancel;
use crate::event::Event;
use crate::limits::StopReason;
use crate::position::Position;
use crate::queue::Events;
use crate::state::State;

/// How a run ended, if it did not fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<S: State> {
    /// It came to its end.
    Finished(S),
    /// It waits for a human: before or after a node, as [`RunBuilder::pause_before`] wants it, or for the answers to
    /// [`Position::asks`]. [`Graph::resume`](crate::Graph::resume) goes on from the position, in this process or, from the journal,
    /// in another.
    Paused {
        /// Where it stands.
        position: Position<S>,
    },
    /// It was stopped by a limit or cancelled. Nothing is lost: [`Graph::resume`](crate::Graph::resume) goes on from the
    /// position.
    Stopped {
        /// By what.
        reason: StopReason,
        /// Where it stands.
        position: Position<S>,
    },
}

impl<S: State> Outcome<S> {
    /// The state, however the run ended.
    pub fn state(&self) -> &S {
        match self {
            Self::Finished(state) => state,
            Self::Paused { position } | Self::Stopped { position, .. } => position.state(),
        }
    }

    /// The state of a run that came to its end.
    ///
    /// # Errors
    ///
    /// The run was stopped by a limit, or cancelled: the error says by what, and has the position to go on from.
    pub fn finished(self) -> Result<S, Unfinished<S>> {
        match self {
            Self::Finished(state) => Ok(state),
            Self::Paused { position } => Err(Unfinished { reason: StopReason::Paused, position: Box::new(position) }),
            Self::Stopped { reason, position } => Err(Unfinished { reason, position: Box::new(position) }),
        }
    }

    /// The state, taken out, also of a run that was stopped halfway; where that is an error, see
    /// [`finished`](Self::finished).
    pub fn into_state(self) -> S {
        match self {
            Self::Finished(state) => state,
            Self::Paused { position } | Self::Stopped { position, .. } => position.into_state(),
        }
    }

    /// Whether the run came to its end.
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Finished(_))
    }
}

/// A run that was to finish, and was stopped before.
pub struct Unfinished<S: State> {
    /// By what.
    pub reason: StopReason,
    /// Where it stands.
    pub position: Box<Position<S>>,
}

impl<S: State> fmt::Display for Unfinished<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let supersteps = self.position.supersteps();
        write!(formatter, "the run was stopped after {supersteps} supersteps, before its end: {}", self.reason)
    }
}

/// The same words as `Display`: it is what a `main` that returns the error prints.
impl<S: State> fmt::Debug for Unfinished<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<S: State> std::error::Error for Unfinished<S> {}

/// A run that is going on: a stream of its events, and a future of its outcome.
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
    id: Arc<str>,
    events: Events<S>,
    cancel: Cancel,
    task: JoinHandle<Result<Outcome<S>, RunError<S>>>,
}

impl<S: State> Run<S> {
    /// The id of the run.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The next event, or `None` after the last.
    pub async fn next(&mut self) -> Option<Event<S>> {
        self.events.next().await
    }

    /// Stops the run at its next barrier, with [`Outcome::Stopped`]. A node that hangs never comes to it: then only dropping
    /// the run helps.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// A handle that can cancel the run from elsewhere.
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
