//! Metadata of nodes: data of the program about a node, for those who draw or list the graph.

use serde::Serialize;

use super::builder::StateGraph;
use super::fault::BuildFault;
use crate::state::State;
use crate::types::node_id::Handle;
use crate::types::raw_json::RawJson;

impl<S: State> StateGraph<S> {
    /// Sets data about a node. The engine does not read it: it is in the [`drawing`](crate::Graph::drawing), so that a client gets it as
    /// data, and not out of a label. A second value for the same key replaces the first. A value that cannot be written as JSON is a fault of
    /// the graph.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn judge(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().notes("too short")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let judge = graph.node("judge", judge);
    /// graph.metadata(judge, "threshold", &8.5).start(judge).end(judge);
    /// let drawing = graph.compile()?.drawing();
    /// assert_eq!(drawing.nodes[1].metadata["threshold"].text(), "8.5");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[track_caller]
    pub fn metadata(
        &mut self,
        node: impl Handle<S>,
        key: impl Into<String>,
        value: &(impl Serialize + ?Sized),
    ) -> &mut Self {
        let Some(node) = self.known(node, "metadata") else {
            return self;
        };
        match RawJson::of(value) {
            Ok(value) => drop(self.nodes[node as usize].extras.metadata.insert(key.into(), value)),
            Err(error) => {
                let (node, key, message) = (self.names[node as usize].clone(), key.into(), error.to_string());
                self.faults.push(BuildFault::Metadata { node, key, message });
            }
        }
        self
    }
}
