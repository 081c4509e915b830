//! How records change the progress of a graph.

use super::next::Next;
use super::progress::{Place, Progress};
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::record::StoredRecord;
use crate::journal::format::successors::StoredSuccessors;
use crate::journal::replay_error::ReplayError;

impl<U> Progress<U> {
    /// Applies a record of a subgraph; `path` leads to it.
    pub(super) fn apply_nested(
        &mut self,
        path: &[StoredTask<'_>],
        record: &StoredRecord<'_>,
    ) -> Result<(), ReplayError> {
        let Some((StoredTask { node, item }, path)) = path.split_first() else { return Ok(()) };
        let place = self.place(node, *item)?;
        let task = self.task(place);
        if let (StoredRecord::Started { next, .. }, []) = (record, path) {
            task.nested = Some(Box::new(Progress::started(next)?));
            return Ok(());
        }
        let nested = task.nested.as_mut().ok_or_else(|| ReplayError::NoSubgraph { node: node.to_string() })?;
        if path.is_empty() { nested.apply(record) } else { nested.apply_nested(path, record) }
    }
}

impl Progress<()> {
    /// Applies a record of this graph.
    fn apply(&mut self, record: &StoredRecord<'_>) -> Result<(), ReplayError> {
        match record {
            StoredRecord::TaskDone { node, item, committed, .. } => {
                let place = self.place(node, *item)?;
                match committed {
                    None => self.end((place, ())),
                    Some(committed) => self.complete(Some(place), committed)?,
                }
                Ok(())
            }
            StoredRecord::Committed(committed) => self.complete(None, committed),
            StoredRecord::Merged {} => {
                self.check_complete(None)?;
                drop(self.merge());
                Ok(())
            }
            StoredRecord::TaskFailed { node, item, error, retry_at } => self.fail(node, *item, error, *retry_at),
            record => self.apply_question(record),
        }
    }

    fn complete(&mut self, last: Option<Place>, successors: &StoredSuccessors<'_>) -> Result<(), ReplayError> {
        let next = Next::read(successors)?;
        self.check_complete(last)?;
        self.commit(next);
        Ok(())
    }
}
