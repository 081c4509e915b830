//! Where a run stands: the state, the tasks of the superstep, and what the graph remembers.

use std::fmt;

use smallvec::SmallVec;

use crate::graph::Inner;
use crate::{Failure, FieldSet, State, Update, panic};

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
    barrier: Barrier,
}

/// How far the run is between two supersteps.
#[derive(Clone)]
enum Barrier {
    /// The updates of the superstep are not in the state.
    Ahead,
    /// They are.
    Crossed,
    /// A reducer panicked in the middle of them: the state is half merged, and the run cannot go on.
    Broken { node: u32, message: String },
}

impl<S: State> Position<S> {
    pub(crate) fn new(graph: &Inner<S>, state: S) -> Self {
        let mut position = Self {
            state,
            tasks: Tasks {
                tasks: Vec::new(),
                open: 0,
            },
            supersteps: 0,
            visits: vec![0; graph.nodes.len()],
            joins: graph
                .joins
                .iter()
                .map(|join| Arrivals::waiting(join.sources.len()))
                .collect(),
            barrier: Barrier::Ahead,
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
        self.joins
            .iter()
            .enumerate()
            .filter(|(_, join)| join.has_begun())
            .map(|(index, join)| (index, join.missing()))
    }

    /// Puts the updates of the superstep into the state, in the order of the tasks, and counts them for the joins.
    /// Does nothing when that has been done.
    pub(crate) fn cross_barrier(&mut self, graph: &Inner<S>) -> Result<(), Failure> {
        match &self.barrier {
            Barrier::Crossed => return Ok(()),
            Barrier::Broken { node, message } => {
                let node = graph.names[*node as usize].to_string();
                return Err(Failure::ReducerPanicked {
                    node,
                    superstep: self.supersteps + 1,
                    message: message.clone(),
                });
            }
            Barrier::Ahead => {}
        }
        let overwritten = self.tasks.check_writes(graph, self.supersteps + 1)?;
        for task in &mut self.tasks.tasks {
            let Some(mut update) = task.update.take() else { continue };
            if !overwritten.is_empty() {
                update.drop_reducing(overwritten);
            }
            let state = &mut self.state;
            if let Err(message) = panic::catch(|| state.apply(update)) {
                self.barrier = Barrier::Broken {
                    node: task.node,
                    message,
                };
                return self.cross_barrier(graph);
            }
        }
        for task in &self.tasks.tasks {
            for &(join, source) in &graph.nodes[task.node as usize].feeds {
                self.joins[join as usize].arrive(source);
            }
        }
        self.barrier = Barrier::Crossed;
        Ok(())
    }

    /// Closes the superstep: joins that were full wait anew, and the nodes become the tasks of the next one.
    pub(crate) fn commit(&mut self, graph: &Inner<S>, next: &[u32]) {
        for task in &self.tasks.tasks {
            for &(join, _) in &graph.nodes[task.node as usize].feeds {
                let arrivals = &mut self.joins[join as usize];
                if arrivals.open == 0 {
                    *arrivals = Arrivals::waiting(graph.joins[join as usize].sources.len());
                }
            }
        }
        self.supersteps += 1;
        self.barrier = Barrier::Ahead;
        self.schedule(next);
    }

    fn schedule(&mut self, nodes: &[u32]) {
        self.tasks.tasks.clear();
        for &node in nodes {
            self.visits[node as usize] += 1;
            self.tasks.tasks.push(Task {
                node,
                visit: self.visits[node as usize],
                attempt: 1,
                update: None,
            });
        }
        self.tasks.open = nodes.len();
    }
}

impl<S: State> fmt::Debug for Position<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tasks: Vec<_> = self
            .tasks
            .tasks
            .iter()
            .map(|task| (task.node, task.update.is_some()))
            .collect();
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
    fn check_writes(&self, graph: &Inner<S>, superstep: u64) -> Result<FieldSet, Failure> {
        let mut overwritten = FieldSet::default();
        if self.tasks.len() == 1 {
            return Ok(overwritten);
        }
        let mut set = FieldSet::default();
        for (place, task) in self.tasks.iter().enumerate() {
            let Some(update) = &task.update else { continue };
            let sets = update.sets();
            if let Some(field) = set.first_common(sets) {
                let writes = |task: &&Task<S>| task.update.as_ref().is_some_and(|update| update.sets().contains(field));
                let first = self.tasks[..place]
                    .iter()
                    .find(writes)
                    .map_or(task.node, |first| first.node);
                return Err(Failure::Conflict {
                    field: S::FIELDS[field],
                    first: graph.names[first as usize].to_string(),
                    second: graph.names[task.node as usize].to_string(),
                    superstep,
                });
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
        Self {
            arrived: SmallVec::from_elem(false, sources),
            open: sources,
        }
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
        (0..self.arrived.len())
            .filter(|source| !self.arrived[*source])
            .collect()
    }
}
