//! Retries of runs that have failed, or were cancelled, rejected or stopped by a limit, and of runs that cannot go on by themselves.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use council_core::journal::{
    AppendRequest, Entry, Envelope, Head, JournalError, RawJson, ReopenError, Status, StoredRecord, reopen,
};
use council_core::{RunBuilder, State};
use council_llm::Council;
use tracing::info;

use super::admission::Admission;
use super::handle::RunHandle;
use super::idempotency::KeyedRequest;
use super::models::ChangedModels;
use super::registry::Runs;
use super::resume::{LoadedRun, ResumeError};
use super::retry_blueprint::RetryBlueprint;
use super::retry_error::RetryError;
use super::start::StartError;
use super::summary::Summary;
use crate::wire::status::RunStatus;
use crate::wire::time::now;

/// A run that was retried.
pub(crate) struct RetriedRun {
    pub(crate) run: Arc<RunHandle>,
    /// Why the run does not use the saved blueprint, if its graph differs.
    pub(crate) note: Option<String>,
}

impl Runs {
    /// Takes a run up again from its last position. The retry is in the journal when this returns. The repeat of a request with a key
    /// changes nothing.
    pub(crate) async fn retry(
        self: &Arc<Self>,
        id: &str,
        request: Option<KeyedRequest>,
    ) -> Result<RetriedRun, RetryError> {
        // A task of its own completes it even if the client disconnects.
        let retry = Arc::clone(self).retry_to_end(id.to_owned(), request);
        self.supervisors.spawn(retry).await.unwrap_or(Err(StartError::Draining.into()))
    }

    async fn retry_to_end(
        self: Arc<Self>,
        id: String,
        request: Option<KeyedRequest>,
    ) -> Result<RetriedRun, RetryError> {
        let _turn = match &request {
            Some(_) => Some(self.turns.wait(id.as_str().into()).await),
            None => None,
        };
        let known = self.find(&id).await?;
        if let Some(request) = &request
            && known.requests.contain(request)?
        {
            let note = self.retry_blueprint(&known).await?.note;
            return Ok(RetriedRun { run: known, note });
        }
        let retried = if known.stalled().is_some() {
            self.retry_stalled(known, request).await?
        } else {
            known.can_be_retried()?;
            self.retry_ended(&id, request).await?
        };
        self.metrics.run_retried();
        info!(run = %retried.run.id(), "run retried");
        Ok(retried)
    }

    /// Resumes a run that cannot go on by itself, with the present models. Nothing changes if it still cannot go on.
    async fn retry_stalled(
        self: &Arc<Self>,
        run: Arc<RunHandle>,
        request: Option<KeyedRequest>,
    ) -> Result<RetriedRun, RetryError> {
        let blueprint = self.retry_blueprint(&run).await?;
        run.requests.add(request.clone());
        let resumed = self.resume_stalled(&run, &blueprint).await;
        if resumed.is_err() {
            run.requests.remove(request.as_ref());
        }
        resumed?;
        Ok(RetriedRun { run, note: blueprint.note })
    }

    async fn resume_stalled(
        self: &Arc<Self>,
        handle: &Arc<RunHandle>,
        blueprint: &RetryBlueprint,
    ) -> Result<(), RetryError> {
        let _control = handle.control.lock().await;
        // Another retry may have been faster.
        let reason = handle.stalled().ok_or_else(|| RetryError::NotEnded(handle.id().to_string()))?;
        if self.draining.is_cancelled() {
            return Err(StartError::Draining.into());
        }
        let run = self.load_with_present_models(handle, blueprint).await;
        let run = run.map_err(|source| handle.cannot_resume(source, blueprint))?;
        let admission = self.admission().admit_accepted();
        let started = self.start_or_queue(handle, run, admission).await;
        if started.is_err() {
            handle.stall(reason);
        }
        Ok(started?)
    }

    async fn retry_ended(self: &Arc<Self>, id: &str, request: Option<KeyedRequest>) -> Result<RetriedRun, RetryError> {
        // Watchers of the ended run keep its old handle.
        let stored = self.stored(id).await?;
        let handle = self.handle_of(&stored)?;
        handle.can_be_retried()?;
        // The request is stored with the records of the retry.
        handle.requests.add(request);
        let blueprint = self.retry_blueprint(&handle).await?;
        let control = handle.control.lock().await;
        let admission = self.admit_retry(&handle)?;
        let retried = self.retry_admitted(&handle, &blueprint, admission).await;
        handle.is_in_retry.store(false, Ordering::Release);
        drop(control);
        if retried.is_err() {
            self.remove_if_ended(&handle);
        }
        retried?;
        Ok(RetriedRun { run: handle, note: blueprint.note })
    }

    /// Admits the run as a new run, and puts its handle into memory. Of several retries at the same time one is admitted.
    fn admit_retry(&self, handle: &Arc<RunHandle>) -> Result<Admission, RetryError> {
        let mut live = self.live();
        if self.draining.is_cancelled() {
            return Err(StartError::Draining.into());
        }
        if let Some(known) = live.get(handle.id()) {
            known.can_be_retried()?;
        }
        let admission = self.admission().admit().map_err(StartError::from)?;
        self.put_last(handle);
        self.evict_paused(&mut live);
        handle.is_in_retry.store(true, Ordering::Release);
        live.insert(Arc::clone(handle.id()), Arc::clone(handle));
        Ok(admission)
    }

    async fn retry_admitted(
        self: &Arc<Self>,
        handle: &Arc<RunHandle>,
        blueprint: &RetryBlueprint,
        admission: Admission,
    ) -> Result<(), RetryError> {
        if let Err(error) = self.make_resumable(handle, blueprint).await {
            self.give_back(admission);
            return Err(error);
        }
        let status = handle.status();
        if status == RunStatus::Paused {
            self.give_back(admission);
            return self.store_present_models(handle, blueprint).await;
        }
        match self.load_with_present_models(handle, blueprint).await {
            Ok(run) => {
                match self.start_or_queue(handle, run, admission).await {
                    // Its reopening is in the journal, so it goes on once the journal can be written.
                    Err(_) if status == RunStatus::Pending => self.enqueue(handle),
                    // Another server or program was faster.
                    Err(StartError::Journal(JournalError::Conflict { .. })) => {
                        return Err(RetryError::NotEnded(handle.id().to_string()));
                    }
                    started => started?,
                }
            }
            Err(source) => {
                self.give_back(admission);
                if status != RunStatus::Pending {
                    return Err(handle.cannot_resume(source, blueprint));
                }
                self.enqueue(handle);
            }
        }
        Ok(())
    }

    /// Loads a run, so that it goes on with the present models. Their change is recorded with the start.
    async fn load_with_present_models(
        &self,
        handle: &RunHandle,
        blueprint: &RetryBlueprint,
    ) -> Result<RunBuilder<Council>, ResumeError> {
        let LoadedRun { graph, mut position, changed_models } = self.load_for_retry(handle, blueprint).await?;
        if let Some(update) = present_models(handle, changed_models, blueprint) {
            position.edit(RETRY, update);
        }
        let limits = self.limits(&graph, handle);
        Ok(graph.resume(position).limits(limits))
    }

    /// Stores the change of the models of a paused run, so that its chair resumes it with the present models.
    async fn store_present_models(&self, handle: &RunHandle, blueprint: &RetryBlueprint) -> Result<(), RetryError> {
        let loaded = self.load_for_retry(handle, blueprint).await;
        let loaded = loaded.map_err(|source| handle.cannot_resume(source, blueprint))?;
        let Some(update) = present_models(handle, loaded.changed_models, blueprint) else { return Ok(()) };
        // The summary names the blueprint, which is deleted once no summary names it.
        let stored = update.stored_blueprint.clone().flatten().or_else(|| handle.stored_blueprint());
        let blueprints = stored.iter().flat_map(|stored| stored.hashes()).map(str::to_owned).collect();
        let summary = Summary { blueprints, ..handle.summary() };
        let head = Head::new(loaded.graph.name(), handle.journal_status()).summary(summary.into_text());
        let update = RawJson::of(&update).expect("names become JSON");
        let edit = Envelope::new(StoredRecord::Edited { by: RETRY.into(), update, instead: None });
        let entry = Entry::new(now(), edit.to_json());
        let append = AppendRequest::new(handle.id().as_ref(), handle.record_count(), vec![entry]).head(head);
        self.store.journal.append(append).await?;
        Ok(self.catch_up(handle).await?)
    }

    async fn load_for_retry(&self, handle: &RunHandle, blueprint: &RetryBlueprint) -> Result<LoadedRun, ResumeError> {
        match blueprint.mended.as_deref() {
            Some(mended) => self.load_with(handle, Some(mended)).await,
            None => self.load(handle).await,
        }
    }

    /// Reopens the run, if it was closed. Before that nothing is changed if the run cannot resume.
    async fn make_resumable(&self, handle: &RunHandle, blueprint: &RetryBlueprint) -> Result<(), RetryError> {
        let run = || handle.id().to_string();
        let loaded = self.load_for_retry(handle, blueprint).await;
        loaded.map_err(|source| handle.cannot_resume(source, blueprint))?;
        // It may have been retried since it was read.
        if !handle.status().is_final() {
            return Err(RetryError::NotEnded(run()));
        }
        match handle.journal_status() {
            Status::Finished => return Err(RetryError::NothingLeft(run())),
            Status::Closed => {}
            _ => return Ok(()),
        }
        let summary = Summary { error: None, cancelled: false, ..handle.summary() };
        match reopen(&self.store.journal, handle.id(), Some(summary.into_text())).await {
            Ok(()) => Ok(self.catch_up(handle).await?),
            Err(ReopenError::Journal(fault)) => Err(fault.into()),
            Err(_) => Err(RetryError::NotEnded(run())),
        }
    }
}

/// The change of a run that goes on with the present models; `None` if it has them.
fn present_models(
    handle: &RunHandle,
    changed_models: Option<ChangedModels>,
    blueprint: &RetryBlueprint,
) -> Option<<Council as State>::Update> {
    match (changed_models, &blueprint.mended) {
        (Some(changed), _) => Some(Council::update().models(changed.accepted())),
        (None, Some(mended)) => {
            let name = mended.name_after(handle.stored_blueprint().as_deref());
            // A run of an earlier version of this program has the whole blueprint in its state.
            Some(Council::update().stored_blueprint(Arc::new(name)).blueprint(None))
        }
        (None, None) => None,
    }
}

impl RunHandle {
    fn cannot_resume(&self, source: ResumeError, blueprint: &RetryBlueprint) -> RetryError {
        RetryError::Load { run: self.id().to_string(), note: blueprint.note.clone(), source: Box::new(source) }
    }

    fn can_be_retried(&self) -> Result<(), RetryError> {
        match self.status() {
            RunStatus::Completed => Err(RetryError::Completed(self.id().to_string())),
            status if !status.is_final() || self.is_in_retry.load(Ordering::Acquire) => {
                Err(RetryError::NotEnded(self.id().to_string()))
            }
            _ => Ok(()),
        }
    }
}

/// The name of the editor in the records.
const RETRY: &str = "a retry";
