//! The failed attempts at the tasks of the current superstep.

use council_core::journal::StoredRecord;

/// The agents of the current superstep that have failed and have not ended since, the last one last.
#[derive(Default)]
pub(super) struct FailedAttempts(Vec<FailedAgent>);

struct FailedAgent {
    node: String,
    /// The number of its failed attempts.
    attempts: u32,
}

impl FailedAttempts {
    /// Follows a record that was applied.
    pub(super) fn follow(&mut self, record: &StoredRecord<'_>) {
        match record {
            StoredRecord::TaskFailed { node, .. } => {
                let attempts = self.remove(node).map_or(0, |earlier| earlier.attempts);
                let attempts = attempts.saturating_add(1);
                self.0.push(FailedAgent { node: node.to_string(), attempts });
            }
            StoredRecord::TaskDone { committed: None, node, .. } => drop(self.remove(node)),
            StoredRecord::TaskDone { .. } | StoredRecord::Committed(_) | StoredRecord::Merged {} => self.0.clear(),
            _ => {}
        }
    }

    /// The agent whose failure is the cause of the failure of the run, and the number of its last attempt. `None` if no agent is the cause,
    /// but a limit for example.
    pub(super) fn cause_of(&self, error: &str) -> Option<(&str, u32)> {
        // The error begins with the name of the node, whether the node returned an error, panicked or took too long.
        let error = error.strip_prefix("node `")?;
        let failed = self
            .0
            .iter()
            .rfind(|failed| error.strip_prefix(failed.node.as_str()).is_some_and(|rest| rest.starts_with("` ")))?;
        Some((&failed.node, failed.attempts))
    }

    fn remove(&mut self, node: &str) -> Option<FailedAgent> {
        let place = self.0.iter().position(|failed| failed.node == node)?;
        Some(self.0.remove(place))
    }
}
