//! One superstep as its events describe it, and the edges that were taken at its barrier.

use std::collections::HashMap;

use super::counts::Counts;
use crate::drawing::{LinkKind, ShapeKind};

/// One superstep and the barrier after it.
#[derive(Default)]
pub(super) struct Superstep {
    /// The shapes that ran, and the workers that may have been sent no items, which emit no events.
    pub(super) ran: HashMap<usize, Ran>,
    /// Whether other shapes may have run too, because the superstep was not observed.
    pub(super) unwatched: bool,
    /// Whether a guard opened: then no other edge is taken.
    pub(super) guard_opened: bool,
    /// The nodes whose visit limit is reached, so that no edge leads there.
    pub(super) spent: Vec<usize>,
    /// The targets of the valves that opened.
    pub(super) instead: Vec<usize>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Ran {
    pub(super) surely: bool,
    /// Whether a task of it succeeded without its error handler: then the run takes all its plain edges, fan-outs and joins.
    pub(super) well: bool,
    /// Whether its error handler recovered a task of it, and may have sent the run elsewhere.
    pub(super) recovered: bool,
}

/// Whether an edge was taken at the last barrier, given that the run has reached its target.
pub(super) enum Taken {
    Surely,
    Maybe,
    No,
}

impl Superstep {
    /// The state before the first superstep.
    pub(super) fn start(counts: &mut Counts) -> Self {
        let mut superstep = Self::default();
        if let Some(start) = counts.start() {
            counts.visit(start);
            superstep.ran.insert(start, Ran { surely: true, well: true, recovered: false });
        }
        superstep
    }

    pub(super) fn unwatched() -> Self {
        Self { unwatched: true, ..Self::default() }
    }

    /// What is known of a shape, if it may have run.
    fn ran(&self, shape: usize) -> Option<Ran> {
        self.ran.get(&shape).copied().or_else(|| self.unwatched.then(Ran::default))
    }

    /// Whether the run took this edge at the barrier after it.
    pub(super) fn taken(&self, counts: &Counts, link: usize) -> Taken {
        let kind = counts.kind(link);
        let source = counts.source(link);
        if counts.shape(source).kind == ShapeKind::Join {
            return self.fired(counts, source);
        }
        match (kind, self.ran(source)) {
            // Valves have events of their own.
            (LinkKind::VisitLimit | LinkKind::Guard, _) | (_, None) => Taken::No,
            (LinkKind::Error, Some(ran)) if ran.surely && !ran.recovered && !self.unwatched => Taken::No,
            (kind, Some(ran)) if ran.well && is_always_taken(kind) => Taken::Surely,
            (_, Some(_)) => Taken::Maybe,
        }
    }

    /// Whether a join fired: not if none of its sources ran, and certainly if all ran in this superstep.
    fn fired(&self, counts: &Counts, join: usize) -> Taken {
        let sources: Vec<_> = counts.arriving(join).iter().map(|&link| self.ran(counts.source(link))).collect();
        if sources.iter().all(|source| source.is_some_and(|ran| ran.well)) {
            Taken::Surely
        } else if sources.iter().any(Option::is_some) {
            Taken::Maybe
        } else {
            Taken::No
        }
    }
}

/// Whether edges of this kind are always taken after a node that succeeded, whatever the state.
pub(super) fn is_always_taken(kind: LinkKind) -> bool {
    matches!(kind, LinkKind::Edge | LinkKind::FanOut | LinkKind::Join)
}

/// Whether an edge is neither taken always nor a valve.
pub(super) fn is_chosen(counts: &Counts, link: usize) -> bool {
    let fires = counts.shape(counts.source(link)).kind == ShapeKind::Join;
    let kind = counts.kind(link);
    fires || !(is_always_taken(kind) || matches!(kind, LinkKind::VisitLimit | LinkKind::Guard))
}
