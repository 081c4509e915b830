//! Where a subgraph stands, kept in the task of the outer graph that runs it.

use std::any::Any;

use super::position::Position;
use crate::node::erased::Kept;
use crate::node::memory::Given;
use crate::state::State;
use crate::types::question::{AnswerError, Ask};

impl<T: State + Clone> Kept for Position<T> {
    fn copy(&self) -> Box<dyn Kept> {
        Box::new(self.clone())
    }

    fn asks(&self, before: &str, asks: &mut Vec<Ask>) {
        self.list_asks(before, asks);
    }

    fn answer(&mut self, before: &str, id: &str, answer: &str) -> Option<Result<Given, AnswerError>> {
        self.take_answer(before, id, answer)
    }
}

/// The position that is kept, if it is one of this state.
pub(crate) fn position<T: State>(kept: &mut dyn Kept) -> Option<&mut Position<T>> {
    (kept as &mut dyn Any).downcast_mut()
}
