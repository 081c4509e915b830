//! Where a run stands: the state, the tasks of the superstep, and what the graph remembers.

use std::fmt;

use smallvec::SmallVec;

use crate::graph::Inner;
use crate::{Failure, FieldSet, State, Update};

/// Where a run stands. It is a value: it can be kept, and a run can go on from it with
/// [`Graph::resume`](crate::Graph::resume).
#[derive(Clone)]
pub struct Position<S: State> {
    pub(crate) state: S,
    pub(crate) tasks: Tasks<S>,
    /// How many supersteps are behind the run.
    pub(crate) supersteps: u64,
    /// How often the run has come to each node.
    visits: Vec<u32>,
    joins: Vec<Arrivals>,
    /// Whether the updates of the superstep are in the state.
    merged: bool,
    /// Whose code was called last; if it panicked, it is to blame.
    pub(crate) calling: Calling,
    /// A list that is not in use, so that a superstep needs no allocation of its own.
    spare: Vec<u32>,
}

impl<S: State> Position<S> {
    pub(crate) fn new(graph: &Inner<S>, state: S) -> Self {
        let mut position = Self {
            state,
            tasks: Tasks { tasks: Vec::new(), open: 0 },
            supersteps: 0,
            visits: vec![0; graph.nodes.len()],
            joins: graph.joins.iter().map(|join| Arrivals::waiting(join.sources.len())).collect(),
            merged: false,
            calling: Calling::Node(0),
            spare: Vec::new(),
        };
        position.schedule(&graph.starts);
        position
    }

    /// The state, with the updates of all supersteps that are complete.
    pub fn state(&self) -> &S {
        &self.state
    }

    /// The state, taken out.
    pub fn into_state(self) -> S {
        self.state
    }

    /// How many supersteps are behind the run.
    pub fn supersteps(&self) -> u64 {
        self.supersteps
    }

    /// How often the run has come to a node, by its place in the graph's declaration.
    pub(crate) fn visits(&self, node: u32) -> u32 {
        self.visits[node as usize]
    }

    /// Whether all sources of a join have run since it last fired.
    pub(crate) fn is_full(&self, join: u32) -> bool {
        self.joins[join as usize].open == 0
    }

    /// The sources of the joins that have begun to wait: which join, and which of its sources are missing.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (usize, Vec<usize>)> {
        self.joins.iter().enumerate().filter(|(_, join)| join.has_begun()).map(|(index, join)| (index, join.missing()))
    }

    /// Puts the updates of the superstep into the state, in the order of the tasks, and counts them for the joins.
    /// Does nothing when that has been done.
    #[inline]
    pub(crate) fn cross_barrier(&mut self, graph: &Inner<S>) -> Result<(), Box<Failure>> {
        if !self.merged {
            self.merge(graph)?;
            self.merged = true;
        }
        Ok(())
    }

    #[inline]
    fn merge(&mut self, graph: &Inner<S>) -> Result<(), Box<Failure>> {
        if let Calling::Reducer(_) = self.calling {
            return Err(Box::new(self.blame(graph, HALF_MERGED.to_owned())));
        }
        let overwritten = self.tasks.check_writes(graph, self.supersteps + 1)?;
        for (place, task) in self.tasks.tasks.iter_mut().enumerate() {
            self.calling = Calling::Reducer(place);
            if let Some(mut update) = task.update.take() {
                if !overwritten.is_empty() {
                    update.drop_reducing(overwritten);
                }
                self.state.apply(update);
            }
        }
        self.calling = Calling::Node(0);
        if !graph.joins.is_empty() {
            self.arrive_at_joins(graph);
        }
        Ok(())
    }

    fn arrive_at_joins(&mut self, graph: &Inner<S>) {
        for task in &self.tasks.tasks {
            for &(join, source) in &graph.nodes[task.node as usize].feeds {
                self.joins[join as usize].arrive(source);
            }
        }
    }

    /// The failure that a panic of the user's code is.
    #[cold]
    pub(crate) fn blame(&self, graph: &Inner<S>, message: String) -> Failure {
        let superstep = self.supersteps + 1;
        let (Calling::Node(place) | Calling::Reducer(place) | Calling::Route(place)) = self.calling;
        let task = &self.tasks.tasks[place];
        let node = graph.names[task.node as usize].to_string();
        match self.calling {
            Calling::Node(_) => Failure::NodePanicked { node, superstep, attempt: task.attempt, message },
            Calling::Reducer(_) => Failure::ReducerPanicked { node, superstep, message },
            Calling::Route(_) => Failure::RoutePanicked { node, superstep, message },
        }
    }

    /// An empty list for the nodes of the next superstep; [`commit`](Self::commit) takes it back.
    pub(crate) fn take_list(&mut self) -> Vec<u32> {
        let mut list = std::mem::take(&mut self.spare);
        list.clear();
        list
    }

    /// Closes the superstep: joins that were full wait anew, and the nodes become the tasks of the next one.
    pub(crate) fn commit(&mut self, graph: &Inner<S>, next: Vec<u32>) {
        // At recovery nobody has asked the planner, which does this first. A merge that failed was never committed.
        let crossed = self.cross_barrier(graph);
        debug_assert!(crossed.is_ok(), "a superstep was committed that could not be merged");
        if !graph.joins.is_empty() {
            self.rearm_joins(graph);
        }
        self.supersteps += 1;
        self.merged = false;
        self.schedule(&next);
        self.spare = next;
    }

    fn rearm_joins(&mut self, graph: &Inner<S>) {
        for task in &self.tasks.tasks {
            for &(join, _) in &graph.nodes[task.node as usize].feeds {
                let arrivals = &mut self.joins[join as usize];
                if arrivals.open == 0 {
                    *arrivals = Arrivals::waiting(graph.joins[join as usize].sources.len());
                }
            }
        }
    }

    #[inline]
    fn schedule(&mut self, nodes: &[u32]) {
        let Tasks { tasks, open } = &mut self.tasks;
        *open = nodes.len();
        tasks.truncate(nodes.len());
        for (place, &node) in nodes.iter().enumerate() {
            let visit = &mut self.visits[node as usize];
            *visit += 1;
            match tasks.get_mut(place) {
                // The merge has taken its update.
                Some(task) => (task.node, task.visit, task.attempt) = (node, *visit, 1),
                None => tasks.push(Task { node, visit: *visit, attempt: 1, update: None }),
            }
        }
    }
}

/// Code of the user's, by the place of the task that it is called for.
#[derive(Clone, Copy)]
pub(crate) enum Calling {
    Node(usize),
    /// If this stands at the next barrier, a reducer has panicked: the state is half merged, and the run cannot go on.
    Reducer(usize),
    Route(usize),
}

impl<S: State> fmt::Debug for Position<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks: Vec<_> = self.tasks.tasks.iter().map(|task| (task.node, task.update.is_some())).collect();
        formatter
            .debug_struct("Position")
            .field("supersteps", &self.supersteps)
            .field("tasks", &tasks)
            .finish_non_exhaustive()
    }
}

/// The tasks of a superstep.
#[derive(Clone)]
pub(crate) struct Tasks<S: State> {
    pub(crate) tasks: Vec<Task<S>>,
    /// How many have not ended.
    pub(crate) open: usize,
}

/// One node in the superstep, and what it returned.
#[derive(Clone)]
pub(crate) struct Task<S: State> {
    pub(crate) node: u32,
    pub(crate) visit: u32,
    pub(crate) attempt: u32,
    pub(crate) update: Option<S::Update>,
}

impl<S: State> Tasks<S> {
    /// Whether a task has ended in this superstep while others have not.
    pub(crate) fn has_begun(&self) -> bool {
        self.open < self.tasks.len()
    }

    pub(crate) fn done(&mut self, task: usize, update: S::Update) {
        if self.tasks[task].update.replace(update).is_none() {
            self.open -= 1;
        }
    }

    pub(crate) fn failed(&mut self, task: usize) {
        self.tasks[task].attempt += 1;
    }

    /// Refuses two writers of one plain field, and finds the fields that are overwritten.
    #[inline]
    fn check_writes(&self, graph: &Inner<S>, superstep: u64) -> Result<FieldSet, Box<Failure>> {
        if self.tasks.len() == 1 {
            return Ok(FieldSet::default());
        }
        self.check_several_writes(graph, superstep)
    }

    fn check_several_writes(&self, graph: &Inner<S>, superstep: u64) -> Result<FieldSet, Box<Failure>> {
        let mut overwritten = FieldSet::default();
        let mut set = FieldSet::default();
        for (place, task) in self.tasks.iter().enumerate() {
            let Some(update) = &task.update else { continue };
            let sets = update.sets();
            if let Some(field) = set.first_common(sets) {
                let writes = |task: &&Task<S>| task.update.as_ref().is_some_and(|update| update.sets().contains(field));
                let first = self.tasks[..place].iter().find(writes).map_or(task.node, |first| first.node);
                return Err(Failure::Conflict {
                    field: S::FIELDS[field],
                    first: graph.names[first as usize].to_string(),
                    second: graph.names[task.node as usize].to_string(),
                    superstep,
                }
                .into());
            }
            set = set.union(sets);
            overwritten = overwritten.union(update.overwrites());
        }
        Ok(overwritten)
    }
}

/// Which sources of a join have run since it last fired.
#[derive(Clone)]
struct Arrivals {
    arrived: SmallVec<[bool; 16]>,
    open: usize,
}

impl Arrivals {
    fn waiting(sources: usize) -> Self {
        Self { arrived: SmallVec::from_elem(false, sources), open: sources }
    }

    fn arrive(&mut self, source: u32) {
        if !std::mem::replace(&mut self.arrived[source as usize], true) {
            self.open -= 1;
        }
    }

    fn has_begun(&self) -> bool {
        self.open > 0 && self.open < self.arrived.len()
    }

    fn missing(&self) -> Vec<usize> {
        (0..self.arrived.len()).filter(|source| !self.arrived[*source]).collect()
    }
}

const HALF_MERGED: &str = "it panicked earlier, in the middle of this superstep's updates";
