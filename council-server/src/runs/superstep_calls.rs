//! The calls of models in the current superstep, which are not in the state of the run yet.

use council_core::State;
use council_core::journal::StoredRecord;
use council_core::reduce::FieldUpdate;
use council_llm::{CallRecord, Council, Usage};

/// The calls of the agents in the current superstep, oldest first: the calls in the memory of open tasks, and the calls of tasks that have
/// ended while other tasks are at work. The state contains these calls once the superstep is complete.
#[derive(Default)]
pub(super) struct SuperstepCalls(Vec<CallRecord>);

impl SuperstepCalls {
    /// Follows a record that was applied. `ended` are the calls in its update; `is_open` says whether a task of a node is open.
    pub(super) fn follow(&mut self, record: &StoredRecord<'_>, ended: Vec<CallRecord>, is_open: impl Fn(&str) -> bool) {
        match record {
            // The record of a block may come after the end of its task.
            StoredRecord::Once { node, value, .. } if is_open(node) => self.0.extend(CallRecord::in_once(value)),
            StoredRecord::TaskDone { node, committed: None, .. } => {
                self.0.retain(|call| call.node != **node);
                self.0.extend(ended);
            }
            StoredRecord::TaskDone { .. } | StoredRecord::Committed(_) | StoredRecord::Merged {} => self.0.clear(),
            _ => {}
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &CallRecord> {
        self.0.iter()
    }

    pub(super) fn usage(&self) -> Usage {
        self.iter().map(|call| call.usage).sum()
    }
}

/// The calls in an update that the state does not contain when its record is applied, because other tasks of the superstep are open.
pub(super) fn calls_of_ended_task(
    record: &StoredRecord<'_>,
    update: Option<&<Council as State>::Update>,
) -> Vec<CallRecord> {
    match (record, update.map(|update| &update.calls)) {
        (StoredRecord::TaskDone { committed: None, .. }, Some(FieldUpdate::Reduce(calls))) => calls.clone(),
        _ => Vec::new(),
    }
}
