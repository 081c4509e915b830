//! Edges, joins, starts and ends of a `StateGraph`.

use super::builder::StateGraph;
use super::compiled::Join;
use super::fault::BuildFault;
use crate::state::State;
use crate::types::node_id::{Handle, NodeId, Target};

impl<S: State> StateGraph<S> {
    /// The run starts with this node. Several start nodes run concurrently. It is an edge from [`NodeId::START`]; a
    /// [`route`](Self::route) or a [`fan_out`](Self::fan_out) can start there too.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.start(write).start(judge);
    /// ```
    #[doc(alias("START", "set_entry_point"))]
    #[track_caller]
    pub fn start(&mut self, node: impl Target<S>) -> &mut Self {
        if let Some(node) = self.reached(node, "start") {
            self.starts.push(node);
        }
        self
    }

    /// The run ends after this node, when no other task is left.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.start(write).end(write);
    /// assert!(graph.compile().is_ok());
    /// ```
    #[doc(alias("END", "set_finish_point"))]
    #[track_caller]
    pub fn end(&mut self, node: impl Handle<S>) -> &mut Self {
        if let Some(node) = self.known(node, "end") {
            self.ends.push(node);
        }
        self
    }

    /// `to` runs after `from`. The targets of several edges from one node run concurrently.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.start(write).edge(write, judge).end(judge);
    /// assert!(graph.compile().is_ok());
    /// ```
    #[doc(alias = "add_edge")]
    #[track_caller]
    pub fn edge(&mut self, from: impl Handle<S>, to: impl Target<S>) -> &mut Self {
        if from.id() == NodeId::START {
            return self.start(to);
        }
        let Some(from) = self.known(from, "edge") else {
            return self;
        };
        if to.id() == NodeId::END {
            self.ends.push(from);
        } else if let Some(to) = self.reached(to, "edge") {
            self.nodes[from as usize].edges.push(to);
        }
        self
    }

    /// `to` runs once all `sources` have run since its last run.
    ///
    /// The sources can end in different supersteps. After the join has fired, it waits for all of them again.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// # let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// let print = node!(graph, "print", async |_| Ok(Essay::update()));
    /// graph.start(write).start(judge).join([write, judge], print).end(print);
    /// assert!(graph.compile().is_ok());
    /// ```
    #[doc(alias = "add_edge")]
    #[track_caller]
    pub fn join(&mut self, sources: impl IntoIterator<Item = impl Handle<S>>, to: impl Target<S>) -> &mut Self {
        let Some(target) = self.reached(to, "join") else {
            return self;
        };
        let mut numbers: Vec<u32> = Vec::new();
        for source in sources {
            if let Some(source) = self.known(source, "join")
                && !numbers.contains(&source)
            {
                numbers.push(source);
            }
        }
        if numbers.is_empty() {
            self.faults.push(BuildFault::JoinWithoutSources { target: self.names[target as usize].clone() });
        }
        self.joins.push(Join { sources: numbers, target });
        self
    }
}
