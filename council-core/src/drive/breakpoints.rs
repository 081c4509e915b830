//! Breakpoints: the nodes before and after which a run waits for a human.

use std::collections::BTreeSet;

use crate::graph::compiled::Inner;
use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::state::State;

/// The nodes before and after which a run pauses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breakpoints {
    pub(crate) before: BreakpointNodes,
    pub(crate) after: BreakpointNodes,
}

/// A set of nodes, given by their names, or all nodes.
#[derive(Clone, Debug, Default)]
pub(crate) struct BreakpointNodes {
    pub(crate) all: bool,
    pub(crate) named: BTreeSet<String>,
    numbers: BTreeSet<u32>,
}

impl Breakpoints {
    /// Resolves the names to nodes of the graph.
    pub(crate) fn resolve<S: State>(&mut self, graph: &Inner<S>) -> Result<(), Failure> {
        for nodes in [&mut self.before, &mut self.after] {
            for name in &nodes.named {
                let number = graph.names.number(name);
                let unknown = || Failure::UnknownPause { node: name.clone(), graph: graph.name.clone() };
                nodes.numbers.insert(number.ok_or_else(unknown)?);
            }
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

impl BreakpointNodes {
    pub(crate) fn add(&mut self, names: impl IntoIterator<Item: Into<String>>) {
        self.named.extend(names.into_iter().map(Into::into));
    }

    fn is_empty(&self) -> bool {
        !self.all && self.named.is_empty()
    }

    /// Whether any task of the superstep runs one of these nodes.
    pub(crate) fn meet<S: State>(&self, position: &Position<S>) -> bool {
        let tasks = &position.tasks.tasks;
        !self.is_empty() && tasks.iter().any(|task| self.all || self.numbers.contains(&task.node))
    }
}
