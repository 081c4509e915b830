//! The causes of a failure: the error of the node, and whether another attempt may help.

use super::Failure;
use crate::types::error_chain::error_chain;
use crate::types::json_error::JsonError;

impl Failure {
    /// The first error of type `E` among the error of the node and its sources.
    ///
    /// ```
    /// use council_core::Retry;
    ///
    /// let when_busy = Retry::default().when(|failure| {
    ///     failure.error::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    /// });
    /// ```
    pub fn error<E: std::error::Error + 'static>(&self) -> Option<&E> {
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            source = error.source();
        }
        None
    }

    /// Whether the failure belongs to the run and not to a node, also if a subgraph reports it.
    pub(crate) fn is_of_the_run(&self) -> bool {
        matches!(self, Self::Journal { .. } | Self::Unwritable { .. } | Self::WrongAnswer { .. })
    }

    /// Whether another attempt may help. It is false after a panic, after a fault of the graph or of an update, and if a node has a
    /// question or a result of `once` that cannot be stored, also inside a subgraph. It is the default of [`Retry::when`](crate::Retry::when).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("busy".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert!(error.failure().is_retryable());
    /// # Ok(()) }
    /// ```
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Node { source, .. } => match source.downcast_ref::<Self>() {
                Some(inner) => inner.is_retryable(),
                None => !source.downcast_ref::<JsonError>().is_some_and(JsonError::is_of_a_write),
            },
            Self::NodeTimedOut { .. } => true,
            _ => false,
        }
    }

    /// The cause of a failed task with all its sources, in one line. It omits the node and the superstep, because the event names them.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("the model is busy".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let error = graph.run(Essay::default()).await.unwrap_err();
    /// assert_eq!(error.failure().cause(), "the model is busy");
    /// # Ok(()) }
    /// ```
    pub fn cause(&self) -> String {
        match self {
            Self::Node { source, .. } => error_chain(&**source),
            Self::NodePanicked { message, .. } => format!("panicked: {message}"),
            Self::NodeTimedOut { limit, .. } => format!("took longer than its {} s", limit.as_secs_f64()),
            other => error_chain(other),
        }
    }
}
