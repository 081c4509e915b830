//! Breakpoints: the nodes before and after which a run waits for a human.

use std::collections::BTreeSet;

use crate::graph::compiled::Inner;
use crate::graph::find::NotFound;
use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::node_ref::NodeRef;

/// The nodes before and after which a run pauses.
#[derive(Debug, Default)]
pub(crate) struct Breakpoints {
    pub(crate) before: BreakpointNodes,
    pub(crate) after: BreakpointNodes,
    /// The first breakpoint at a node that the graph does not have. It fails the run at its start.
    pub(crate) fault: Option<Failure>,
}

/// A set of nodes, given by their numbers, or all nodes.
#[derive(Debug, Default)]
pub(crate) struct BreakpointNodes {
    pub(crate) all: bool,
    numbers: BTreeSet<u32>,
}

impl Breakpoints {
    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

impl BreakpointNodes {
    /// Adds nodes of the graph, up to the first one that it does not have.
    pub(crate) fn add<S: State>(
        &mut self,
        graph: &Inner<S>,
        nodes: impl IntoIterator<Item: Into<NodeRef<S>>>,
    ) -> Result<(), Failure> {
        for node in nodes {
            self.numbers.insert(graph.find(node.into()).map_err(|error| {
                let graph = graph.name.clone();
                match error {
                    NotFound::Name { node, near } => Failure::UnknownPause { node, near, graph },
                    NotFound::Handle => Failure::ForeignPause { graph },
                }
            })?);
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        !self.all && self.numbers.is_empty()
    }

    /// Whether any task of the superstep runs one of these nodes.
    pub(crate) fn meet<S: State>(&self, position: &Position<S>) -> bool {
        let tasks = &position.tasks.tasks;
        !self.is_empty() && tasks.iter().any(|task| self.all || self.numbers.contains(&task.node))
    }
}
