//! The position of a subgraph, stored in the task of the outer graph that runs it.

use std::any::Any;

use super::position::Position;
use crate::node::erased::NestedPosition;
use crate::node::memory::{PendingAnswer, RefusedAnswer};
use crate::state::State;
use crate::types::path::Path;
use crate::types::question::Ask;

impl<T: State + Clone> NestedPosition for Position<T> {
    fn copy(&self) -> Box<dyn NestedPosition> {
        Box::new(self.clone())
    }

    fn asks(&self, before: &str, asks: &mut Vec<Ask>) {
        self.list_asks(before, asks);
    }

    fn answer(&mut self, id: &str, answer: &str) -> Result<PendingAnswer, RefusedAnswer> {
        self.take_answer(id, answer)
    }

    fn open_paths(&self, path: &Path, all: &mut Vec<Path>) {
        self.list_open_paths(path, all);
    }

    fn open_nodes(&self, before: &str, all: &mut Vec<String>) {
        self.list_open_nodes(before, all);
    }

    fn acknowledge_pause(&mut self) {
        Self::acknowledge_pause(self);
    }

    fn end_waits(&mut self) {
        Self::end_waits(self);
    }
}

/// The nested position as a position of a `T`, if it has this type.
pub(crate) fn position<T: State>(nested: &mut dyn NestedPosition) -> Option<&mut Position<T>> {
    (nested as &mut dyn Any).downcast_mut()
}
