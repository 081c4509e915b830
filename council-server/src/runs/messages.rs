//! The state of a run for its chair, with the messages of all model calls, rebuilt from its records.

use std::sync::Arc;

use council_core::journal::{Entry, StoredRecord};
use council_core::projection::TypedRecord;
use council_llm::Call;

use super::handle::RunHandle;
use super::log_error::LogError;
use super::projection::CouncilProjection;
use super::registry::{FindError, Runs};
use super::run_blueprint::RunBlueprints;
use crate::wire::chair::{ChairState, Message};

impl Runs {
    /// The state of a run for its chair after this many records; `None` if the run has no chair.
    pub(crate) async fn chair_state(
        self: &Arc<Self>,
        run: &RunHandle,
        records: u64,
    ) -> Result<Option<ChairState>, FindError> {
        if !run.god_mode() {
            return Ok(None);
        }
        let _permit = self.reads.acquire().await;
        let stored = self.stored(run.id()).await?;
        let records = usize::try_from(records).unwrap_or(usize::MAX).min(stored.entries.len());
        let (projection, messages) = with_messages(&self.blueprints, &stored.entries[..records])
            .map_err(|source| FindError::Unreadable { run: run.id().to_string(), source })?;
        let mut state = projection.chair_state(run.id());
        state.current_state.messages = messages;
        Ok(Some(state))
    }
}

/// The projection of the records, and the messages of each completed call. The request is rebuilt from the state that the agent has read.
fn with_messages(blueprints: &RunBlueprints, entries: &[Entry]) -> Result<(CouncilProjection, Vec<Message>), LogError> {
    let mut projection = CouncilProjection::new(true);
    let mut messages = Vec::new();
    for (number, Entry { at, json, .. }) in (0..).zip(entries) {
        let misfit = LogError::misfit(number);
        let mut record = TypedRecord::read(json).map_err(misfit)?;
        blueprints.resolve(&mut record).map_err(LogError::no_blueprint(number))?;
        if let (StoredRecord::TaskDone { node, .. }, Some(update)) = (&record.envelope.record, &record.update) {
            let calls = Call::rebuild(projection.council(), node, update);
            messages.extend(calls.iter().flat_map(Message::of));
        }
        projection.fold(record, *at, &mut |_| {}).map_err(misfit)?;
    }
    Ok((projection, messages))
}
