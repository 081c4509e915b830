//! Records the start of a run, the results of its tasks, and its end.

use std::borrow::Cow;

use super::{Driver, Halt, spans};
use crate::journal::format::record::StoredRecord;
use crate::journal::status::Status;
use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::plan::tasks::SuperstepTask;
use crate::state::State;
use crate::stored::recording::Recording;
use crate::types::error_chain::error_chain;

impl<S: State> Driver<S> {
    /// Records that the run starts or continues. The record is in the journal before any task runs, except with
    /// `Durability::Exit`.
    pub(super) async fn open_journal(&self, position: &mut Position<S>) -> Result<(), Box<Failure>> {
        let Some(recording) = &self.recording else {
            position.mark_recorded();
            // From now on the run is not stored.
            position.saved = None;
            return Ok(());
        };
        if self.was_finished(position) {
            return Ok(());
        }
        self.record_opening(recording, position, Status::Running)?;
        recording.open().await?;
        position.mark_recorded();
        Ok(())
    }

    /// Records that the run is held: it starts or continues when it is resumed.
    pub(super) async fn hold_in_journal(&self, position: &mut Position<S>) -> Result<(), Box<Failure>> {
        let Some(recording) = self.recording.as_ref().filter(|_| !self.was_finished(position)) else {
            return Ok(());
        };
        self.record_opening(recording, position, Status::Stopped)?;
        recording.flush().await?;
        position.mark_recorded();
        position.saved = Some(recording.recorder.saved(Status::Stopped).await);
        Ok(())
    }

    fn record_opening(
        &self,
        recording: &Recording<S>,
        position: &Position<S>,
        status: Status,
    ) -> Result<(), Box<Failure>> {
        let graph = &self.graph.inner;
        let is_held = status == Status::Stopped;
        self.can_be_stored()?;
        if let Some(saved) = position.saved.as_ref().filter(|saved| saved.run == self.info.id) {
            if saved.status == Status::Closed {
                return Err(Box::new(Failure::Closed { run: saved.run.to_string() }));
            }
            if saved.is_upgrade {
                recording.upgraded(graph);
            }
            // Answers come first: an edit may end the task that asked.
            for given in &position.answers {
                recording.answered(given)?;
            }
            for edit in &position.edits {
                recording.edited(graph, edit)?;
            }
            recording.push(StoredRecord::Resumed { held: is_held });
        } else {
            recording.started(graph, position, is_held)?;
            if position.paused {
                recording.push(StoredRecord::Resumed { held: is_held });
            }
        }
        self.set_status(recording, position, status, None);
        Ok(())
    }

    fn set_status(&self, recording: &Recording<S>, position: &Position<S>, status: Status, failure: Option<&Failure>) {
        if let Err(error) = recording.status(&self.graph, position, status, failure) {
            spans::unwritten(&self.info.id, "summary", &error);
        }
    }

    /// Whether the run had finished before and has no new edits: then there is nothing to run or to record.
    fn was_finished(&self, position: &Position<S>) -> bool {
        let saved = position.saved.as_ref().filter(|saved| saved.run == self.info.id);
        position.edits.is_empty() && saved.is_some_and(|saved| saved.status == Status::Finished)
    }

    fn can_be_stored(&self) -> Result<(), Box<Failure>> {
        let mut parts = Vec::new();
        self.graph.inner.unstorable(&mut parts);
        if parts.is_empty() {
            return Ok(());
        }
        let parts = parts.join(", ");
        Err(Box::new(Failure::Unstorable { graph: self.graph.name().to_owned(), parts }))
    }

    /// Records that a task has succeeded. If it was `alone` in its superstep, its successors are added to the same record.
    #[inline]
    pub(super) fn record(&self, task: &SuperstepTask<S>, alone: bool) -> Result<(), Box<Halt>> {
        let Some(recording) = &self.recording else { return Ok(()) };
        let recorded = recording.done(&self.graph.inner, task, alone);
        recorded.map_err(|failure| Box::new(Halt::Fail(failure)))
    }

    /// Records the end of the run. All its records are in the journal before the end is emitted.
    pub(super) async fn close_journal(&self, position: &mut Position<S>, halt: Halt) -> Halt {
        let Some(recording) = &self.recording else {
            position.paused = matches!(halt, Halt::Pause);
            return halt;
        };
        if self.was_finished(position) {
            return halt;
        }
        // If some records cannot be written, the run can only continue from the records in the journal.
        position.saved = None;
        let (record, status) = match &halt {
            Halt::Finish => (StoredRecord::Finished {}, Status::Finished),
            Halt::Stop(reason) => (StoredRecord::Stopped { reason: reason.to_string().into() }, Status::Stopped),
            Halt::Pause => (paused(position), Status::Paused),
            Halt::Fail(failure) => match &**failure {
                Failure::WrongAnswer { .. } => (paused(position), Status::Paused),
                Failure::Journal { .. } | Failure::Unstorable { .. } => return halt,
                failure => (StoredRecord::Failed { error: error_chain(failure).into() }, Status::Failed),
            },
        };
        recording.push(record);
        position.paused = status == Status::Paused;
        let failure = match &halt {
            Halt::Fail(failure) => Some(&**failure),
            _ => None,
        };
        self.set_status(recording, position, status, failure);
        if let Err(failure) = recording.flush().await {
            return Halt::Fail(failure);
        }
        let saved = recording.recorder.saved(status).await;
        let is_whole = !matches!(&halt, Halt::Fail(failure) if matches!(**failure, Failure::Unwritable { .. }));
        position.saved = is_whole.then_some(saved);
        halt
    }
}

fn paused<S: State>(position: &Position<S>) -> StoredRecord<'_> {
    StoredRecord::Paused { nodes: position.open_nodes().into_iter().map(Cow::Owned).collect() }
}
