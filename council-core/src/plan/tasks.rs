//! The tasks of one superstep, and the check of their updates for conflicts.

use crate::graph::compiled::Inner;
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NestedPosition;
use crate::node::failure::Failure;
use crate::node::goto::Goto;
use crate::node::items::Item;
use crate::state::State;
use crate::state::merge::{MergeError, Merging};

/// The tasks of a superstep: nodes in the order of their declaration, the items of a worker in their own order. A superstep that was
/// read from a journal has the order of its record, although the nodes may be declared in another order now.
#[derive(Clone)]
pub(crate) struct SuperstepTasks<S: State> {
    pub(crate) tasks: Vec<SuperstepTask<S>>,
}

/// One task of the superstep, and its result.
#[derive(Clone)]
pub(crate) struct SuperstepTask<S: State> {
    pub(crate) node: u32,
    pub(crate) visit: u32,
    pub(crate) attempt: u32,
    pub(crate) item: Option<Item>,
    /// The update of a task that has ended, until it is merged into the state.
    pub(crate) update: Option<S::Update>,
    /// Fields that few tasks need.
    pub(crate) extras: Option<Box<TaskExtras<S>>>,
}

/// Fields that few tasks need.
pub(crate) struct TaskExtras<S> {
    /// The destinations that the task chose.
    pub(crate) goto: Option<Goto<S>>,
    /// The position of the subgraph that the task runs.
    pub(crate) nested: Option<Box<dyn NestedPosition>>,
    /// When the next attempt begins, in milliseconds since 1970.
    pub(crate) retry_at: Option<u64>,
}

impl<S> Default for TaskExtras<S> {
    fn default() -> Self {
        Self { goto: None, nested: None, retry_at: None }
    }
}

impl<S> Clone for TaskExtras<S> {
    fn clone(&self) -> Self {
        let nested = self.nested.as_ref().map(|nested| nested.copy());
        Self { goto: self.goto.clone(), nested, retry_at: self.retry_at }
    }
}

impl<S: State> SuperstepTask<S> {
    pub(crate) fn new(node: u32, visit: u32, item: Option<Item>) -> Self {
        Self { node, visit, attempt: 1, item, update: None, extras: None }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.update.is_some()
    }

    /// Whether the task is that of a worker without items. It has ended from the beginning.
    pub(crate) fn stands_for_nothing(&self) -> bool {
        self.item.as_ref().is_some_and(|item| item.items.len() == 0)
    }

    /// Ends the task with its result.
    pub(crate) fn finish(&mut self, Done { update, goto }: Done<S>) {
        self.extras = None;
        self.go(goto);
        self.end(update);
    }

    #[inline]
    pub(crate) fn end(&mut self, update: S::Update) {
        self.update = Some(update);
    }

    pub(crate) fn go(&mut self, goto: Option<Goto<S>>) {
        if goto.is_some() {
            self.extras.get_or_insert_default().goto = goto;
        }
    }

    pub(crate) fn goto(&self) -> Option<&Goto<S>> {
        self.extras.as_ref()?.goto.as_ref()
    }

    /// Whether the run leaves the node by its edges, routes and joins.
    pub(crate) fn takes_usual_exits(&self) -> bool {
        self.goto().is_none_or(|goto| !goto.instead)
    }

    /// Sets the earliest time of the next attempt, in milliseconds since 1970; with `None` it may begin at once.
    pub(crate) fn wait_until(&mut self, retry_at: Option<u64>) {
        if retry_at.is_some() || self.extras.is_some() {
            self.extras.get_or_insert_default().retry_at = retry_at;
        }
    }

    /// Lets the next attempt begin at once, in the subgraph of the task too.
    pub(crate) fn end_wait(&mut self) {
        if let Some(extras) = &mut self.extras {
            extras.retry_at = None;
            if let Some(nested) = &mut extras.nested {
                nested.end_waits();
            }
        }
    }

    /// When the next attempt begins at the earliest, in milliseconds since 1970; `None` if it may begin at once.
    pub(crate) fn retry_at(&self) -> Option<u64> {
        if self.has_ended() { None } else { self.extras.as_ref()?.retry_at }
    }

    /// The index of the worker's item that the task is for.
    pub(crate) fn index(&self) -> Option<u32> {
        self.item.as_ref().map(|item| item.index)
    }
}

impl<S: State> SuperstepTasks<S> {
    /// Fails if two tasks write one plain field. Otherwise returns how the updates are merged into the state.
    #[inline]
    pub(crate) fn merging(&self, graph: &Inner<S>, superstep: u64) -> Result<Merging, Box<Failure>> {
        if self.tasks.len() == 1 {
            return Ok(Merging::default());
        }
        let merging = Merging::of::<S>(self.tasks.iter().map(|task| task.update.as_ref()));
        merging.map_err(|conflict| Box::new(self.conflict(graph, superstep, conflict)))
    }

    #[cold]
    fn conflict(&self, graph: &Inner<S>, superstep: u64, conflict: MergeError) -> Failure {
        let MergeError { field, first, second } = conflict;
        let named = |place: usize| {
            let task = &self.tasks[place];
            match task.index() {
                Some(item) => format!("{}[{item}]", graph.names[task.node as usize]),
                None => graph.names[task.node as usize].to_string(),
            }
        };
        Failure::Conflict { field, first: named(first), second: named(second), superstep }
    }
}

impl<S: State> Context<S> {
    /// Sets the fields of the context to this task.
    #[inline]
    pub(crate) fn stand_for(&mut self, task: &SuperstepTask<S>) -> &Self {
        (self.node, self.visit, self.attempt, self.item) = (task.node, task.visit, task.attempt, task.index());
        self
    }

    /// A separate context for this task.
    pub(crate) fn clone_for(&self, task: &SuperstepTask<S>) -> Self {
        let mut context = self.clone();
        context.stand_for(task);
        context
    }
}
