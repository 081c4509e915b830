//! What comes next: nodes, and workers with their items.

use std::sync::Arc;

use super::tasks::SuperstepTask;
use crate::graph::compiled::Inner;
use crate::node::goto::{Destinations, Goto, Item, Items};
use crate::state::State;
use crate::types::node_id::{END, NodeId, NodeList};

/// What comes next, before it is tasks.
#[derive(Clone, Default)]
pub(crate) struct Successors {
    /// Nodes that are no workers.
    pub(crate) nodes: NodeList,
    /// Workers, each with what it was sent; a worker that was sent nothing has no items.
    pub(crate) sends: Vec<Sent>,
}

/// Items on their way to a worker.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) worker: u32,
    pub(crate) items: Arc<dyn Items>,
}

impl Successors {
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.sends.is_empty()
    }

    pub(crate) fn add<S>(&mut self, goto: &Goto<S>) {
        match &goto.destinations {
            Destinations::One(node) => self.nodes.push(node.index),
            Destinations::Many { nodes, sends } => {
                self.nodes.extend(nodes.iter().map(|node| node.index));
                let sent = |(worker, items): &(NodeId<S>, Arc<dyn Items>)| Sent {
                    worker: worker.index,
                    items: Arc::clone(items),
                };
                self.sends.extend(sends.iter().map(sent));
            }
        }
    }

    /// Nodes ascending, each once; what a worker was sent stays in order.
    #[inline]
    pub(crate) fn sort(&mut self) {
        if self.nodes.len() > 1 {
            self.nodes.sort_unstable();
            self.nodes.dedup();
        }
        self.sends.sort_by_key(|sent| sent.worker);
    }

    /// Takes the end out, which sorts behind all nodes; says whether it was there.
    pub(crate) fn take_end(&mut self) -> bool {
        let ends = self.nodes.last() == Some(&END);
        if ends {
            self.nodes.pop();
        }
        ends
    }

    /// Leaves deferred nodes for later while there are others to run; otherwise it is their turn.
    pub(crate) fn defer<S: State>(&mut self, graph: &Inner<S>, deferred: &mut Self) {
        let waits = |node: u32| graph.nodes[node as usize].deferred;
        deferred.nodes.extend(self.nodes.iter().copied().filter(|node| waits(*node)));
        self.nodes.retain(|node| !waits(*node));
        deferred.sends.extend(self.sends.extract_if(.., |sent| waits(sent.worker)));
        deferred.sort();
        if self.is_empty() {
            *self = std::mem::take(deferred);
        }
    }

    /// The tasks of all this, in their fixed order. `visit` counts a visit of a node.
    pub(crate) fn into_tasks<S: State>(self, mut visit: impl FnMut(u32) -> u32, tasks: &mut Vec<SuperstepTask<S>>) {
        let mut sends = self.sends.into_iter().peekable();
        for node in self.nodes {
            while let Some(sent) = sends.next_if(|sent| sent.worker < node) {
                work(sent, &mut visit, tasks);
            }
            tasks.push(SuperstepTask::new(node, visit(node), None));
        }
        sends.for_each(|sent| work(sent, &mut visit, tasks));
    }

    /// The nodes and items that these tasks were made of.
    pub(crate) fn from_tasks<S: State>(tasks: &[SuperstepTask<S>]) -> Self {
        let mut successors = Self::default();
        for task in tasks {
            match &task.item {
                None => successors.nodes.push(task.node),
                Some(item) if item.place == 0 => {
                    successors.sends.push(Sent { worker: task.node, items: Arc::clone(&item.items) });
                }
                Some(_) => {}
            }
        }
        successors
    }
}

/// The tasks of one worker for what it was sent at once.
fn work<S: State>(sent: Sent, visit: &mut impl FnMut(u32) -> u32, tasks: &mut Vec<SuperstepTask<S>>) {
    let Sent { worker, items } = sent;
    // What it was sent from elsewhere in the same superstep belongs to the same visit.
    let before = tasks.last().filter(|task| task.node == worker);
    let visit = before.map_or_else(|| visit(worker), |task| task.visit);
    let stands_for_nothing = before.is_some_and(SuperstepTask::has_ended);
    let first = before.filter(|_| !stands_for_nothing).and_then(SuperstepTask::index).map_or(0, |index| index + 1);
    let count = u32::try_from(items.len()).expect("a worker is sent fewer than four thousand million items");
    let task = |place| {
        SuperstepTask::new(worker, visit, Some(Item { items: Arc::clone(&items), place, index: first + place }))
    };
    if count > 0 {
        if stands_for_nothing {
            tasks.pop();
        }
        tasks.extend((0..count).map(task));
    } else if before.is_none() {
        // Nothing to do is done at once, and what follows the worker comes next.
        let mut nothing = task(0);
        nothing.end(S::Update::default());
        tasks.push(nothing);
    }
}
