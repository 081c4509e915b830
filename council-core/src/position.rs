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
    /// Whether the updates of the superstep are in the state.
    merged: bool,
    /// The node on whose update a reducer panicked, and what it said: the state is half merged, and the run cannot go on.
    broken: Option<Box<(u32, String)>>,
    /// A list that is not in use, so that a superstep needs no allocation of its own.
    spare: Vec<u32>,
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
            merged: false,
            broken: None,
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
        self.joins
            .iter()
            .enumerate()
            .filter(|(_, join)| join.has_begun())
            .map(|(index, join)| (index, join.missing()))
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

    fn merge(&mut self, graph: &Inner<S>) -> Result<(), Box<Failure>> {
        if let Some(broken) = &self.broken {
            return Err(broken_failure(graph, broken, self.supersteps + 1));
        }
        let overwritten = self.tasks.check_writes(graph, self.supersteps + 1)?;
        let Self {
            state,
            tasks: Tasks { tasks, .. },
            ..
        } = self;
        let mut place = 0;
        let merged = panic::catch(|| {
            for task in tasks.iter_mut() {
                if let Some(mut update) = task.update.take() {
                    if !overwritten.is_empty() {
                        update.drop_reducing(overwritten);
                    }
                    state.apply(update);
                }
                place += 1;
            }
        });
        if let Err(message) = merged {
            let broken = self.broken.insert(Box::new((self.tasks.tasks[place].node, message)));
            return Err(broken_failure(graph, broken, self.supersteps + 1));
        }
        let waits = if graph.joins.is_empty() {
            &[]
        } else {
            self.tasks.tasks.as_slice()
        };
        for task in waits {
            for &(join, source) in &graph.nodes[task.node as usize].feeds {
                self.joins[join as usize].arrive(source);
            }
        }
        Ok(())
    }

    /// An empty list for the nodes of the next superstep; [`commit`](Self::commit) takes it back.
    pub(crate) fn take_list(&mut self) -> Vec<u32> {
        let mut list = std::mem::take(&mut self.spare);
        list.clear();
        list
    }

    /// Closes the superstep: joins that were full wait anew, and the nodes become the tasks of the next one.
    pub(crate) fn commit(&mut self, graph: &Inner<S>, next: Vec<u32>) {
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

    fn schedule(&mut self, nodes: &[u32]) {
        let visits = &mut self.visits;
        let mut task = |node: u32| {
            let visit = &mut visits[node as usize];
            *visit += 1;
            Task {
                node,
                visit: *visit,
                attempt: 1,
                update: None,
            }
        };
        match (self.tasks.tasks.as_mut_slice(), nodes) {
            ([only], [node]) => *only = task(*node),
            _ => {
                self.tasks.tasks.clear();
                self.tasks.tasks.extend(nodes.iter().copied().map(task));
            }
        }
        self.tasks.open = nodes.len();
    }
}

fn broken_failure<S: State>(graph: &Inner<S>, broken: &(u32, String), superstep: u64) -> Box<Failure> {
    let (node, message) = broken;
    Box::new(Failure::ReducerPanicked {
        node: graph.names[*node as usize].to_string(),
        superstep,
        message: message.clone(),
    })
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
    fn check_writes(&self, graph: &Inner<S>, superstep: u64) -> Result<FieldSet, Box<Failure>> {
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
