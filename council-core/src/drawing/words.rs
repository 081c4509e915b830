//! The texts in a drawing, and the parts that the path of a run emphasises.

use super::{Drawing, Link, LinkKind, Shape, ShapeKind};

impl Drawing {
    /// Whether the drawing has the path of a run that certainly never visited the shape.
    pub(super) fn is_never_reached(&self, shape: &Shape) -> bool {
        let by_id = |id: &str| self.nodes.iter().find(|shape| shape.id == id);
        match shape.kind {
            // The visits of a join are not counted. Its sources are nodes.
            ShapeKind::Join => {
                let mut sources = self.edges.iter().filter(|link| link.target == shape.id).map(|link| &link.source);
                sources.all(|source| by_id(source).is_some_and(|source| source.visits == Some(0)))
            }
            _ => shape.visits == Some(0),
        }
    }

    /// Whether the drawing has the path of a run that certainly never took the edge: the edge is a valve that did not open, or the run
    /// never visited its source or its target.
    pub(super) fn is_never_taken(&self, link: &Link) -> bool {
        let never = |shape: &Shape| [&link.source, &link.target].contains(&&shape.id) && self.is_never_reached(shape);
        link.taken == Some(0) && (link.is_valve() || self.nodes.iter().any(never))
    }
}

impl Shape {
    /// The lines of text in the shape.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.label.clone()];
        if self.deferred {
            lines.push("when all else is done".to_owned());
        }
        if !self.notes.is_empty() {
            lines.push(self.notes.join(", "));
        }
        let visits = self.visits.filter(|&visits| visits > 0);
        lines.extend(visits.and_then(|visits| match (self.kind, self.tasks) {
            (ShapeKind::Start | ShapeKind::End | ShapeKind::Join, _) => None,
            (ShapeKind::Guard, _) => Some(opened(visits)),
            (_, Some(tasks)) => Some(format!("{}, {}", counted(visits, "visit"), counted(tasks, "task"))),
            (_, None) => Some(counted(visits, "visit")),
        }));
        lines
    }
}

impl Link {
    /// The text on the edge.
    pub(super) fn words(&self) -> Option<String> {
        let taken = self.taken.filter(|&taken| taken > 0);
        let taken = match self.kind {
            // The text is in the shape of the guard.
            LinkKind::Guard => None,
            LinkKind::VisitLimit => taken.map(opened),
            _ => taken.filter(|&taken| taken > 1).map(|taken| counted(taken, "time")),
        };
        match (&self.label, taken) {
            (Some(label), Some(taken)) => Some(format!("{label}, {taken}")),
            (Some(label), None) => Some(label.clone()),
            (None, taken) => taken,
        }
    }

    /// Whether it is a valve that opened.
    pub(super) fn is_opened_valve(&self) -> bool {
        self.is_valve() && self.is_taken()
    }

    fn is_valve(&self) -> bool {
        matches!(self.kind, LinkKind::VisitLimit | LinkKind::Guard)
    }

    pub(super) fn is_taken(&self) -> bool {
        self.taken.is_some_and(|taken| taken > 0)
    }
}

fn opened(times: u64) -> String {
    if times == 1 { "opened".to_owned() } else { format!("opened {times} times") }
}

pub(crate) fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
