//! The position of a run: its state, the tasks of the superstep, and the memory of its graph.

use std::fmt;
use std::sync::Arc;

use super::arrivals::Arrivals;
use super::blame::CalledCode;
use super::edit::Edit;
use super::successors::Successors;
use super::tasks::{SuperstepTask, SuperstepTasks};
use crate::graph::compiled::Inner;
use crate::journal::status::Status;
use crate::node::memory::{PendingAnswer, TaskMemories};
use crate::state::State;
use crate::state::cell::StateCell;
use crate::types::node_names::NodeNames;
use crate::types::valve::OpenedValve;

/// The position of a run. It is a value: it can be stored, and [`Graph::resume`](crate::Graph::resume) continues from it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let update = Essay::update().draft("a draft");
/// plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update, goto: None })?;
/// assert_eq!((position.supersteps(), position.state().draft.as_str()), (0, "")); // the superstep is not complete
/// plan::advance(&graph, &Limits::default(), &mut position);
/// assert_eq!((position.supersteps(), position.state().draft.as_str()), (1, "a draft"));
/// assert_eq!(position.run(), None); // it is not in a journal
/// assert_eq!(position.into_state().draft, "a draft");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("StateSnapshot", "checkpoint"))]
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent of each other")]
pub struct Position<S: State> {
    pub(crate) state: StateCell<S>,
    /// The names of the graph's nodes.
    pub(crate) names: Arc<NodeNames>,
    pub(crate) tasks: SuperstepTasks<S>,
    /// The number of complete supersteps.
    pub(crate) supersteps: u64,
    /// The number of visits of each node.
    pub(crate) visits: Box<[u32]>,
    pub(crate) joins: Box<[Arrivals]>,
    /// Which guards have opened.
    pub(crate) guards: Box<[bool]>,
    /// Deferred nodes and workers: they run when nothing else is left to run.
    pub(crate) deferred: Successors,
    /// Whether the first tasks exist. The routes from the start are called before.
    pub(crate) has_begun: bool,
    /// Whether one branch of the run has reached the end. The run is over when the other branches have no tasks left.
    pub(crate) end_reached: bool,
    /// Whether the updates of the superstep are in the state.
    pub(crate) merged: bool,
    /// The valves that chose the successors of the last completed superstep.
    pub(crate) opened_valves: Vec<OpenedValve>,
    /// The questions and `once` results of the superstep's tasks. While the tasks run, the driver holds them.
    pub(crate) memory: TaskMemories,
    /// Whether the run waits for a human.
    pub(crate) paused: bool,
    /// Whether a human has acknowledged the pause at this superstep.
    pub(crate) pause_acknowledged: bool,
    /// Edits that are not in the journal yet.
    pub(crate) edits: Vec<Edit<S>>,
    /// Answers that are not in the journal yet.
    pub(crate) answers: Vec<PendingAnswer>,
    /// The records in the journal that the position is the fold of, if the run is stored.
    pub(crate) saved: Option<JournalPosition>,
    /// The user code that was called last. A panic is attributed to it.
    pub(crate) called: CalledCode,
}

impl<S: State> Position<S> {
    /// The start of a run.
    pub(crate) fn new(graph: &Inner<S>, state: S) -> Self {
        let mut position = Self::without_tasks(graph, state);
        if graph.start_routes.is_empty() {
            position.has_begun = true;
            let mut starts = Successors { nodes: graph.starts.clone(), sends: Vec::new() };
            starts.defer(graph, &mut position.deferred);
            position.schedule(starts);
        }
        position
    }

    /// The start of a run with these first tasks; there are none if the routes from the start must be called. Deferred start nodes that
    /// are not among them wait.
    pub(crate) fn starting_with(graph: &Inner<S>, state: S, first: Successors) -> Self {
        let mut position = Self::without_tasks(graph, state);
        if !first.is_empty() {
            position.has_begun = true;
            let waits = |node: &u32| graph.nodes[*node as usize].deferred && !first.nodes.contains(node);
            position.deferred.nodes.extend(graph.starts.iter().copied().filter(waits));
            position.schedule(first);
        }
        position
    }

    pub(crate) fn without_tasks(graph: &Inner<S>, state: S) -> Self {
        Self {
            state: StateCell::Held(state),
            names: Arc::clone(&graph.names),
            tasks: SuperstepTasks { tasks: Vec::new() },
            supersteps: 0,
            visits: vec![0; graph.nodes.len()].into(),
            joins: graph.joins.iter().map(|join| Arrivals::waiting(join.sources.len())).collect(),
            guards: vec![false; graph.guards.len()].into(),
            deferred: Successors::default(),
            has_begun: false,
            end_reached: false,
            merged: false,
            opened_valves: Vec::new(),
            memory: TaskMemories::new(),
            paused: false,
            pause_acknowledged: false,
            edits: Vec::new(),
            answers: Vec::new(),
            saved: None,
            called: CalledCode::Node(0),
        }
    }

    /// The state, with the updates of all complete supersteps.
    pub fn state(&self) -> &S {
        self.state.get()
    }

    /// The state, by value.
    pub fn into_state(self) -> S {
        self.state.into_inner()
    }

    /// The number of complete supersteps.
    pub fn supersteps(&self) -> u64 {
        self.supersteps
    }

    /// The id of the run, if it is stored.
    pub fn run(&self) -> Option<&str> {
        self.saved.as_ref().map(|saved| &*saved.run)
    }

    /// Whether nothing has changed the position since the run was created.
    pub(crate) fn is_fresh(&self) -> bool {
        let untouched = |task: &SuperstepTask<S>| task.extras.is_none() && task.attempt == 1;
        self.supersteps == 0
            && !self.merged
            && !self.paused
            && !self.pause_acknowledged
            && self.memory.is_empty()
            && self.edits.is_empty()
            && self.tasks.tasks.iter().all(|task| untouched(task) && !task.has_ended())
    }

    /// Ends the pause, if the run is paused, and marks it as acknowledged.
    pub(crate) fn go_on(&mut self) {
        if std::mem::take(&mut self.paused) {
            self.acknowledge_pause();
        }
    }

    /// Marks the pause as acknowledged, in subgraphs too: they wait at the same time as the run.
    pub(crate) fn acknowledge_pause(&mut self) {
        self.pause_acknowledged = true;
        for extras in self.tasks.tasks.iter_mut().filter_map(|task| task.extras.as_mut()) {
            if let Some(nested) = &mut extras.nested {
                nested.acknowledge_pause();
            }
        }
    }

    /// Lets the next attempt of each failed task begin at once, in subgraphs too.
    pub(crate) fn end_waits(&mut self) {
        self.tasks.tasks.iter_mut().for_each(SuperstepTask::end_wait);
    }

    /// Ends the pause, and clears the edits and answers from outside, once all of this is recorded.
    pub(crate) fn mark_recorded(&mut self) {
        self.go_on();
        self.edits.clear();
        self.answers.clear();
    }

    /// Whether all tasks of the superstep have ended. If a route or a reducer has stopped the run at the barrier, the updates may
    /// already be in the state, in full or in part.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        self.merged
            || matches!(self.called, CalledCode::Reducer(_))
            || self.tasks.tasks.iter().all(SuperstepTask::has_ended)
    }

    /// The number of the superstep that is being completed; 0 before the first.
    pub(crate) fn completing(&self) -> u64 {
        self.supersteps + u64::from(self.has_begun)
    }

    /// Whether the run is over. Every superstep has tasks, so a run without tasks has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.tasks.tasks.is_empty() && self.has_begun
    }

    /// Whether the position fits the graph: compares names, joins and guards.
    pub(crate) fn fits(&self, graph: &Inner<S>) -> bool {
        let joins = self.joins.iter().zip(&graph.joins);
        Arc::ptr_eq(&self.names, &graph.names)
            || (self.names == graph.names
                && self.joins.len() == graph.joins.len()
                && self.guards.len() == graph.guards.len()
                && joins.into_iter().all(|(arrivals, join)| arrivals.sources() == join.sources.len()))
    }

    /// The number of visits of a node, given by its place in the graph's declaration.
    pub(crate) fn visits(&self, node: u32) -> u32 {
        self.visits[node as usize]
    }

    /// Whether all sources of a join have run since it last fired.
    pub(crate) fn is_full(&self, join: u32) -> bool {
        self.joins[join as usize].open == 0
    }

    /// The joins that have begun to wait, each with its missing sources.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (usize, Vec<usize>)> {
        self.joins.iter().enumerate().filter(|(_, join)| join.has_begun()).map(|(index, join)| (index, join.missing()))
    }

    /// The valves that chose the successors of the last completed superstep.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// assert!(plan::begin(&graph, Essay::default()).opened_valves().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn opened_valves(&self) -> &[OpenedValve] {
        &self.opened_valves
    }
}

/// The place of a position in a journal: its run, and the number of records that it is the fold of.
#[derive(Clone, Debug)]
pub(crate) struct JournalPosition {
    pub(crate) run: Arc<str>,
    pub(crate) records: u64,
    /// The size in bytes of the records after the last snapshot, which a reader has to read.
    pub(crate) tail: usize,
    pub(crate) status: Status,
    /// Whether another program has written the records.
    pub(crate) is_upgrade: bool,
}

impl<S: State> fmt::Debug for Position<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks: Vec<_> = self.tasks.tasks.iter().map(|task| (task.node, task.index(), task.has_ended())).collect();
        formatter
            .debug_struct("Position")
            .field("supersteps", &self.supersteps)
            .field("tasks", &tasks)
            .field("visits", &self.visits)
            .field("deferred", &self.deferred)
            .field("guards", &self.guards)
            .finish_non_exhaustive()
    }
}
