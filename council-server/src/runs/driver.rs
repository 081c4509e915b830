//! Drives one run until it ends, pauses, or the server shuts down; repeats attempts while the journal fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use council_core::journal::{CloseError, JournalError, close};
use council_core::stored::LoadError;
use council_core::{Detail, EventKind, Failure, Outcome, Run, RunBuilder, RunError, StopReason, error_chain};
use council_llm::Council;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::{info, warn};

use super::handle::RunHandle;
use super::queue::RunPermit;
use super::registry::Runs;
use super::resume::{LoadedRun, ResumeError};
use super::start::StartError;
use super::start_signal::{StartSignal, signal_start};
use super::storing::{FIRST_DELAY, StoringJournal, next_delay};
use super::summary::Summary;
use crate::error_text::for_clients;
use crate::lock::Lock;

/// The driver of one run.
pub(super) struct RunDriver {
    runs: Arc<Runs>,
    handle: Arc<RunHandle>,
    /// Signals that the start or the resume is in the journal, or has failed.
    start_signal: Arc<StartSignal>,
    permit: Arc<RunPermit>,
}

/// How an attempt ended.
enum AttemptEnd {
    /// The run has ended, paused or stopped.
    Done,
    /// The journal failed; another attempt may succeed.
    JournalFailed(JournalError),
}

impl Runs {
    /// Drives a run in a task of its own, and waits until its start or resume is in the journal. If the journal fails, the run stays
    /// where it is.
    pub(super) async fn drive_and_confirm(
        self: &Arc<Self>,
        handle: &Arc<RunHandle>,
        run: RunBuilder<Council>,
        permit: RunPermit,
    ) -> Result<(), StartError> {
        let (start_signal, started) = oneshot::channel();
        self.spawn_driver(handle, Some(run), permit, Some(start_signal));
        started.await.unwrap_or(Err(StartError::Draining))
    }

    /// Drives a run in a task of its own. Without a builder it resumes the stored run. If nobody waits for the start, it repeats the
    /// attempt while the journal fails.
    pub(super) fn spawn_driver(
        self: &Arc<Self>,
        handle: &Arc<RunHandle>,
        run: Option<RunBuilder<Council>>,
        permit: RunPermit,
        start_signal: Option<oneshot::Sender<Result<(), StartError>>>,
    ) {
        handle.drivers.fetch_add(1, Ordering::AcqRel);
        handle.set_pending(None);
        let start_signal = Arc::new(Lock::new(start_signal));
        let driver =
            RunDriver { runs: Arc::clone(self), handle: Arc::clone(handle), start_signal, permit: Arc::new(permit) };
        self.supervisors.spawn(driver.drive_to_end(run));
    }
}

impl RunDriver {
    async fn drive_to_end(self, first: Option<RunBuilder<Council>>) {
        let mut next = first;
        let mut delay = FIRST_DELAY;
        loop {
            let run = match next.take() {
                Some(run) => run,
                None => match self.runs.load(&self.handle).await {
                    Ok(LoadedRun { changed_models: Some(changed), .. }) => return self.give_up(changed.to_string()),
                    Ok(LoadedRun { graph, position, .. }) => {
                        graph.resume(position).limits(self.runs.limits(&graph, &self.handle))
                    }
                    Err(ResumeError::Load(LoadError::Journal(fault))) => {
                        self.handle.set_stall_reason(for_clients(&fault));
                        if self.wait(&mut delay).await {
                            continue;
                        }
                        return;
                    }
                    Err(fault) => return self.give_up(error_chain(&fault)),
                },
            };
            let before = self.handle.record_count();
            let AttemptEnd::JournalFailed(fault) = self.attempt(run).await else { break };
            if self.refuse_start(&fault) || matches!(fault, JournalError::Conflict { .. }) {
                break;
            }
            warn!(run = %self.handle.id(), error = %error_chain(&fault), "the journal failed: the run waits");
            self.handle.set_stall_reason(for_clients(&fault));
            if self.handle.record_count() > before {
                delay = FIRST_DELAY;
            }
            if !self.wait(&mut delay).await {
                return;
            }
        }
    }

    /// Leaves a run that cannot go on to a retry, or to the next start of a server.
    fn give_up(&self, reason: String) {
        warn!(run = %self.handle.id(), error = reason, "cannot resume a run");
        self.handle.stall(reason);
    }

    /// Waits before the next attempt, each time longer. Returns whether one is still wanted.
    async fn wait(&self, delay: &mut Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(*delay) => {}
            () = self.handle.stop.cancelled() => return false,
            () = self.runs.draining.cancelled() => return false,
        }
        *delay = next_delay(*delay);
        true
    }

    /// Executes the run until it halts. A return in the middle drops the run, which stops its tasks.
    async fn attempt(&self, run: RunBuilder<Council>) -> AttemptEnd {
        let records = Arc::new(AtomicU64::new(0));
        let mut run = self.configure(run, Arc::clone(&records)).start();
        let outcome = tokio::select! {
            outcome = &mut run => outcome,
            () = self.handle.stop.cancelled() => return AttemptEnd::Done,
            () = self.runs.draining.cancelled() => {
                let drained = tokio::select! {
                    drained = self.drain(&mut run) => drained,
                    () = self.handle.stop.cancelled() => None,
                };
                let Some(outcome) = drained else { return AttemptEnd::Done };
                outcome
            }
        };
        match outcome {
            Ok(Outcome::Stopped { reason, .. }) if reason != StopReason::Cancelled => self.close_stopped(reason).await,
            Ok(Outcome::Paused { position }) => {
                self.handle.keep_position(records.load(Ordering::Acquire), position);
                AttemptEnd::Done
            }
            Ok(_) => AttemptEnd::Done,
            Err(error) => self.on_error(&error),
        }
    }

    /// Stops the run at its next barrier. After the grace it is stopped at once, and its running agents are repeated at the next start.
    async fn drain(&self, run: &mut Run<Council>) -> Option<Result<Outcome<Council>, RunError<Council>>> {
        run.cancel();
        if let Ok(outcome) = timeout(self.runs.grace, &mut *run).await {
            return Some(outcome);
        }
        run.canceller().cancel_now();
        timeout(LAST_RECORDS, run).await.ok()
    }

    /// Connects the run to the journal, the event log and the metrics. `stored` counts the records that it has stored.
    fn configure(&self, run: RunBuilder<Council>, stored: Arc<AtomicU64>) -> RunBuilder<Council> {
        let [saved, observed, summarized] = [(); 3].map(|()| Arc::clone(&self.handle));
        let (counted, counts) = (Arc::clone(&self.runs.metrics), Arc::clone(&self.runs.metrics));
        let start_signal = Arc::clone(&self.start_signal);
        let journal = StoringJournal {
            journal: Arc::clone(&self.runs.store.journal),
            handle: Arc::clone(&self.handle),
            start_signal: Arc::clone(&self.start_signal),
        };
        let god_mode = self.handle.god_mode();
        self.handle.clear_work();
        // A run that is dropped may outlive its driver for a moment, and must not take a place then.
        let (waiting, working) = (Arc::downgrade(&self.permit), Arc::downgrade(&self.permit));
        let run = run
            .id(Arc::clone(self.handle.id()))
            .journal(journal)
            .summary(move |council, failure| summarized.summary_of(council).with_failure(failure))
            .on_saved(move |records| {
                let before = saved.usage();
                saved.apply(records.first, records.entries);
                stored.store(records.first + records.entries.len() as u64, Ordering::Release);
                counted.tokens_used(before, saved.usage());
                if let Some(permit) = waiting.upgrade() {
                    permit.follow(&saved);
                }
                signal_start(&start_signal, || Ok(()));
            })
            .observe_in(Detail::TASKS | Detail::TOKENS | Detail::CUSTOM, move |event| {
                observed.observe(event, &counts);
                if matches!(event.kind, EventKind::Token { .. }) {
                    return;
                }
                observed.follow_work(event);
                if let Some(permit) = working.upgrade() {
                    permit.follow(&observed);
                }
            })
            // The queue of events is not used.
            .buffer(0);
        if god_mode { run.pause_always() } else { run }
    }

    /// Closes a run that a limit has stopped.
    async fn close_stopped(&self, reason: StopReason) -> AttemptEnd {
        let why = format!("the run was stopped by {reason}");
        let summary = Summary { error: Some(why.clone()), ..self.handle.summary() };
        match close(&self.runs.store.journal, self.handle.id(), &why, Some(summary.into_text())).await {
            Ok(()) => {}
            Err(CloseError::Journal(fault)) => return AttemptEnd::JournalFailed(fault),
            Err(ended) => warn!(run = %self.handle.id(), error = %ended, "cannot close a run"),
        }
        match self.runs.catch_up(&self.handle).await {
            Ok(()) => AttemptEnd::Done,
            Err(fault) => AttemptEnd::JournalFailed(fault),
        }
    }

    fn on_error(&self, error: &RunError<Council>) -> AttemptEnd {
        match error.failure() {
            Failure::Journal { source } => {
                if let JournalError::Conflict { .. } = source {
                    warn!(run = %self.handle.id(), error = %error_chain(error), "another driver has the run");
                }
                AttemptEnd::JournalFailed(source.clone())
            }
            _ => AttemptEnd::Done,
        }
    }

    /// Signals that the start has failed. Returns whether a client had waited for it.
    fn refuse_start(&self, fault: &JournalError) -> bool {
        signal_start(&self.start_signal, || Err(StartError::Journal(fault.clone())))
    }
}

impl Drop for RunDriver {
    fn drop(&mut self) {
        signal_start(&self.start_signal, || Err(StartError::Draining));
        self.handle.drivers.fetch_sub(1, Ordering::AcqRel);
        self.runs.remove_if_ended(&self.handle);
        self.runs.report_end(&self.handle);
        let status = self.handle.status();
        if !status.is_final() {
            info!(run = %self.handle.id(), status = status.name(), "run waits");
        }
    }
}

/// How long the last records of a run that is stopped at once may take.
const LAST_RECORDS: Duration = Duration::from_secs(1);
