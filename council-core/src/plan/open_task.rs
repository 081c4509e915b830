//! The open tasks of a superstep, as a loop by hand sees them and as records name them.

use std::collections::HashSet;
use std::sync::Arc;

use super::position::Position;
use super::tasks::SuperstepTask;
use crate::journal::replay_error::ReplayError;
use crate::node::memory::{TaskMemory, TaskQuestion};
use crate::state::State;
use crate::types::ask_id::escape;
use crate::types::path::{Path, Task};

/// A task that has not ended: see [`Position::open_tasks`].
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let position = plan::begin(&graph, Essay::default());
/// let OpenTask { place, node, item, .. } = position.open_tasks().next().unwrap();
/// assert_eq!((place, node, item), (0, "write", None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenTask<'a> {
    /// The place of the task in the superstep. A [`Record`](crate::Record) refers to the task by this place.
    pub place: usize,
    /// The node that the task runs.
    pub node: &'a str,
    /// The index of the worker's item that the task is for, from 0.
    pub item: Option<u32>,
}

impl<S: State> Position<S> {
    /// The tasks of the superstep that have not ended, in the order of the superstep: nodes in the order in which the program that
    /// began the superstep declared them, items in their own order. There are none at the barrier, where all tasks have ended.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let mut position = plan::begin(&graph, Essay::default());
    /// assert_eq!(position.open_tasks().map(|task| task.node).collect::<Vec<_>>(), ["write"]);
    /// plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update: Essay::update(), goto: None })?;
    /// assert_eq!(position.open_tasks().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_tasks(&self) -> impl Iterator<Item = OpenTask<'_>> {
        let tasks = if self.is_complete() { &[] } else { self.tasks.tasks.as_slice() };
        let open = tasks.iter().enumerate().filter(|(_, task)| !task.has_ended());
        open.map(|(place, task)| OpenTask { place, node: &self.names[task.node as usize], item: task.index() })
    }

    /// The open tasks of the run and of its subgraphs, each with the tasks that lead to it, outermost first. A paused run waits at these
    /// tasks. A subgraph that waits after its last node has no open task, so the path ends at the task of the subgraph.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// # let essay = outer.node("essay", Subgraph::new(graph, Essay::clone, |inner: Essay| Essay::update().draft(inner.draft)));
    /// # outer.start(essay).end(essay); let outer = outer.compile()?;
    /// let outcome = outer.run(Essay::default()).pause_before([essay.inner(write)]).await?;
    /// let Outcome::Paused { position } = outcome else { panic!("it pauses inside the subgraph") };
    /// assert_eq!(position.open_paths()[0].to_string(), "essay/write");
    /// # Ok(()) }
    /// ```
    pub fn open_paths(&self) -> Vec<Path> {
        let mut all = Vec::new();
        self.list_open_paths(&Path::default(), &mut all);
        all
    }

    pub(crate) fn list_open_paths(&self, path: &Path, all: &mut Vec<Path>) {
        for open in self.open_tasks() {
            let task = &self.tasks.tasks[open.place];
            let path = path.and(Task {
                node: Arc::clone(&self.names[task.node as usize]),
                superstep: self.completing(),
                visit: task.visit,
                attempt: task.attempt,
                item: open.item,
            });
            let known = all.len();
            if let Some(nested) = task.extras.as_ref().and_then(|extras| extras.nested.as_ref()) {
                nested.open_paths(&path, all);
            }
            if all.len() == known {
                all.push(path);
            }
        }
    }

    /// The nodes of the open paths, each once, as the text of a [`NodePath`](crate::NodePath): without the items of workers.
    pub(crate) fn open_nodes(&self) -> Vec<String> {
        let mut all = Vec::new();
        self.list_open_nodes("", &mut all);
        let mut known = HashSet::new();
        all.retain(|node| known.insert(node.clone()));
        all
    }

    pub(crate) fn list_open_nodes(&self, before: &str, all: &mut Vec<String>) {
        let mut last = None;
        for open in self.open_tasks() {
            let task = &self.tasks.tasks[open.place];
            let nested = task.extras.as_ref().and_then(|extras| extras.nested.as_ref());
            // The items of a worker stand together.
            if nested.is_none() && last == Some(task.node) {
                continue;
            }
            let node = format!("{before}{}", escape(open.node));
            let known = all.len();
            if let Some(nested) = nested {
                nested.open_nodes(&format!("{node}/"), all);
            }
            if all.len() == known {
                all.push(node);
                last = Some(task.node);
            }
        }
    }

    /// A task of the superstep that has not ended.
    pub(crate) fn open_task(&mut self, place: usize) -> Result<&mut SuperstepTask<S>, ReplayError> {
        // A task whose update is in the state has none any more.
        let task = self.tasks.tasks.get_mut(place).filter(|task| !self.merged && !task.has_ended());
        task.ok_or(ReplayError::NoPlace { place })
    }

    /// The memory of an open task: its questions and `once` results.
    pub(crate) fn task_memory(&mut self, place: usize) -> Result<&mut TaskMemory, ReplayError> {
        let task = self.open_task(place)?;
        let known = (task.node, task.index());
        Ok(self.memory.entry(known).or_default())
    }

    /// A question of an open task.
    pub(crate) fn question(&mut self, place: usize, ask: usize) -> Result<&mut TaskQuestion, ReplayError> {
        self.task_memory(place)?.asks.get_mut(ask).ok_or(ReplayError::NoQuestion { ask })
    }

    /// The place of a task in the superstep. The tasks are sorted by node, unless the nodes were declared in another order when the
    /// superstep began.
    pub(crate) fn place(&self, node: u32, item: Option<u32>) -> Option<usize> {
        let key = |task: &SuperstepTask<S>| (task.node, task.index());
        self.tasks.tasks.binary_search_by_key(&(node, item), key).ok().or_else(|| self.unsorted_place(node, item))
    }

    /// Like [`place`](Self::place), for tasks that are not sorted. The tasks of one send stand together, so they are found by the first.
    fn unsorted_place(&self, node: u32, item: Option<u32>) -> Option<usize> {
        let tasks = &self.tasks.tasks;
        let mut first = 0;
        while let Some(task) = tasks.get(first) {
            let count = task.item.as_ref().map_or(1, |item| item.items.len().max(1));
            if task.node == node {
                let place = match item.zip(task.index()) {
                    Some((item, index)) => item.checked_sub(index).map(|after| after as usize),
                    None => (item == task.index()).then_some(0),
                };
                if let Some(place) = place.filter(|place| *place < count) {
                    return Some(first + place);
                }
            }
            first += count;
        }
        None
    }
}
