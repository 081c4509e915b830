//! The outcome of a run that did not fail.

use std::fmt;
use std::sync::Arc;

use super::error::RunError;
use crate::drive::Halt;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::limits::StopReason;

/// The end of a run that did not fail.
///
/// As JSON it is an object with `outcome`, which is `finished`, `paused` or `stopped`, and `state`, for example
/// `{"outcome":"stopped","reason":{"supersteps":50},"supersteps":50,"state":{"draft":""}}`. A pause has `asks`.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// match graph.run(Essay::default()).await? {
///     Outcome::Finished(essay) => println!("{}", essay.draft),
///     Outcome::Paused { position } => println!("waits for {:?}", position.asks()),
///     Outcome::Stopped { reason, .. } => println!("stopped: {reason}"),
///     _ => {}
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<S: State> {
    /// The run reached its end.
    Finished(S),
    /// The run waits for a human: before or after a node, as set by
    /// [`RunBuilder::pause_before`](crate::RunBuilder::pause_before), or for the answers to [`Position::asks`].
    /// [`Graph::resume`](crate::Graph::resume) continues from the position in this process, or from the journal in another
    /// process.
    Paused {
        /// The position of the run.
        position: Position<S>,
    },
    /// The run was stopped by a limit or cancelled. Nothing is lost: [`Graph::resume`](crate::Graph::resume) continues from the
    /// position.
    Stopped {
        /// The reason.
        reason: StopReason,
        /// The position of the run.
        position: Position<S>,
    },
}

impl<S: State> Outcome<S> {
    /// The outcome of a run that halted at this position.
    pub(super) fn of(run: Arc<str>, halt: Halt, position: Position<S>) -> Result<Self, RunError<S>> {
        match halt {
            Halt::Finish => Ok(Self::Finished(position.into_state())),
            Halt::Stop(reason) => Ok(Self::Stopped { reason, position }),
            Halt::Pause => Ok(Self::Paused { position }),
            Halt::Fail(failure) => Err(RunError::new(run, failure, position)),
        }
    }

    /// The state at the end of the run, for every kind of end.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert_eq!(graph.run(Essay::default()).await?.state().draft, "a draft");
    /// # Ok(()) }
    /// ```
    pub fn state(&self) -> &S {
        match self {
            Self::Finished(state) => state,
            Self::Paused { position } | Self::Stopped { position, .. } => position.state(),
        }
    }

    /// The state of a finished run.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let essay = graph.run(Essay::default()).await?.finished()?;
    /// assert_eq!(essay.draft, "a draft");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The run is paused, was stopped by a limit, or was cancelled. The error has the reason, and the position to continue from.
    pub fn finished(self) -> Result<S, Unfinished<S>> {
        match self {
            Self::Finished(state) => Ok(state),
            Self::Paused { position } => Err(Unfinished { reason: StopReason::Paused, position: Box::new(position) }),
            Self::Stopped { reason, position } => Err(Unfinished { reason, position: Box::new(position) }),
        }
    }

    /// The state as an owned value, also of a stopped run. To treat a stop as an error, use [`finished`](Self::finished).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let limits = Limits { supersteps: 0, ..Limits::default() };
    /// let essay = graph.run(Essay::default()).limits(limits).await?.into_state();
    /// assert!(essay.draft.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn into_state(self) -> S {
        match self {
            Self::Finished(state) => state,
            Self::Paused { position } | Self::Stopped { position, .. } => position.into_state(),
        }
    }

    /// Whether the run reached its end.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert!(graph.run(Essay::default()).await?.is_finished());
    /// # Ok(()) }
    /// ```
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Finished(_))
    }
}

/// The error of [`Outcome::finished`]: a run that did not reach its end.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let limits = Limits { supersteps: 0, ..Limits::default() };
/// let error: Unfinished<Essay> = graph.run(Essay::default()).limits(limits).await?.finished().unwrap_err();
/// assert_eq!(error.reason, StopReason::Supersteps(0));
/// assert!(graph.resume(*error.position).await?.is_finished());
/// # Ok(()) }
/// ```
#[doc(alias = "GraphRecursionError")]
#[non_exhaustive]
pub struct Unfinished<S: State> {
    /// The reason.
    pub reason: StopReason,
    /// The position of the run.
    pub position: Box<Position<S>>,
}

impl<S: State> fmt::Display for Unfinished<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let supersteps = self.position.supersteps();
        write!(formatter, "the run was stopped after {supersteps} supersteps, before its end: {}", self.reason)
    }
}

/// The same text as `Display`, because a `main` that returns the error prints it with `Debug`.
impl<S: State> fmt::Debug for Unfinished<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<S: State> std::error::Error for Unfinished<S> {}
