//! Minding one run: from its start, or from where it stands in the journal, until it ends, pauses, or the server does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use council_core::journal::{JournalError, close};
use council_core::stored::LoadError;
use council_core::{Detail, Failure, Outcome, RunBuilder, RunError, StopReason};
use council_llm::Council;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::{error, info, warn};

use super::handle::RunHandle;
use super::queue::RunPermit;
use super::registry::Runs;
use super::resume::ResumeError;
use super::start::StartError;
use super::summary::Summary;
use crate::error_text::{chain, without_place};
use crate::lock::Lock;

/// One run on its way.
pub(super) struct RunDriver {
    runs: Arc<Runs>,
    entry: Arc<RunHandle>,
    /// Whoever waits until the run has begun, or gone on: that is when its first record is in the journal.
    begun: Arc<StartSignal>,
    _permit: RunPermit,
}

type StartSignal = Lock<Option<oneshot::Sender<Result<(), StartError>>>>;

/// What became of an attempt to run on.
enum AttemptEnd {
    /// There is nothing more to do.
    Done,
    /// The journal could not be written; later it may be.
    JournalFailed(JournalError),
}

impl Runs {
    /// Lets a run go on its way, in a task of its own, and waits until that is in the journal. If it cannot be written, the run
    /// stays where it is.
    pub(super) async fn drive_and_confirm(
        self: &Arc<Self>,
        entry: &Arc<RunHandle>,
        run: RunBuilder<Council>,
        permit: RunPermit,
    ) -> Result<(), StartError> {
        let (begun, has_begun) = oneshot::channel();
        self.spawn_driver(entry, Some(run), permit, Some(begun));
        has_begun.await.unwrap_or(Err(StartError::Draining))
    }

    /// The same for a run that nobody has asked for just now; without a builder it goes on from the journal. Where that cannot be
    /// written, it waits.
    pub(super) fn spawn_driver(
        self: &Arc<Self>,
        entry: &Arc<RunHandle>,
        run: Option<RunBuilder<Council>>,
        permit: RunPermit,
        begun: Option<oneshot::Sender<Result<(), StartError>>>,
    ) {
        entry.drivers.fetch_add(1, Ordering::AcqRel);
        let begun = Arc::new(Lock::new(begun));
        let driver = RunDriver { runs: Arc::clone(self), entry: Arc::clone(entry), begun, _permit: permit };
        self.supervisors.spawn(driver.drive_to_end(run));
    }
}

impl RunDriver {
    async fn drive_to_end(self, first: Option<RunBuilder<Council>>) {
        let mut next = first;
        let mut pause = FIRST_PAUSE;
        loop {
            let run = match next.take() {
                Some(run) => run,
                None => match self.runs.load(&self.entry).await {
                    Ok((graph, position)) => graph.resume(position).limits(self.runs.limits(&graph)),
                    Err(ResumeError::Load(LoadError::Journal(fault))) => {
                        self.entry.set_stall_reason(without_place(&fault));
                        if self.wait(&mut pause).await {
                            continue;
                        }
                        return;
                    }
                    Err(fault) => {
                        self.entry.set_stall_reason(chain(&fault));
                        return warn!(run = %self.entry.id(), error = %chain(&fault), "run does not go on");
                    }
                },
            };
            let before = self.entry.record_count();
            let AttemptEnd::JournalFailed(fault) = self.attempt(run).await else { break };
            if self.refuse_start(&fault) || matches!(fault, JournalError::Conflict { .. }) {
                break;
            }
            error!(run = %self.entry.id(), error = %chain(&fault), "the run waits for its journal");
            self.entry.set_stall_reason(without_place(&fault));
            if self.entry.record_count() > before {
                pause = FIRST_PAUSE;
            }
            if !self.wait(&mut pause).await {
                return;
            }
        }
    }

    /// Waits before another attempt, each time for longer; says whether one is still wanted.
    async fn wait(&self, pause: &mut Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(*pause) => {}
            () = self.entry.stop.cancelled() => return false,
            () = self.runs.draining.cancelled() => return false,
        }
        *pause = (*pause * 2).min(LONGEST_PAUSE);
        true
    }

    /// Runs until the run ends or is ended. Leaving drops the run, and that stops its tasks.
    async fn attempt(&self, run: RunBuilder<Council>) -> AttemptEnd {
        let records = Arc::new(AtomicU64::new(0));
        let mut run = self.configure(run, Arc::clone(&records)).start();
        let outcome = tokio::select! {
            outcome = &mut run => outcome,
            () = self.entry.stop.cancelled() => return AttemptEnd::Done,
            () = self.runs.draining.cancelled() => {
                run.cancel();
                tokio::select! {
                    outcome = timeout(self.runs.grace, &mut run) => match outcome {
                        Ok(outcome) => outcome,
                        // It did not come to its barrier; what it was doing is done again at the next start.
                        Err(_) => return AttemptEnd::Done,
                    },
                    () = self.entry.stop.cancelled() => return AttemptEnd::Done,
                }
            }
        };
        match outcome {
            Ok(Outcome::Stopped { reason, .. }) if reason != StopReason::Cancelled => self.close_stopped(reason).await,
            Ok(Outcome::Paused { position }) => {
                self.entry.keep_position(records.load(Ordering::Acquire), position);
                AttemptEnd::Done
            }
            Ok(_) => AttemptEnd::Done,
            Err(error) => self.on_error(&error),
        }
    }

    /// Sets how the run is recorded and observed. `stored` is kept at the number of records that it has stored.
    fn configure(&self, run: RunBuilder<Council>, stored: Arc<AtomicU64>) -> RunBuilder<Council> {
        let (saved, observed) = (Arc::clone(&self.entry), Arc::clone(&self.entry));
        let (counted, counts) = (Arc::clone(&self.runs.metrics), Arc::clone(&self.runs.metrics));
        let begun = Arc::clone(&self.begun);
        let god_mode = self.entry.god_mode();
        let run = run
            .id(Arc::clone(self.entry.id()))
            .journal(Arc::clone(&self.runs.store.journal))
            .summary(move |council, failure| Summary::to_json(council, god_mode, failure))
            .on_saved(move |records| {
                let before = saved.usage();
                saved.apply(records.first, records.entries);
                stored.store(records.first + records.entries.len() as u64, Ordering::Release);
                counted.tokens_used(before, saved.usage());
                signal_start(&begun, || Ok(()));
            })
            .observe_in(Detail::TASKS | Detail::TOKENS, move |event| observed.observe(event, &counts))
            // Nobody reads the run's own queue.
            .buffer(0);
        if god_mode { run.pause_always() } else { run }
    }

    /// A limit ends a run of the server for good.
    async fn close_stopped(&self, reason: StopReason) -> AttemptEnd {
        let why = format!("the run was stopped by {reason}");
        let summary = Summary { error: Some(why.clone()), ..self.entry.summary() };
        match close(&self.runs.store.journal, self.entry.id(), &why, Some(summary.into_text())).await {
            Ok(()) => {}
            Err(council_core::journal::CloseError::Journal(fault)) => return AttemptEnd::JournalFailed(fault),
            Err(ended) => warn!(run = %self.entry.id(), error = %ended, "not closed"),
        }
        match self.runs.catch_up(&self.entry).await {
            Ok(()) => AttemptEnd::Done,
            Err(fault) => AttemptEnd::JournalFailed(fault),
        }
    }

    fn on_error(&self, error: &RunError<Council>) -> AttemptEnd {
        match error.failure() {
            Failure::Journal { source } => {
                if let JournalError::Conflict { .. } = source {
                    warn!(run = %self.entry.id(), error = %chain(error), "somebody else has the run");
                }
                AttemptEnd::JournalFailed(source.clone())
            }
            _ => AttemptEnd::Done,
        }
    }

    /// Tells whoever waits for the beginning that there is none; says whether it was still waited for, or had been until the
    /// client left.
    fn refuse_start(&self, fault: &JournalError) -> bool {
        signal_start(&self.begun, || Err(StartError::Journal(fault.clone())))
    }
}

impl Drop for RunDriver {
    fn drop(&mut self) {
        signal_start(&self.begun, || Err(StartError::Draining));
        self.entry.drivers.fetch_sub(1, Ordering::AcqRel);
        self.runs.remove_if_ended(&self.entry);
        self.runs.report_end(&self.entry);
        let status = self.entry.status();
        if !status.is_final() {
            info!(run = %self.entry.id(), status = status.name(), "run waits");
        }
    }
}

/// Tells, once, how the beginning went.
fn signal_start(begun: &StartSignal, how: impl FnOnce() -> Result<(), StartError>) -> bool {
    let waiting = begun.lock().take();
    waiting.map(|waiting| waiting.send(how())).is_some()
}

/// How long a run waits for a journal that cannot be written before it tries again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
