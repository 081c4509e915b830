//! Metadata of nodes: data of the program about a node, for those who draw or list the graph.

use serde_json::Value;

use super::builder::StateGraph;
use crate::state::State;
use crate::types::node_id::Handle;

impl<S: State> StateGraph<S> {
    /// Sets data about a node. The engine does not read it: it is in the [`drawing`](crate::Graph::drawing), so that a client gets it as
    /// data, and not out of a label. A second value for the same key replaces the first.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let judge = graph.node("judge", judge);
    /// graph.metadata(judge, "threshold", 8.0).start(judge).end(judge);
    /// let drawing = graph.compile()?.drawing();
    /// assert_eq!(drawing.nodes[1].metadata["threshold"], 8.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn metadata(&mut self, node: impl Handle<S>, key: impl Into<String>, value: impl Into<Value>) -> &mut Self {
        if let Some(node) = self.known(node, "metadata") {
            self.nodes[node as usize].extras.metadata.insert(key.into(), value.into());
        }
        self
    }
}
