//! Pauses of a run: before nodes, after nodes, and before every superstep.

use super::builder::RunBuilder;
use crate::state::State;
use crate::types::breakpoints::Side;
use crate::types::node_path::NodePath;

impl<S: State> RunBuilder<S> {
    /// Waits for a human before these nodes, given by their handles or names. The run ends with
    /// [`Outcome::Paused`](crate::Outcome::Paused) when such a node is next, and continues when it is resumed. A name that no node has,
    /// or a handle of another graph, fails the run at its start.
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
    ///
    /// A [path](NodePath) leads to a node inside a subgraph: `greet.inner(upper)`, or `"greet/upper"`. The run pauses once the other tasks
    /// of the outer superstep have ended or also wait. So if each item of a worker has its own run of a subgraph, all of these runs
    /// reach the breakpoint first, and one resume continues all of them. [`Position::open_paths`](crate::Position::open_paths) says where
    /// the run waits.
    ///
    /// ```
    /// use council_core::{Outcome, State, StateGraph, Subgraph, node};
    ///
    /// #[derive(State, Clone, Default)]
    /// struct Letter {
    ///     text: String,
    /// }
    ///
    /// let mut polish = StateGraph::<Letter>::new("polish");
    /// let upper = node!(polish, "upper", async |letter| Ok(Letter::update().text(letter.text.to_uppercase())));
    /// polish.start(upper).end(upper);
    ///
    /// let mut graph = StateGraph::<Letter>::new("letter");
    /// let polish = Subgraph::new(polish.compile()?, Letter::clone, |inner| Letter::update().text(inner.text));
    /// let greet = graph.node("greet", polish);
    /// graph.start(greet).end(greet);
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let run = graph.run(Letter { text: "dear all".into() }).pause_before([greet.inner(upper)]);
    /// let Outcome::Paused { position } = run.await? else { panic!("it pauses inside the subgraph") };
    /// assert_eq!(position.open_paths()[0].to_string(), "greet/upper");
    /// assert_eq!(graph.resume(position).await?.state().text, "DEAR ALL");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "interrupt_before")]
    pub fn pause_before(mut self, nodes: impl IntoIterator<Item: Into<NodePath<S>>>) -> Self {
        self.add_breakpoints(Side::Before, nodes);
        self
    }

    /// Waits for a human after these nodes. Their updates are in the state then, or in the state of their subgraph.
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
    pub fn pause_after(mut self, nodes: impl IntoIterator<Item: Into<NodePath<S>>>) -> Self {
        self.add_breakpoints(Side::After, nodes);
        self
    }

    /// Waits for a human before every superstep of the graph. A subgraph runs to its end in one step; see
    /// [`pause_everywhere`](Self::pause_everywhere).
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
        self.breakpoints.get_or_insert_default().always = true;
        self
    }

    /// Waits for a human before every superstep of the graph and of all its subgraphs.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// # let essay = outer.node("essay", Subgraph::new(graph, Essay::clone, |inner: Essay| Essay::update().draft(inner.draft)));
    /// # outer.start(essay).end(essay); let outer = outer.compile()?;
    /// let Outcome::Paused { position } = outer.run(Essay::default()).pause_everywhere().await? else { panic!() };
    /// assert_eq!(position.open_paths()[0].to_string(), "essay");
    /// let Outcome::Paused { position } = outer.resume(position).pause_everywhere().await? else { panic!() };
    /// assert_eq!(position.open_paths()[0].to_string(), "essay/write");
    /// # Ok(()) }
    /// ```
    #[doc(alias = "interrupt_before")]
    pub fn pause_everywhere(mut self) -> Self {
        let breakpoints = self.breakpoints.get_or_insert_default();
        (breakpoints.always, breakpoints.everywhere) = (true, true);
        self
    }

    /// Adds breakpoints, up to the first one at a node that the graph does not have.
    fn add_breakpoints(&mut self, side: Side, nodes: impl IntoIterator<Item: Into<NodePath<S>>>) {
        let breakpoints = self.breakpoints.get_or_insert_default();
        let mut nodes = nodes.into_iter();
        let added = nodes.try_for_each(|node| self.graph.inner.add_breakpoint(breakpoints, side, &node.into().nodes));
        self.fault = self.fault.take().or(added.err());
    }
}
