//! The messages of all model calls of a run, rebuilt from its records.

use std::sync::Arc;

use council_core::journal::{Entry, ReplayError, StoredRecord};
use council_core::projection::TypedRecord;
use council_llm::Call;

use super::handle::RunHandle;
use super::projection::CouncilProjection;
use super::registry::{FindError, Runs};
use crate::wire::chair::{ChairState, Message};

impl Runs {
    /// The state of a run for its chair; `None` if the run has no chair.
    pub(crate) async fn chair_state(self: &Arc<Self>, run: &RunHandle) -> Result<Option<ChairState>, FindError> {
        let Some((mut state, records)) = run.chair_state() else { return Ok(None) };
        let stored = self.stored(run.id()).await?;
        let records = usize::try_from(records).unwrap_or(usize::MAX).min(stored.entries.len());
        state.current_state.messages = messages(&stored.entries[..records])
            .map_err(|source| FindError::Unreadable { run: run.id().to_string(), source })?;
        Ok(Some(state))
    }
}

/// The messages of each completed call. The request is rebuilt from the state that the agent has read.
fn messages(entries: &[Entry]) -> Result<Vec<Message>, ReplayError> {
    let mut projection = CouncilProjection::new(false);
    let mut messages = Vec::new();
    for Entry { at, json } in entries {
        let record = TypedRecord::read(json)?;
        if let (StoredRecord::TaskDone { node, .. }, Some(update)) = (&record.envelope.record, record.update()) {
            let calls = Call::rebuild(projection.council(), node, update);
            messages.extend(calls.iter().flat_map(Message::of));
        }
        projection.fold(record, *at, &mut |_| {})?;
    }
    Ok(messages)
}
