//! Which ways a run took, as far as its events leave no doubt. [`RunPath`](super::RunPath) says how they are told.

use std::collections::HashMap;

use super::counts::Chart;
use super::superstep::{Ran, Superstep, Taken, is_always_taken, is_chosen};
use crate::drawing::ids::guard_id;
use crate::drawing::{EdgeKind, ShapeKind};
use crate::types::path::Task;
use crate::types::valve::Valve;

/// What counts among all that is told of a run.
pub(super) enum Told<'a> {
    Started(&'a Task),
    Completed(&'a Task),
    /// For good, unless its error handler helps: then it completes at once.
    Failed(&'a Task),
    Opened(&'a Valve),
    Finished,
}

/// Where a run stands in one graph, as far as was told.
#[derive(Default)]
pub(super) struct Live {
    /// From 1; 0 before it begins.
    superstep: u64,
    before: Superstep,
    now: Superstep,
    /// The task that failed last.
    failed: Option<(usize, Option<u32>)>,
    /// Whether it has surely come to the end on one of its ways.
    end_reached: bool,
    /// The subgraphs that are at work, by shape and item.
    inner: HashMap<(usize, Option<u32>), Live>,
}

impl Live {
    pub(super) fn follow(&mut self, chart: &mut Chart, path: &[Task], superstep: u64, told: &Told<'_>) {
        let Some((outer, path)) = path.split_first() else {
            return self.note(chart, superstep, told);
        };
        self.enter(chart, outer.superstep);
        if let Some(shape) = chart.find(&outer.node)
            && let Some(inside) = chart.inside(shape)
        {
            self.inner.entry((shape, outer.item)).or_default().follow(inside, path, superstep, told);
        }
    }

    fn note(&mut self, chart: &mut Chart, superstep: u64, told: &Told<'_>) {
        if let Told::Finished = told {
            return self.finish(chart, superstep);
        }
        self.enter(chart, superstep);
        match told {
            Told::Started(task) => self.started(chart, task),
            Told::Completed(task) => self.completed(chart, task),
            Told::Failed(task) => self.failed = chart.find(&task.node).map(|shape| (shape, task.item)),
            Told::Opened(valve) => self.opened(chart, valve),
            Told::Finished => {}
        }
    }

    /// Comes to a superstep, if it is not there.
    fn enter(&mut self, chart: &mut Chart, superstep: u64) {
        if superstep == self.superstep {
            return;
        }
        let goes_on = 0 < self.superstep && self.superstep < superstep;
        if goes_on {
            self.pass_barrier(chart);
            if superstep > self.superstep + 1 {
                // Of the supersteps in between, nothing was told.
                self.now = Superstep::unwatched();
                self.pass_barrier(chart);
            }
        } else {
            // The run begins, or it goes on from where nobody watched.
            *self = Self::default();
            let begins = superstep == 1;
            self.now = if begins { Superstep::start(chart) } else { Superstep::unwatched() };
            self.pass_barrier(chart);
            self.now.unwatched = !begins;
        }
        self.superstep = superstep;
    }

    /// Counts what surely leads to where the run does not go at once, and makes this superstep the one before.
    fn pass_barrier(&mut self, chart: &mut Chart) {
        let mut next = Superstep::default();
        let mut taken = Vec::new();
        for (&shape, ran) in &self.now.ran {
            for &link in chart.leaving(shape) {
                let (kind, target) = (chart.kind(link), chart.target(link));
                let leads_to = chart.shape(target);
                if leads_to.per_item || Some(shape) == chart.start() {
                    next.ran.entry(target).or_default();
                }
                let comes_later = leads_to.deferred || [ShapeKind::End, ShapeKind::Join].contains(&leads_to.kind);
                if comes_later && ran.well && is_always_taken(kind) && !self.now.spent.contains(&target) {
                    taken.push(link);
                }
            }
        }
        if self.now.unwatched {
            let workers = chart.shapes().filter(|(_, shape)| shape.per_item);
            next.ran.extend(workers.map(|(worker, _)| (worker, Ran::default())));
        }
        if !self.now.guard_opened {
            self.end_reached |= taken.iter().any(|&link| Some(chart.target(link)) == chart.end());
            for link in taken {
                chart.take(link);
            }
        }
        self.before = std::mem::replace(&mut self.now, next);
        self.failed = None;
        self.inner.clear();
    }

    fn started(&mut self, chart: &mut Chart, task: &Task) {
        let Some(shape) = chart.find(&task.node) else { return };
        let ran = self.now.ran.entry(shape).or_default();
        if !std::mem::replace(&mut ran.surely, true) {
            chart.visit(shape);
            self.came_to(chart, shape);
        }
    }

    fn completed(&mut self, chart: &mut Chart, task: &Task) {
        let Some(shape) = chart.find(&task.node) else { return };
        let recovered = self.failed.take() == Some((shape, task.item));
        let ran = self.now.ran.entry(shape).or_default();
        ran.recovered |= recovered;
        ran.well |= !recovered;
        chart.end_task(shape);
        let inner = self.inner.remove(&(shape, task.item)).filter(|_| !recovered);
        if let (Some(mut inner), Some(inside)) = (inner, chart.inside(shape)) {
            inner.finish(inside, inner.superstep);
        }
    }

    fn opened(&mut self, chart: &mut Chart, valve: &Valve) {
        let (shape, kind) = match valve {
            Valve::Visits { node, .. } => (chart.find(node), EdgeKind::VisitLimit),
            Valve::Guard { name } => (chart.find(&guard_id(name)), EdgeKind::Guard),
        };
        let Some(shape) = shape else { return };
        match valve {
            Valve::Visits { .. } => self.now.spent.push(shape),
            Valve::Guard { .. } => {
                self.now.guard_opened = true;
                chart.visit(shape);
            }
        }
        let valve = chart.leaving(shape).iter().copied().find(|&link| chart.kind(link) == kind);
        if let Some(valve) = valve {
            self.now.instead.push(chart.target(valve));
            self.end_reached |= Some(chart.target(valve)) == chart.end();
            chart.take(valve);
        }
    }

    fn finish(&mut self, chart: &mut Chart, superstep: u64) {
        // A run that was over before anybody watched tells its end only.
        if self.superstep > 0
            && let Some(end) = chart.end()
        {
            self.enter(chart, superstep);
            self.pass_barrier(chart);
            chart.visit(end);
            if !self.end_reached {
                self.came_to(chart, end);
            }
        }
        *self = Self::default();
    }

    /// Counts the edges that the run surely took to where it is.
    fn came_to(&self, chart: &mut Chart, shape: usize) {
        if chart.shape(shape).deferred {
            // It may have been led there at any earlier barrier; what surely leads there was counted then.
            if let &[link] = chart.arriving(shape)
                && is_chosen(chart, link)
            {
                chart.take(link);
            }
            return;
        }
        if self.before.guard_opened {
            return;
        }
        let mut surely = Vec::new();
        let mut maybe = Vec::new();
        for &link in chart.arriving(shape) {
            match self.before.taken(chart, link) {
                Taken::Surely => surely.push(link),
                Taken::Maybe => maybe.push(link),
                Taken::No => {}
            }
        }
        if surely.is_empty() && maybe.len() == 1 && !self.before.instead.contains(&shape) {
            surely = maybe;
        }
        for link in surely {
            chart.take(link);
        }
    }
}
