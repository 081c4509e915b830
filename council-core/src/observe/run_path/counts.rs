//! A drawing with counts of visits, tasks and edges.

use std::collections::HashMap;

use crate::drawing::ids::{END_ID, START_ID};
use crate::drawing::{Drawing, LinkKind, Shape, ShapeKind};

/// A drawing with its counts, indexed for lookup. Shapes and edges are numbers.
pub(super) struct Counts {
    /// The drawing without the inside of its subgraphs.
    drawing: Drawing,
    inner: HashMap<usize, Counts>,
    shapes: HashMap<String, usize>,
    /// The source and the target of each edge.
    ends: Vec<(usize, usize)>,
    /// The edges that lead to each shape, and those that leave it.
    arriving: Vec<Vec<usize>>,
    leaving: Vec<Vec<usize>>,
}

impl Counts {
    pub(super) fn new(mut drawing: Drawing) -> Self {
        let mut inner = HashMap::new();
        let mut shapes = HashMap::new();
        for (number, shape) in drawing.nodes.iter_mut().enumerate() {
            shape.visits = (shape.kind != ShapeKind::Join).then_some(0);
            shape.tasks = shape.per_item.then_some(0);
            inner.extend(shape.inner.take().map(|drawing| (number, Self::new(*drawing))));
            shapes.insert(shape.id.clone(), number);
        }
        // The caller may have removed shapes from the drawing: edges from or to them are dropped.
        drawing.edges.retain(|link| shapes.contains_key(&link.source) && shapes.contains_key(&link.target));
        let mut arriving = vec![Vec::new(); drawing.nodes.len()];
        let mut leaving = arriving.clone();
        let mut ends = Vec::new();
        for (number, link) in drawing.edges.iter_mut().enumerate() {
            link.taken = Some(0);
            let (source, target) = (shapes[&link.source], shapes[&link.target]);
            ends.push((source, target));
            leaving[source].push(number);
            arriving[target].push(number);
        }
        Self { drawing, inner, shapes, ends, arriving, leaving }
    }

    pub(super) fn drawing(&self) -> Drawing {
        let mut drawing = self.drawing.clone();
        for (&shape, inner) in &self.inner {
            drawing.nodes[shape].inner = Some(Box::new(inner.drawing()));
        }
        drawing
    }

    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.shapes.get(id).copied()
    }

    pub(super) fn start(&self) -> Option<usize> {
        self.find(START_ID)
    }

    pub(super) fn end(&self) -> Option<usize> {
        self.find(END_ID)
    }

    pub(super) fn shape(&self, shape: usize) -> &Shape {
        &self.drawing.nodes[shape]
    }

    pub(super) fn inside(&mut self, shape: usize) -> Option<&mut Self> {
        self.inner.get_mut(&shape)
    }

    /// All shapes, by number.
    pub(super) fn shapes(&self) -> impl Iterator<Item = (usize, &Shape)> {
        self.drawing.nodes.iter().enumerate()
    }

    pub(super) fn arriving(&self, shape: usize) -> &[usize] {
        &self.arriving[shape]
    }

    pub(super) fn leaving(&self, shape: usize) -> &[usize] {
        &self.leaving[shape]
    }

    pub(super) fn kind(&self, link: usize) -> LinkKind {
        self.drawing.edges[link].kind
    }

    pub(super) fn source(&self, link: usize) -> usize {
        self.ends[link].0
    }

    pub(super) fn target(&self, link: usize) -> usize {
        self.ends[link].1
    }

    /// Counts a visit.
    pub(super) fn visit(&mut self, shape: usize) {
        *self.drawing.nodes[shape].visits.get_or_insert(0) += 1;
    }

    /// Counts a task that has ended, if the shape counts tasks.
    pub(super) fn end_task(&mut self, shape: usize) {
        self.drawing.nodes[shape].tasks.iter_mut().for_each(|tasks| *tasks += 1);
    }

    /// Counts an edge that was taken.
    pub(super) fn take(&mut self, link: usize) {
        *self.drawing.edges[link].taken.get_or_insert(0) += 1;
    }
}
