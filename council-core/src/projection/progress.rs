//! The progress of a graph in its run, by the names in its records: the tasks of the superstep, and their questions.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::next::{Next, Successor};
use crate::journal::check::check_numbers;
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::StoredPosition;
use crate::journal::format::successors::StoredSuccessors;
use crate::journal::replay_error::ReplayError;
use crate::state::merge::MergeError;
use crate::types::raw_json::RawJson;

/// The progress of one graph. `U` is the result that is kept of a task: its update, or nothing.
pub(super) struct Progress<U> {
    /// The number of complete supersteps.
    pub(super) supersteps: u64,
    /// Whether routes from the start, if there are any, have been evaluated.
    pub(super) has_begun: bool,
    /// Whether the updates of the superstep are in the state.
    pub(super) is_merged: bool,
    known: HashMap<Arc<str>, KnownNode>,
    /// The nodes of the superstep, in the order of their tasks.
    pub(super) nodes: Vec<Node<U>>,
}

/// A node that has been in a superstep.
#[derive(Default)]
struct KnownNode {
    visits: u32,
    /// Its place in the last superstep that it was in.
    place: usize,
}

/// A node of the superstep.
pub(super) struct Node<U> {
    pub(super) name: Arc<str>,
    /// The number of this visit of the node, from 1.
    pub(super) visit: u32,
    /// Whether its tasks have items.
    is_worker: bool,
    /// Its task, or one task for each item; empty for a worker that was sent no items.
    pub(super) tasks: Vec<Task<U>>,
}

/// The place of a task in the superstep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The place of its node.
    node: usize,
    /// The place among the tasks of the node.
    task: usize,
}

/// A task of the superstep.
pub(super) struct Task<U> {
    /// The result, once the task has ended.
    pub(super) end: Option<U>,
    pub(super) asks: Vec<Asked>,
    /// The failed attempt, if the task waits for the next one.
    pub(super) failed: Option<FailedAttempt>,
    /// The progress of the subgraph that the task runs, if there are records of it.
    pub(super) nested: Option<Box<Progress<()>>>,
}

/// A question of a task.
pub(super) struct Asked {
    pub(super) question: String,
    pub(super) is_answered: bool,
}

/// A failed attempt at a task that waits for the next one.
pub(super) struct FailedAttempt {
    pub(super) retry_at: u64,
    pub(super) error: Option<String>,
}

impl<U> Default for Task<U> {
    fn default() -> Self {
        Self { end: None, asks: Vec::new(), failed: None, nested: None }
    }
}

impl<U> Default for Progress<U> {
    /// The progress before the first record.
    fn default() -> Self {
        Self { supersteps: 0, has_begun: false, is_merged: false, known: HashMap::new(), nodes: Vec::new() }
    }
}

impl<U> Progress<U> {
    /// The progress of a graph that has begun with these nodes.
    pub(super) fn started(next: &[Cow<'_, str>]) -> Result<Self, ReplayError> {
        let mut progress = Self { has_begun: !next.is_empty(), ..Self::default() };
        progress.follow(Next::of_nodes(next)?);
        Ok(progress)
    }

    /// The progress of a graph at this position.
    pub(super) fn at(
        stored: &StoredPosition<'_>,
        read: fn(&RawJson<'_>) -> Result<U, ReplayError>,
    ) -> Result<Self, ReplayError> {
        check_numbers(stored)?;
        let mut progress = Self { supersteps: stored.supersteps, has_begun: !stored.not_begun, ..Self::default() };
        progress.follow(Next::read(&stored.committed)?);
        for (node, visits) in &stored.visits {
            progress.known.entry(Arc::from(&**node)).or_default().visits = *visits;
        }
        for node in &mut progress.nodes {
            node.visit = progress.known.get(&node.name).map_or(0, |known| known.visits);
        }
        for task in &stored.tasks {
            let place = progress.place(&task.node, task.item)?;
            let known = progress.task(place);
            known.end = task.update.as_ref().map(read).transpose()?;
            known.failed = task.retry_at.map(|retry_at| FailedAttempt { retry_at, error: None });
            if let Some(nested) = &task.nested {
                known.nested = Some(Box::new(Progress::at(nested, |_| Ok(()))?));
            }
        }
        for memory in &stored.memory {
            let asks = memory
                .asks
                .iter()
                .map(|ask| Asked { question: ask.question.text().to_owned(), is_answered: ask.answer.is_some() });
            // The position keeps the questions of an ended task until its superstep is complete.
            if let Ok(place) = progress.place(&memory.node, memory.item) {
                progress.task(place).asks = asks.collect();
            }
        }
        if stored.merged {
            drop(progress.merge());
        }
        Ok(progress)
    }

    /// Makes these nodes the nodes of the superstep, and counts a visit of each.
    fn follow(&mut self, next: Next<'_>) {
        let known = &mut self.known;
        let node = |(place, Successor { name, items }): (usize, Successor<'_>)| {
            let name: Arc<str> = name.into();
            let known = known.entry(Arc::clone(&name)).or_default();
            *known = KnownNode { visits: known.visits.saturating_add(1), place };
            let tasks = (0..items.unwrap_or(1)).map(|_| Task::default()).collect();
            Node { name, visit: known.visits, is_worker: items.is_some(), tasks }
        };
        self.nodes = next.into_nodes().enumerate().map(node).collect();
    }

    /// The number of the superstep that is completed next; 0 before the first.
    pub(super) fn completing(&self) -> u64 {
        self.supersteps + u64::from(self.has_begun)
    }

    /// Whether every task of the superstep has ended.
    fn is_complete(&self) -> bool {
        self.check_complete(None).is_ok()
    }

    /// Whether the graph has come to its end.
    pub(super) fn is_over(&self) -> bool {
        self.has_begun && !self.is_merged && self.nodes.is_empty()
    }

    /// Checks that every task of the superstep has ended, apart from the task at this place.
    pub(super) fn check_complete(&self, except: Option<Place>) -> Result<(), ReplayError> {
        let has_ended = |(place, task): (Place, &Task<U>)| task.end.is_some() || Some(place) == except;
        if self.is_merged || self.tasks().all(has_ended) {
            return Ok(());
        }
        Err(ReplayError::NotComplete { why: "a task has not ended".to_owned() })
    }

    fn tasks(&self) -> impl Iterator<Item = (Place, &Task<U>)> {
        self.nodes.iter().enumerate().flat_map(|(node, Node { tasks, .. })| {
            tasks.iter().enumerate().map(move |(task, known)| (Place { node, task }, known))
        })
    }

    /// The results of the tasks that have ended, in the order of the tasks. `last` is a result that is not in its task yet.
    pub(super) fn results<'u>(&'u self, last: Option<(Place, &'u U)>) -> impl Iterator<Item = &'u U> + Clone {
        self.nodes.iter().enumerate().flat_map(move |(node, Node { tasks, .. })| {
            tasks.iter().enumerate().filter_map(move |(task, known)| match last {
                Some((place, end)) if place == Place { node, task } => Some(end),
                _ => known.end.as_ref(),
            })
        })
    }

    /// The error of two tasks that replace the same field. All tasks of the superstep have ended.
    pub(super) fn conflict(&self, MergeError { field, first, second }: MergeError) -> ReplayError {
        let of_node = |Node { name, is_worker, tasks, .. }: &Node<U>| {
            (0..tasks.len()).map(|item| if *is_worker { format!("{name}[{item}]") } else { name.to_string() }).collect()
        };
        let named = |place: usize| self.nodes.iter().flat_map::<Vec<_>, _>(of_node).nth(place).unwrap_or_default();
        let (first, second) = (named(first), named(second));
        let why = format!("node `{second}` replaces `{field}`, which node `{first}` replaced in the same superstep");
        ReplayError::NotComplete { why }
    }

    /// The results of the tasks that have ended, which wait for the end of the superstep.
    pub(super) fn waiting_results(&mut self) -> impl Iterator<Item = &mut U> {
        self.nodes.iter_mut().flat_map(|node| &mut node.tasks).filter_map(|task| task.end.as_mut())
    }

    /// Marks the updates of the superstep as merged, and takes the results of its tasks out.
    pub(super) fn merge(&mut self) -> impl Iterator<Item = U> + use<U> {
        self.is_merged = true;
        let nodes = std::mem::take(&mut self.nodes);
        nodes.into_iter().flat_map(|node| node.tasks).filter_map(|task| task.end)
    }

    /// Completes the superstep: these successors come next.
    pub(super) fn commit(&mut self, next: Next<'_>) {
        self.supersteps += u64::from(self.has_begun);
        self.has_begun = true;
        self.is_merged = false;
        self.follow(next);
    }

    /// The successors that replace the nodes of the superstep. Its tasks must not have ended.
    pub(super) fn redirected<'a>(&self, successors: &'a StoredSuccessors<'_>) -> Result<Next<'a>, ReplayError> {
        if self.is_merged || self.tasks().any(|(_, task)| task.end.is_some()) {
            return Err(ReplayError::HasBegun);
        }
        Next::read(successors)
    }

    /// Replaces the nodes of the superstep, and takes back their visits.
    pub(super) fn redirect(&mut self, next: Next<'_>) {
        for node in &self.nodes {
            if let Some(known) = self.known.get_mut(&node.name) {
                known.visits = known.visits.saturating_sub(1);
            }
        }
        self.follow(next);
    }

    /// The place of an open task of the superstep.
    pub(super) fn place(&self, name: &str, item: Option<u32>) -> Result<Place, ReplayError> {
        let is_it = |node: &Node<U>| *node.name == *name && node.is_worker == item.is_some();
        let node = self.known.get(name).map(|known| known.place);
        let node = node.filter(|place| self.nodes.get(*place).is_some_and(is_it));
        let place = node.zip(usize::try_from(item.unwrap_or(0)).ok()).map(|(node, task)| Place { node, task });
        let is_open =
            |place: &Place| self.nodes[place.node].tasks.get(place.task).is_some_and(|task| task.end.is_none());
        place.filter(is_open).ok_or_else(|| ReplayError::NoTask { node: name.to_owned() })
    }

    pub(super) fn task(&mut self, Place { node, task }: Place) -> &mut Task<U> {
        &mut self.nodes[node].tasks[task]
    }

    /// Ends a task.
    pub(super) fn end(&mut self, (place, end): (Place, U)) {
        *self.task(place) = Task { end: Some(end), ..Task::default() };
    }

    /// The open tasks: the node, the item, and the task.
    pub(super) fn open(&self) -> impl Iterator<Item = (&Node<U>, Option<u32>, &Task<U>)> {
        let nodes = if self.is_complete() { &[] } else { self.nodes.as_slice() };
        nodes.iter().flat_map(|node| {
            let tasks = (0..).zip(&node.tasks).filter(|(_, task)| task.end.is_none());
            tasks.map(move |(item, task)| (node, node.is_worker.then_some(item), task))
        })
    }

    pub(super) fn open_tasks(&self) -> impl Iterator<Item = StoredTask<'_>> {
        self.open().map(|(node, item, _)| StoredTask { node: Cow::Borrowed(&node.name), item })
    }

    pub(super) fn open_nodes(&self) -> impl Iterator<Item = &Arc<str>> {
        let nodes = if self.is_complete() { &[] } else { self.nodes.as_slice() };
        nodes.iter().filter(|node| node.tasks.iter().any(|task| task.end.is_none())).map(|node| &node.name)
    }
}
