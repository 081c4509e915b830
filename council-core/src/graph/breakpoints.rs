//! Finds the nodes of breakpoints, also inside subgraphs.

use super::compiled::Inner;
use crate::node::erased::NodeKind;
use crate::node::failure::Failure;
use crate::state::State;
use crate::types::ask_id::{escape, unescape};
use crate::types::breakpoints::{Breakpoints, Side};
use crate::types::node_ref::GivenNode;

impl<S: State> Inner<S> {
    /// Adds a breakpoint at the node that the path leads to.
    pub(crate) fn add_breakpoint(
        &self,
        breakpoints: &mut Breakpoints,
        side: Side,
        path: &[GivenNode],
    ) -> Result<(), Failure> {
        let [first, rest @ ..] = path else { return Ok(()) };
        let (node, text) = self.first_step(first)?;
        let inside: Vec<_> = text.map(GivenNode::from).into_iter().chain(rest.iter().cloned()).collect();
        if inside.is_empty() {
            breakpoints.add(side, node);
            return Ok(());
        }
        let name = escape(&self.names[node as usize]);
        match &self.nodes[node as usize].erased.0 {
            NodeKind::Subgraph(subgraph) => subgraph
                .add_breakpoint(breakpoints.inside_mut(node), side, &inside)
                .map_err(|failure| inside_of(&name, failure)),
            _ => Err(Failure::PauseInsideNode { node: name.into_owned() }),
        }
    }

    /// The node of the graph that a path begins with, and the rest of a path in one text.
    fn first_step<'p>(&self, first: &'p GivenNode) -> Result<(u32, Option<&'p str>), Failure> {
        let graph = || self.name.clone();
        let name = match first {
            GivenNode::Handle { .. } => {
                let node = self.find(first).map_err(|_| Failure::ForeignPause { graph: graph() })?;
                return Ok((node, None));
            }
            GivenNode::Name(name) => name,
        };
        if let Some(node) = self.names.number(name) {
            return Ok((node, None));
        }
        let (step, rest) = name.split_once('/').map_or((&**name, None), |(step, rest)| (step, Some(rest)));
        let step = unescape(step);
        if let Some(node) = self.names.number(&step) {
            return Ok((node, rest));
        }
        let near_step = self.near_name(&step).map(|near| match rest {
            Some(rest) => format!("{}/{rest}", escape(near)),
            None => near.to_owned(),
        });
        let near = near_step.or_else(|| self.near_name(name).map(str::to_owned));
        Err(Failure::UnknownPause { node: name.clone(), near, graph: graph() })
    }
}

/// The failure of a path inside a subgraph, with the names of the whole path.
fn inside_of(subgraph: &str, failure: Failure) -> Failure {
    let path = |inner: String| format!("{subgraph}/{inner}");
    match failure {
        Failure::UnknownPause { node, near, graph } => {
            Failure::UnknownPause { node: path(node), near: near.map(path), graph }
        }
        Failure::PauseInsideNode { node } => Failure::PauseInsideNode { node: path(node) },
        other => other,
    }
}
