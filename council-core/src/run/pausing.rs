//! Pauses of a run: before nodes, after nodes, and before every superstep.

use super::builder::RunBuilder;
use crate::state::State;
use crate::types::node_ref::NodeRef;

impl<S: State> RunBuilder<S> {
    /// Waits for a human before these nodes, given by their handles or names. The run ends with
    /// [`Outcome::Paused`](crate::Outcome::Paused) when such a node is next, and continues when it is resumed. A name that no node has,
    /// or a handle of another graph, fails the run at its start. Nodes inside subgraphs are not included.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let Outcome::Paused { mut position } = graph.run(Essay::default()).pause_before([write]).await? else { panic!() };
    /// assert!(position.state().draft.is_empty());
    /// position.edit("the chair", Essay::update().notes("Write about crabs."));
    /// assert!(graph.resume(position).await?.is_finished());
    /// # Ok(()) }
    /// ```
    #[doc(alias = "interrupt_before")]
    pub fn pause_before(mut self, nodes: impl IntoIterator<Item: Into<NodeRef<S>>>) -> Self {
        let added = self.breakpoints.before.add(&self.graph.inner, nodes);
        self.breakpoints.fault = self.breakpoints.fault.or(added.err());
        self
    }

    /// Waits for a human after these nodes. Their updates are in the state then.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let outcome = graph.run(Essay::default()).pause_after([write]).await?;
    /// assert!(matches!(outcome, Outcome::Paused { .. }));
    /// assert_eq!(outcome.state().draft, "a draft");
    /// # Ok(()) }
    /// ```
    #[doc(alias = "interrupt_after")]
    pub fn pause_after(mut self, nodes: impl IntoIterator<Item: Into<NodeRef<S>>>) -> Self {
        let added = self.breakpoints.after.add(&self.graph.inner, nodes);
        self.breakpoints.fault = self.breakpoints.fault.or(added.err());
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
    #[doc(alias = "interrupt_before")]
    pub fn pause_always(mut self) -> Self {
        self.breakpoints.before.all = true;
        self
    }
}
