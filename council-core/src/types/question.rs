//! Open questions of nodes to a human, and the error of a refused answer.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::json_error::JsonError;
use super::raw_json::RawJson;

/// An open question of a node to a human: see [`Context::ask`](crate::Context::ask).
///
/// ```
/// # use council_core::*;
/// # #[derive(State, Clone, Debug, Default)] struct Essay { draft: String }
/// # async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
/// #     Ok(Essay::update().draft(context.ask::<String>("Which title?").await?))
/// # }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let Outcome::Paused { position } = graph.run(Essay::default()).await? else { panic!() };
/// let ask: &Ask = &position.asks()[0];
/// assert_eq!((ask.id.as_str(), ask.node.as_str()), ("write:1.1", "write"));
/// # Ok(()) }
/// ```
///
/// As JSON it is `{"id":"write:1.1","node":"write","question":"Which title?"}`.
#[doc(alias = "Interrupt")]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Ask {
    /// The id for [`Position::answer`](crate::Position::answer): `critic:2.1` is the first question of the second visit of `critic`. Inside a subgraph, the
    /// tasks that lead into it come first, each with a slash; the item of a worker is in brackets. In the name of a node, a slash is
    /// written `~1` and a tilde `~0`, as in JSON Pointer. So an id belongs to one question, whatever the names of the nodes are.
    pub id: String,
    /// The node that asks.
    pub node: String,
    /// The question, as JSON.
    pub question: RawJson<'static>,
}

impl Ask {
    /// The question in the type with which the node asked it.
    ///
    /// ```
    /// # use council_core::*;
    /// # #[derive(State, Clone, Debug, Default)] struct Essay { draft: String }
    /// # async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    /// #     Ok(Essay::update().draft(context.ask::<String>("Which title?").await?))
    /// # }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let Outcome::Paused { position } = graph.run(Essay::default()).await? else { panic!() };
    /// assert_eq!(position.asks()[0].question::<String>()?, "Which title?");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The question has another type.
    pub fn question<Q: DeserializeOwned>(&self) -> Result<Q, JsonError> {
        self.question.parse()
    }
}

/// Why an answer was refused. The position has not changed.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let error = position.answer("write:1.1", "yes").unwrap_err();
/// assert_eq!(error.to_string(), "no question `write:1.1` is open; open questions: none");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// There is no open question with this id.
    #[error("no question `{id}` is open; open questions: {}", if open.is_empty() { "none" } else { open })]
    Unknown {
        /// The id of the answer.
        id: String,
        /// The ids of the open questions, as one text.
        open: String,
    },
    /// The question is answered already.
    #[error("question `{id}` is answered already")]
    Answered {
        /// The id of the answer.
        id: String,
    },
    /// The answer cannot be written as JSON.
    #[error("the answer to `{id}` cannot be written as JSON")]
    Unwritable {
        /// The id of the answer.
        id: String,
        /// Why it cannot be written.
        source: JsonError,
    },
}
