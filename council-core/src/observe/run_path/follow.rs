//! Infers the edges that a run took from its events. [`RunPath`](super::RunPath) has the rules.

use std::collections::HashMap;

use super::counts::Counts;
use super::superstep::{Ran, Superstep, Taken, is_always_taken, is_chosen};
use crate::drawing::ids::guard_id;
use crate::drawing::{LinkKind, ShapeKind};
use crate::types::path::Task;
use crate::types::valve::Valve;

/// The events that are counted.
pub(super) enum PathEvent<'a> {
    Started(&'a Task),
    Completed(&'a Task),
    /// The update of a person is the result of the task, which may have begun before.
    Replaced(&'a Task),
    /// A failure without a retry. If its error handler recovers, the task completes directly after it.
    Failed(&'a Task),
    Opened(&'a Valve),
    Finished,
}

/// The position of a run in one graph, as far as events tell it.
#[derive(Default)]
pub(super) struct Live {
    /// The superstep, from 1; 0 before the run begins.
    superstep: u64,
    before: Superstep,
    now: Superstep,
    /// The task that failed last.
    failed: Option<(usize, Option<u32>)>,
    /// Whether one of the run's paths has certainly reached the end.
    end_reached: bool,
    /// The running subgraphs, by shape and item.
    inner: HashMap<(usize, Option<u32>), Live>,
}

impl Live {
    pub(super) fn follow(&mut self, counts: &mut Counts, path: &[Task], superstep: u64, event: &PathEvent<'_>) {
        let Some((outer, path)) = path.split_first() else {
            return self.note(counts, superstep, event);
        };
        self.enter(counts, outer.superstep);
        if let Some(shape) = counts.find(&outer.node)
            && let Some(inside) = counts.inside(shape)
        {
            self.inner.entry((shape, outer.item)).or_default().follow(inside, path, superstep, event);
        }
    }

    fn note(&mut self, counts: &mut Counts, superstep: u64, event: &PathEvent<'_>) {
        if let PathEvent::Finished = event {
            return self.finish(counts, superstep);
        }
        self.enter(counts, superstep);
        match event {
            PathEvent::Started(task) => self.started(counts, task),
            PathEvent::Completed(task) => self.completed(counts, task),
            PathEvent::Replaced(task) => self.replaced(counts, task),
            PathEvent::Failed(task) => self.failed = counts.find(&task.node).map(|shape| (shape, task.item)),
            PathEvent::Opened(valve) => self.opened(counts, valve),
            PathEvent::Finished => {}
        }
    }

    /// Moves on to a superstep, unless it is the current one.
    fn enter(&mut self, counts: &mut Counts, superstep: u64) {
        if superstep == self.superstep {
            return;
        }
        let goes_on = 0 < self.superstep && self.superstep < superstep;
        if goes_on {
            self.pass_barrier(counts);
            if superstep > self.superstep + 1 {
                // There were no events of the supersteps in between.
                self.now = Superstep::unwatched();
                self.pass_barrier(counts);
            }
        } else {
            // The run begins, or it is resumed after supersteps that were not observed.
            *self = Self::default();
            let begins = superstep == 1;
            self.now = if begins { Superstep::start(counts) } else { Superstep::unwatched() };
            self.pass_barrier(counts);
            self.now.unwatched = !begins;
        }
        self.superstep = superstep;
    }

    /// Counts the edges that were certainly taken to targets that do not start at once (deferred nodes, joins and the end), and makes
    /// this superstep the previous one.
    fn pass_barrier(&mut self, counts: &mut Counts) {
        let mut next = Superstep::default();
        let mut taken = Vec::new();
        for (&shape, ran) in &self.now.ran {
            for &link in counts.leaving(shape) {
                let (kind, target) = (counts.kind(link), counts.target(link));
                let leads_to = counts.shape(target);
                if leads_to.per_item || Some(shape) == counts.start() {
                    next.ran.entry(target).or_default();
                }
                let comes_later = leads_to.deferred || [ShapeKind::End, ShapeKind::Join].contains(&leads_to.kind);
                if comes_later && ran.well && is_always_taken(kind) && !self.now.spent.contains(&target) {
                    taken.push(link);
                }
            }
        }
        if self.now.unwatched {
            let workers = counts.shapes().filter(|(_, shape)| shape.per_item);
            next.ran.extend(workers.map(|(worker, _)| (worker, Ran::default())));
        }
        if !self.now.guard_opened {
            self.end_reached |= taken.iter().any(|&link| Some(counts.target(link)) == counts.end());
            for link in taken {
                counts.take(link);
            }
        }
        self.before = std::mem::replace(&mut self.now, next);
        self.failed = None;
        self.inner.clear();
    }

    fn started(&mut self, counts: &mut Counts, task: &Task) {
        let Some(shape) = counts.find(&task.node) else { return };
        let ran = self.now.ran.entry(shape).or_default();
        if !std::mem::replace(&mut ran.surely, true) {
            counts.visit(shape);
            self.came_to(counts, shape);
        }
    }

    fn completed(&mut self, counts: &mut Counts, task: &Task) {
        let Some(shape) = counts.find(&task.node) else { return };
        let recovered = self.failed.take() == Some((shape, task.item));
        let ran = self.now.ran.entry(shape).or_default();
        ran.recovered |= recovered;
        ran.well |= !recovered;
        counts.end_task(shape);
        let inner = self.inner.remove(&(shape, task.item)).filter(|_| !recovered);
        if let (Some(mut inner), Some(inside)) = (inner, counts.inside(shape)) {
            inner.finish(inside, inner.superstep);
        }
    }

    fn replaced(&mut self, counts: &mut Counts, task: &Task) {
        self.started(counts, task);
        let Some(shape) = counts.find(&task.node) else { return };
        self.now.ran.entry(shape).or_default().well = true;
        counts.end_task(shape);
    }

    fn opened(&mut self, counts: &mut Counts, valve: &Valve) {
        let (shape, kind) = match valve {
            Valve::Visits { node, .. } => (counts.find(node), LinkKind::VisitLimit),
            Valve::Guard { name } => (counts.find(&guard_id(name)), LinkKind::Guard),
        };
        let Some(shape) = shape else { return };
        match valve {
            Valve::Visits { .. } => self.now.spent.push(shape),
            Valve::Guard { .. } => {
                self.now.guard_opened = true;
                counts.visit(shape);
            }
        }
        let valve = counts.leaving(shape).iter().copied().find(|&link| counts.kind(link) == kind);
        if let Some(valve) = valve {
            self.now.instead.push(counts.target(valve));
            self.end_reached |= Some(counts.target(valve)) == counts.end();
            counts.take(valve);
        }
    }

    fn finish(&mut self, counts: &mut Counts, superstep: u64) {
        // A run that was over before it was observed emits its last event only.
        if self.superstep > 0
            && let Some(end) = counts.end()
        {
            self.enter(counts, superstep);
            self.pass_barrier(counts);
            counts.visit(end);
            if !self.end_reached {
                self.came_to(counts, end);
            }
        }
        *self = Self::default();
    }

    /// Counts the edges that the run certainly took to this shape.
    fn came_to(&self, counts: &mut Counts, shape: usize) {
        if counts.shape(shape).deferred {
            // The edge may have been taken at any earlier barrier; the certain ones were counted there.
            if let &[link] = counts.arriving(shape)
                && is_chosen(counts, link)
            {
                counts.take(link);
            }
            return;
        }
        if self.before.guard_opened {
            return;
        }
        let mut surely = Vec::new();
        let mut maybe = Vec::new();
        for &link in counts.arriving(shape) {
            match self.before.taken(counts, link) {
                Taken::Surely => surely.push(link),
                Taken::Maybe => maybe.push(link),
                Taken::No => {}
            }
        }
        if surely.is_empty() && maybe.len() == 1 && !self.before.instead.contains(&shape) {
            surely = maybe;
        }
        for link in surely {
            counts.take(link);
        }
    }
}
