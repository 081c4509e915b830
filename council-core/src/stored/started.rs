//! The first record of a run, or of a subgraph.

use std::borrow::Cow;

use super::snapshot::write_position;
use super::write::{RecordWriter, Written};
use crate::journal::format::record::StoredRecord;
use crate::plan::position::Position;
use crate::state::State;

impl<'a, S: State> RecordWriter<'a, S> {
    /// The record of the start of a run or a subgraph: with its input, or with its position if that has already changed. The record of
    /// a run has its program, which contains the programs of its subgraphs.
    pub(crate) fn started(
        &self,
        position: &'a Position<S>,
        is_subgraph: bool,
        held: bool,
    ) -> Written<StoredRecord<'a>> {
        let graph = Cow::Borrowed(self.graph.name.as_str());
        let program = (!is_subgraph).then_some(Cow::Borrowed(&self.graph.program));
        let mut next: Vec<_> = position.open_tasks().map(|task| Cow::Borrowed(task.node)).collect();
        next.dedup();
        Ok(if position.is_fresh() {
            StoredRecord::Started { graph, program, input: self.codec.write_state(position.state())?, next, held }
        } else {
            let position = Box::new(write_position(self.graph, self.codec, position)?);
            StoredRecord::StartedAt { graph, program, position, next, held }
        })
    }
}
