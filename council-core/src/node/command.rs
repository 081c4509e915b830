//! `Command`: the update and the next node that an error handler returns.

use super::goto::Goto;
use crate::state::State;

/// The answer of an error handler: an update, and the next node. See [`StateGraph::on_error`](crate::StateGraph::on_error).
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
/// # let mut graph = StateGraph::<Essay>::new("essay");
/// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
/// graph.on_error(write, [judge], |_, _, [judge]| {
///     Some(Command::goto(judge).and_update(Essay::update().notes("the writer failed")))
/// });
/// ```
#[must_use = "it does nothing until a handler returns it"]
pub struct Command<S: State> {
    pub(crate) update: S::Update,
    pub(crate) goto: Option<Goto<S>>,
}

impl<S: State> Command<S> {
    /// Uses this update as the result of the node. The run continues with the targets of the node.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.on_error(write, (), |_, _, ()| Some(Command::update(Essay::update().draft("no draft"))));
    /// ```
    pub fn update(update: S::Update) -> Self {
        Self { update, goto: None }
    }

    /// Sends the run to these nodes instead of the targets of the failed node.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.on_error(write, [judge], |_, _, [judge]| Some(Command::goto(judge)));
    /// ```
    pub fn goto(goto: impl Into<Goto<S>>) -> Self {
        Self { update: S::Update::default(), goto: Some(goto.into()) }
    }

    /// Adds an update.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.on_error(write, [judge], |_, failure, [judge]| {
    ///     Some(Command::goto(judge).and_update(Essay::update().notes(failure.cause())))
    /// });
    /// ```
    pub fn and_update(mut self, update: S::Update) -> Self {
        self.update = update;
        self
    }
}

impl<S: State> std::fmt::Debug for Command<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Command").field("update", &self.update).field("goto", &self.goto).finish()
    }
}
