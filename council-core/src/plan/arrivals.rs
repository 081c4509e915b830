//! Arrivals at a join: its sources that have run since it last fired.

use smallvec::SmallVec;

/// Which sources of a join have run since it last fired.
#[derive(Clone)]
pub(crate) struct Arrivals {
    arrived: SmallVec<[bool; 16]>,
    /// The number of sources that have not run.
    pub(crate) open: usize,
}

impl Arrivals {
    pub(crate) fn waiting(sources: usize) -> Self {
        Self { arrived: SmallVec::from_elem(false, sources), open: sources }
    }

    pub(crate) fn sources(&self) -> usize {
        self.arrived.len()
    }

    pub(crate) fn arrive(&mut self, source: u32) {
        if !std::mem::replace(&mut self.arrived[source as usize], true) {
            self.open -= 1;
        }
    }

    pub(crate) fn has_begun(&self) -> bool {
        self.open > 0 && self.open < self.arrived.len()
    }

    pub(crate) fn here(&self) -> impl Iterator<Item = usize> {
        (0..self.arrived.len()).filter(|source| self.arrived[*source])
    }

    pub(crate) fn missing(&self) -> Vec<usize> {
        (0..self.arrived.len()).filter(|source| !self.arrived[*source]).collect()
    }
}
