//! The barrier: merges the updates of a superstep into the state, and makes its successors the next tasks.

use super::arrivals::Arrivals;
use super::blame::CalledCode;
use super::position::Position;
use super::record::{Committed, Record};
use super::successors::Successors;
use crate::graph::compiled::Inner;
use crate::node::failure::Failure;
use crate::state::State;
use crate::types::panic;

impl<S: State> Position<S> {
    /// The record of the last completed superstep. Its successors are the current tasks.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let position = plan::begin(&graph, Essay::default());
    /// assert!(matches!(position.committed(), Record::Committed(_)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn committed(&self) -> Record<S> {
        Record::Committed(self.committed_now())
    }

    /// The successors of the last completed superstep and the memory of the run, as they are recorded.
    pub(crate) fn committed_now(&self) -> Committed {
        let opened = (0..).zip(&*self.guards).filter(|(_, open)| **open);
        Committed {
            next: Successors::from_tasks(&self.tasks.tasks),
            deferred: self.deferred.clone(),
            end: self.end_reached,
            guards: opened.map(|(guard, _)| guard).collect(),
            opened_valves: self.opened_valves.clone(),
        }
    }

    /// Applies the record of a superstep, except its next tasks: the caller schedules them.
    pub(crate) fn follow(&mut self, committed: &Committed) {
        self.end_reached |= committed.end;
        self.deferred = committed.deferred.clone();
        self.opened_valves.clone_from(&committed.opened_valves);
        committed.guards.iter().for_each(|guard| self.guards[*guard as usize] = true);
    }

    /// Merges the updates of the superstep into the state in the order of the tasks, and counts the tasks for the joins. Does
    /// nothing if the updates are merged already.
    #[expect(clippy::inline_always, reason = "a superstep of one task is so short that the calls would show")]
    #[inline(always)]
    pub(crate) fn merge(&mut self, graph: &Inner<S>) -> Result<(), Box<Failure>> {
        if self.merged {
            return Ok(());
        }
        if let CalledCode::Reducer(_) = self.called {
            return Err(Box::new(self.blame(graph, HALF_MERGED.to_owned())));
        }
        let mut merging = self.tasks.merging(graph, self.supersteps + 1)?;
        for (place, task) in self.tasks.tasks.iter_mut().enumerate() {
            self.called = CalledCode::Reducer(place);
            if let Some(update) = task.update.take() {
                merging.put(self.state.get_mut(), update);
            }
        }
        self.called = CalledCode::Node(0);
        if !self.opened_valves.is_empty() {
            self.opened_valves.clear();
        }
        if !graph.joins.is_empty() {
            self.arrive_at_joins(graph);
        }
        self.merged = true;
        Ok(())
    }

    fn arrive_at_joins(&mut self, graph: &Inner<S>) {
        for task in self.tasks.tasks.iter().filter(|task| task.takes_usual_exits()) {
            for &(join, source) in &graph.nodes[task.node as usize].join_inputs {
                self.joins[join as usize].arrive(source);
            }
        }
    }

    /// Fast path for the common case: closes a superstep of one task that has exactly one successor.
    #[expect(clippy::inline_always, reason = "a superstep of one task is so short that the calls would show")]
    #[inline(always)]
    pub(crate) fn commit_sole_successor(&mut self, graph: &Inner<S>, next: u32) {
        self.called = CalledCode::Barrier;
        self.close(graph);
        let visit = visit(&mut self.visits, next);
        // The merge has taken the update of this task.
        let task = &mut self.tasks.tasks[0];
        (task.node, task.visit, task.attempt) = (next, visit, 1);
        if task.item.is_some() || task.extras.is_some() {
            (task.item, task.extras) = (None, None);
        }
    }

    /// Closes the superstep: resets the full joins, and makes the successors the tasks of the next superstep.
    pub(crate) fn commit(&mut self, graph: &Inner<S>, next: Successors) {
        self.called = CalledCode::Barrier;
        self.close(graph);
        self.schedule(next);
    }

    #[inline]
    fn close(&mut self, graph: &Inner<S>) {
        if !graph.joins.is_empty() {
            self.rearm_joins(graph);
        }
        // The routes from the start run before the first tasks, and are not a superstep.
        self.supersteps += u64::from(self.has_begun);
        self.has_begun = true;
        self.merged = false;
        self.pause_acknowledged = false;
        if !self.memory.is_empty() {
            self.memory.clear();
        }
    }

    fn rearm_joins(&mut self, graph: &Inner<S>) {
        for task in &self.tasks.tasks {
            for &(join, _) in &graph.nodes[task.node as usize].join_inputs {
                let arrivals = &mut self.joins[join as usize];
                if arrivals.open == 0 {
                    *arrivals = Arrivals::waiting(graph.joins[join as usize].sources.len());
                }
            }
        }
    }

    pub(crate) fn schedule(&mut self, next: Successors) {
        // The drop of an item may panic. The panic is ignored, because the task of the item has ended.
        let _ = panic::catch(|| self.tasks.tasks.clear());
        let visits = &mut self.visits;
        next.into_tasks(|node| visit(visits, node), &mut self.tasks.tasks);
    }
}

/// Counts a visit of a node.
#[inline]
fn visit(visits: &mut [u32], node: u32) -> u32 {
    visits[node as usize] = visits[node as usize].saturating_add(1);
    visits[node as usize]
}

const HALF_MERGED: &str = "it panicked before, in the middle of the updates of this superstep";
