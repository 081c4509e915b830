//! Minding one run: from its start, or from where it stands in the journal, until it ends, pauses, or the server does.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use council_core::journal::{JournalError, LoadError, close};
use council_core::{Detail, Failure, Outcome, RunBuilder, RunError, StopReason};
use council_llm::Council;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::{error, info, warn};

use super::entry::RunEntry;
use super::load::NotLoaded;
use super::queue::Turn;
use super::registry::Runs;
use super::start::StoppedShort;
use super::summary::Summary;
use crate::error_text::{chain, without_place};

/// One run on its way.
pub(super) struct Drive {
    runs: Arc<Runs>,
    entry: Arc<RunEntry>,
    /// Whoever waits until the run has begun, or gone on: that is when its first record is in the journal.
    begun: Arc<Begun>,
    _turn: Turn,
}

type Begun = Mutex<Option<oneshot::Sender<Result<(), StoppedShort>>>>;

/// What became of an attempt to run on.
enum Ended {
    /// There is nothing more to do.
    Over,
    /// The journal could not be written; later it may be.
    Broken(JournalError),
}

impl Runs {
    /// Lets a run go on its way, in a task of its own, and waits until that is in the journal. If it cannot be written, the run
    /// stays where it is.
    pub(super) async fn drive(
        self: &Arc<Self>,
        entry: &Arc<RunEntry>,
        run: RunBuilder<Council>,
        turn: Turn,
    ) -> Result<(), StoppedShort> {
        let (begun, has_begun) = oneshot::channel();
        self.mind(entry, Some(run), turn, Some(begun));
        has_begun.await.unwrap_or(Err(StoppedShort::Draining))
    }

    /// The same for a run that nobody has asked for just now; without a builder it goes on from the journal. Where that cannot be
    /// written, it waits.
    pub(super) fn mind(
        self: &Arc<Self>,
        entry: &Arc<RunEntry>,
        run: Option<RunBuilder<Council>>,
        turn: Turn,
        begun: Option<oneshot::Sender<Result<(), StoppedShort>>>,
    ) {
        entry.drives.fetch_add(1, Ordering::AcqRel);
        let begun = Arc::new(Mutex::new(begun));
        let drive = Drive { runs: Arc::clone(self), entry: Arc::clone(entry), begun, _turn: turn };
        self.supervisors.spawn(drive.mind_to_the_end(run));
    }
}

impl Drive {
    async fn mind_to_the_end(self, first: Option<RunBuilder<Council>>) {
        let mut next = first;
        let mut pause = FIRST_PAUSE;
        loop {
            let run = match next.take() {
                Some(run) => run,
                None => match self.runs.loaded(&self.entry).await {
                    Ok((graph, position)) => graph.resume(position).limits(self.runs.limits(&graph)),
                    Err(NotLoaded::Load(LoadError::Journal(fault))) => {
                        self.entry.trouble(without_place(&fault));
                        if self.wait(&mut pause).await {
                            continue;
                        }
                        return;
                    }
                    Err(fault) => {
                        self.entry.trouble(chain(&fault));
                        return warn!(run = %self.entry.id(), error = %chain(&fault), "run does not go on");
                    }
                },
            };
            let before = self.entry.records();
            let Ended::Broken(fault) = self.mind(run).await else { break };
            if self.refuse(&fault) || matches!(fault, JournalError::Conflict { .. }) {
                break;
            }
            error!(run = %self.entry.id(), error = %chain(&fault), "the run waits for its journal");
            self.entry.trouble(without_place(&fault));
            if self.entry.records() > before {
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
    async fn mind(&self, run: RunBuilder<Council>) -> Ended {
        let mut run = self.set_up(run).start();
        let outcome = tokio::select! {
            outcome = &mut run => outcome,
            () = self.entry.stop.cancelled() => return Ended::Over,
            () = self.runs.draining.cancelled() => {
                run.cancel();
                tokio::select! {
                    outcome = timeout(self.runs.grace, &mut run) => match outcome {
                        Ok(outcome) => outcome,
                        // It did not come to its barrier; what it was doing is done again at the next start.
                        Err(_) => return Ended::Over,
                    },
                    () = self.entry.stop.cancelled() => return Ended::Over,
                }
            }
        };
        match outcome {
            Ok(Outcome::Stopped { reason, .. }) if reason != StopReason::Cancelled => self.give_up(reason).await,
            Ok(_) => Ended::Over,
            Err(error) => self.failed(&error),
        }
    }

    fn set_up(&self, run: RunBuilder<Council>) -> RunBuilder<Council> {
        let (saved, observed) = (Arc::clone(&self.entry), Arc::clone(&self.entry));
        let (counted, counts) = (Arc::clone(&self.runs.metrics), Arc::clone(&self.runs.metrics));
        let begun = Arc::clone(&self.begun);
        let god_mode = self.entry.god_mode();
        let run = run
            .id(Arc::clone(self.entry.id()))
            .journal(Arc::clone(&self.runs.store.journal))
            .summary(move |council, failure| Summary::keep(council, god_mode, failure))
            .on_saved(move |records| {
                let before = saved.usage();
                saved.take(records.first, records.entries);
                counted.used(before, saved.usage());
                tell(&begun, || Ok(()));
            })
            .observe_in(Detail::TASKS | Detail::TOKENS, move |event| observed.observe(event, &counts))
            // Nobody reads the run's own queue.
            .buffer(0);
        if god_mode { run.pause_always() } else { run }
    }

    /// A limit ends a run of the server for good.
    async fn give_up(&self, reason: StopReason) -> Ended {
        let why = format!("the run was stopped by {reason}");
        let summary = Summary { error: Some(why.clone()), ..self.entry.summary() };
        match close(&self.runs.store.journal, self.entry.id(), &why, Some(summary.into_text())).await {
            Ok(()) => {}
            Err(council_core::journal::CloseError::Journal(fault)) => return Ended::Broken(fault),
            Err(ended) => warn!(run = %self.entry.id(), error = %ended, "not closed"),
        }
        match self.runs.catch_up(&self.entry).await {
            Ok(()) => Ended::Over,
            Err(fault) => Ended::Broken(fault),
        }
    }

    fn failed(&self, error: &RunError<Council>) -> Ended {
        match error.failure() {
            Failure::Journal { source } => {
                if let JournalError::Conflict { .. } = source {
                    warn!(run = %self.entry.id(), error = %chain(error), "somebody else has the run");
                }
                Ended::Broken(source.clone())
            }
            _ => Ended::Over,
        }
    }

    /// Tells whoever waits for the beginning that there is none; says whether it was still waited for, or had been until the
    /// client left.
    fn refuse(&self, fault: &JournalError) -> bool {
        tell(&self.begun, || Err(StoppedShort::Journal(fault.clone())))
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        tell(&self.begun, || Err(StoppedShort::Draining));
        self.entry.drives.fetch_sub(1, Ordering::AcqRel);
        self.runs.forget(&self.entry);
        self.runs.say_ended(&self.entry);
        let status = self.entry.status();
        if !status.is_final() {
            info!(run = %self.entry.id(), status = status.name(), "run waits");
        }
    }
}

/// Tells, once, how the beginning went.
fn tell(begun: &Begun, how: impl FnOnce() -> Result<(), StoppedShort>) -> bool {
    let waiting = begun.lock().unwrap_or_else(PoisonError::into_inner).take();
    waiting.map(|waiting| waiting.send(how())).is_some()
}

/// How long a run waits for a journal that cannot be written before it tries again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
