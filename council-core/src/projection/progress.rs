//! The progress of a graph in its run, by the names in its records: the tasks of the superstep, and their questions.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::de::IgnoredAny;

use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::StoredPosition;
use crate::journal::format::raw_json::RawJson;
use crate::journal::format::record::StoredRecord;
use crate::journal::format::successors::StoredSuccessors;
use crate::journal::replay_error::ReplayError;
use crate::types::question::{Ask, task_id};

/// The progress of one graph. `U` is the result that is kept of a task: its update, or nothing.
pub(super) struct Progress<U> {
    /// The number of complete supersteps.
    pub(super) supersteps: u64,
    /// Whether routes from the start, if there are any, have been evaluated.
    pub(super) has_begun: bool,
    /// Whether the updates of the superstep are in the state.
    pub(super) is_merged: bool,
    visits: HashMap<Arc<str>, u32>,
    /// The nodes of the superstep, in the order of their tasks.
    pub(super) nodes: Vec<Node<U>>,
}

/// A node of the superstep.
pub(super) struct Node<U> {
    pub(super) name: Arc<str>,
    /// The number of this visit of the node, from 1.
    visit: u32,
    /// Whether its tasks have items.
    is_worker: bool,
    /// Its task, or one task for each item; empty for a worker that was sent no items.
    pub(super) tasks: Vec<Task<U>>,
}

/// A task of the superstep.
pub(super) struct Task<U> {
    /// The result, once the task has ended.
    pub(super) end: Option<U>,
    asks: Vec<Asked>,
    /// The progress of the subgraph that the task runs, if there are records of it.
    nested: Option<Box<Progress<()>>>,
}

/// A question of a task.
struct Asked {
    question: String,
    is_answered: bool,
}

impl<U> Default for Task<U> {
    fn default() -> Self {
        Self { end: None, asks: Vec::new(), nested: None }
    }
}

impl<U> Default for Progress<U> {
    /// The progress before the first record.
    fn default() -> Self {
        Self { supersteps: 0, has_begun: false, is_merged: false, visits: HashMap::new(), nodes: Vec::new() }
    }
}

impl<U> Progress<U> {
    /// The progress of a graph that has begun with these nodes.
    pub(super) fn started(next: &[Cow<'_, str>]) -> Self {
        let mut progress = Self { has_begun: !next.is_empty(), ..Self::default() };
        progress.nodes = next.iter().map(|name| progress.visited(name, false, 1)).collect();
        progress
    }

    /// The progress of a graph at this position.
    pub(super) fn at(
        stored: &StoredPosition<'_>,
        read: fn(&RawJson<'_>) -> Result<U, ReplayError>,
    ) -> Result<Self, ReplayError> {
        let mut progress = Self {
            supersteps: stored.supersteps,
            has_begun: !stored.not_begun,
            is_merged: stored.merged,
            ..Self::default()
        };
        progress.follow(&stored.committed)?;
        progress.visits = stored.visits.iter().map(|(node, visits)| (Arc::from(&**node), *visits)).collect();
        for node in &mut progress.nodes {
            node.visit = progress.visits.get(&node.name).copied().unwrap_or_default();
        }
        for task in &stored.tasks {
            let known = progress.task(&task.node, task.item)?;
            known.end = task.update.as_ref().map(read).transpose()?;
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
            if let Ok(task) = progress.task(&memory.node, memory.item) {
                task.asks = asks.collect();
            }
        }
        Ok(progress)
    }

    /// Counts a visit of a node, and returns the node of the superstep.
    fn visited(&mut self, name: &str, is_worker: bool, tasks: usize) -> Node<U> {
        let name: Arc<str> = name.into();
        let visit = self.visits.entry(Arc::clone(&name)).or_default();
        *visit += 1;
        let tasks = (0..tasks).map(|_| Task::default()).collect();
        Node { name, visit: *visit, is_worker, tasks }
    }

    /// The number of the superstep that is completed next; 0 before the first.
    pub(super) fn completing(&self) -> u64 {
        self.supersteps + u64::from(self.has_begun)
    }

    /// Whether every task of the superstep has ended.
    pub(super) fn is_complete(&self) -> bool {
        self.is_merged || self.nodes.iter().flat_map(|node| &node.tasks).all(|task| task.end.is_some())
    }

    /// Completes the superstep: these successors come next.
    pub(super) fn commit(&mut self, successors: &StoredSuccessors<'_>) -> Result<(), ReplayError> {
        self.supersteps += u64::from(self.has_begun);
        self.has_begun = true;
        self.is_merged = false;
        self.follow(successors)
    }

    /// Replaces the successors.
    pub(super) fn redirect(&mut self, successors: &StoredSuccessors<'_>) -> Result<(), ReplayError> {
        for node in &self.nodes {
            if let Some(visits) = self.visits.get_mut(&node.name) {
                *visits -= 1;
            }
        }
        self.follow(successors)
    }

    fn follow(&mut self, successors: &StoredSuccessors<'_>) -> Result<(), ReplayError> {
        let mut nodes = Vec::with_capacity(successors.next.len());
        for name in &successors.next {
            let (mut is_worker, mut items) = (false, 0);
            for send in successors.sends.iter().filter(|send| send.worker == *name) {
                is_worker = true;
                items += count(name, &send.items)?;
            }
            nodes.push(self.visited(name, is_worker, if is_worker { items } else { 1 }));
        }
        self.nodes = nodes;
        Ok(())
    }

    /// An open task of the superstep.
    fn task(&mut self, name: &str, item: Option<u32>) -> Result<&mut Task<U>, ReplayError> {
        let node = self.nodes.iter_mut().find(|node| *node.name == *name && node.is_worker == item.is_some());
        let place = item.map_or(Some(0), |item| usize::try_from(item).ok());
        let task = node.zip(place).and_then(|(node, place)| node.tasks.get_mut(place));
        task.filter(|task| task.end.is_none()).ok_or_else(|| ReplayError::NoTask { node: name.to_owned() })
    }

    /// Ends a task.
    pub(super) fn end(&mut self, name: &str, item: Option<u32>, end: U) -> Result<(), ReplayError> {
        *self.task(name, item)? = Task { end: Some(end), ..Task::default() };
        Ok(())
    }

    /// Applies a record of a subgraph; `path` leads to it.
    pub(super) fn apply_nested(
        &mut self,
        path: &[StoredTask<'_>],
        record: &StoredRecord<'_>,
    ) -> Result<(), ReplayError> {
        let Some((StoredTask { node, item }, path)) = path.split_first() else { return Ok(()) };
        let task = self.task(node, *item)?;
        if let (StoredRecord::Started { next, .. }, []) = (record, path) {
            task.nested = Some(Box::new(Progress::started(next)));
            return Ok(());
        }
        let nested = task.nested.as_mut().ok_or_else(|| ReplayError::NoSubgraph { node: node.to_string() })?;
        if path.is_empty() { nested.apply(record) } else { nested.apply_nested(path, record) }
    }

    /// Applies a record of a question.
    pub(super) fn apply_question(&mut self, record: &StoredRecord<'_>) -> Result<(), ReplayError> {
        match record {
            StoredRecord::Asked { node, item, question } => {
                let asked = Asked { question: question.text().to_owned(), is_answered: false };
                self.task(node, *item)?.asks.push(asked);
                Ok(())
            }
            StoredRecord::Answered { node, item, ask, .. } => self.answer(node, *item, *ask, true),
            StoredRecord::Refused { node, item, ask, .. } => self.answer(node, *item, *ask, false),
            _ => Ok(()),
        }
    }

    fn answer(&mut self, node: &str, item: Option<u32>, ask: usize, is_answered: bool) -> Result<(), ReplayError> {
        let asked = self.task(node, item)?.asks.get_mut(ask).ok_or(ReplayError::NoQuestion { ask })?;
        asked.is_answered = is_answered;
        Ok(())
    }

    /// The open tasks: the node, the item, and the task.
    fn open(&self) -> impl Iterator<Item = (&Node<U>, Option<u32>, &Task<U>)> {
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

    pub(super) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        for (Node { name, visit, .. }, item, task) in self.open() {
            let id = task_id(before, name, *visit, item);
            for (number, asked) in (1..).zip(&task.asks).filter(|(_, asked)| !asked.is_answered) {
                let question = serde_json::from_str(&asked.question).unwrap_or_default();
                asks.push(Ask { id: format!("{id}.{number}"), node: name.to_string(), question });
            }
            if let Some(nested) = &task.nested {
                nested.list_asks(&format!("{id}/"), asks);
            }
        }
    }
}

impl Progress<()> {
    /// Applies a record of this graph.
    fn apply(&mut self, record: &StoredRecord<'_>) -> Result<(), ReplayError> {
        match record {
            StoredRecord::TaskDone { node, item, committed, .. } => {
                self.end(node, *item, ())?;
                committed.as_ref().map_or(Ok(()), |committed| self.commit(committed))
            }
            StoredRecord::Committed(committed) => self.commit(committed),
            StoredRecord::Merged {} => {
                self.is_merged = true;
                Ok(())
            }
            record => self.apply_question(record),
        }
    }
}

/// The number of items that were sent to a worker.
fn count(worker: &str, items: &RawJson<'_>) -> Result<usize, ReplayError> {
    let items = items.parse::<Vec<IgnoredAny>>();
    let unreadable = |source| ReplayError::Unreadable { what: format!("the items of `{worker}`"), source };
    items.map(|items| items.len()).map_err(unreadable)
}
