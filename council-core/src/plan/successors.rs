//! The successors of a superstep: nodes, and workers with their items.

use std::sync::Arc;

use super::tasks::SuperstepTask;
use crate::graph::compiled::Inner;
use crate::node::goto::{Destinations, Goto};
use crate::node::items::{Item, Items};
use crate::state::State;
use crate::types::node_id::{END, NodeId, NodeList};

/// The successors of a superstep, before they become tasks.
#[derive(Clone, Default)]
pub(crate) struct Successors {
    /// The nodes and workers, in the order of their tasks.
    pub(crate) nodes: NodeList,
    /// The items sent to the workers among the nodes, in the order of these workers. A list of items may be empty.
    pub(crate) sends: Vec<Sent>,
}

/// Items that are sent to a worker.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) worker: u32,
    pub(crate) items: Arc<dyn Items>,
}

impl Successors {
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(crate) fn add<S>(&mut self, goto: &Goto<S>) {
        match &goto.destinations {
            Destinations::One(node) => self.nodes.push(node.index),
            Destinations::Many { nodes, sends } => {
                self.nodes.extend(nodes.iter().map(|node| node.index));
                self.nodes.extend(sends.iter().map(|(worker, _)| worker.index));
                let sent = |(worker, items): &(NodeId<S>, Arc<dyn Items>)| Sent {
                    worker: worker.index,
                    items: Arc::clone(items),
                };
                self.sends.extend(sends.iter().map(sent));
            }
        }
    }

    /// Sorts the nodes and workers in the order of their declaration, without duplicates. The sends to one worker keep their order.
    #[inline]
    pub(crate) fn sort(&mut self) {
        if self.nodes.len() > 1 {
            self.nodes.sort_unstable();
            self.nodes.dedup();
        }
        self.sends.sort_by_key(|sent| sent.worker);
    }

    /// Removes the end, which is sorted after all nodes. Returns whether it was there.
    pub(crate) fn take_end(&mut self) -> bool {
        let ends = self.nodes.last() == Some(&END);
        if ends {
            self.nodes.pop();
        }
        ends
    }

    /// Defers the deferred nodes while other nodes are left to run. If none are left, the deferred nodes become the successors.
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

    /// Appends the tasks of the successors to `tasks`. `visit` counts a visit of a node.
    pub(crate) fn into_tasks<S: State>(self, mut visit: impl FnMut(u32) -> u32, tasks: &mut Vec<SuperstepTask<S>>) {
        let mut sends = self.sends.into_iter().peekable();
        for node in self.nodes {
            let visit = visit(node);
            let mut is_worker = false;
            while let Some(sent) = sends.next_if(|sent| sent.worker == node) {
                is_worker = true;
                work(sent, visit, tasks);
            }
            if !is_worker {
                tasks.push(SuperstepTask::new(node, visit, None));
            }
        }
    }

    /// The successors that these tasks were created from.
    pub(crate) fn from_tasks<S: State>(tasks: &[SuperstepTask<S>]) -> Self {
        let mut successors = Self::default();
        for task in tasks {
            match &task.item {
                None => successors.nodes.push(task.node),
                Some(item) if item.place == 0 => {
                    if successors.nodes.last() != Some(&task.node) {
                        successors.nodes.push(task.node);
                    }
                    successors.sends.push(Sent { worker: task.node, items: Arc::clone(&item.items) });
                }
                Some(_) => {}
            }
        }
        successors
    }
}

/// Appends the tasks of a worker for one send. All sends to a worker in the same superstep belong to the same visit.
fn work<S: State>(sent: Sent, visit: u32, tasks: &mut Vec<SuperstepTask<S>>) {
    let Sent { worker, items } = sent;
    let before = tasks.last().filter(|task| task.node == worker);
    let stands_for_nothing = before.is_some_and(SuperstepTask::stands_for_nothing);
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
        // A worker without items gets one task that has already ended, so that its successors come next.
        let mut nothing = task(0);
        nothing.end(S::Update::default());
        tasks.push(nothing);
    }
}
