//! The error of a failed run.

use std::fmt;
use std::sync::Arc;

use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::error_chain::error_chain;

/// The error of a failed run: its id, the failure, and the position.
///
/// No finished work is lost: remove the cause, and continue with [`Graph::resume`](crate::Graph::resume) from
/// [`into_position`](Self::into_position). That helps after the failure of a node or the panic of a route. A fault of an update
/// or of the graph (a conflict, a waiting join, an undeclared target, the panic of a reducer) fails again.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let error: RunError<Essay> = graph.run(Essay::default()).id("r-1").await.unwrap_err();
/// assert_eq!(error.to_string(), "run `r-1`: node `write` failed in superstep 1, attempt 1");
/// # Ok(()) }
/// ```
pub struct RunError<S: State> {
    run: Arc<str>,
    failure: Box<Failure>,
    position: Box<Position<S>>,
}

impl<S: State> RunError<S> {
    pub(crate) fn new(run: Arc<str>, failure: Box<Failure>, position: Position<S>) -> Self {
        Self { run, failure, position: Box::new(position) }
    }

    /// The id of the run.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).id("r-1").await.unwrap_err();
    /// assert_eq!(error.run(), "r-1");
    /// # Ok(()) }
    /// ```
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Why the run failed.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert!(error.failure().is_retryable());
    /// # Ok(()) }
    /// ```
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// The position of the run.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert_eq!(error.position().open_tasks().next().unwrap().node, "write");
    /// # Ok(()) }
    /// ```
    pub fn position(&self) -> &Position<S> {
        &self.position
    }

    /// The state, with the updates of all complete supersteps.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert!(error.state().draft.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn state(&self) -> &S {
        self.position.state()
    }

    /// The position of the run, as an owned value. It has the results of the finished tasks of the failed superstep, which do not
    /// run again.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     if context.attempt() == 1 { Err("busy".into()) } else { Ok(Essay::update().draft("a draft")) }
    /// }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert!(graph.resume(error.into_position()).await?.is_finished());
    /// # Ok(()) }
    /// ```
    pub fn into_position(self) -> Position<S> {
        *self.position
    }
}

impl<S: State> fmt::Display for RunError<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "run `{}`: {}", self.run, self.failure)
    }
}

/// The text of `Display` and of all causes, because a `main` that returns the error prints it with `Debug`.
impl<S: State> fmt::Debug for RunError<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "run `{}`: {}", self.run, error_chain(&*self.failure))
    }
}

impl<S: State> std::error::Error for RunError<S> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.failure)
    }
}
