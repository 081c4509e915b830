//! All runs of the server: started, found, answered, drained, and taken up again when the server starts.

mod chair;
mod crowd;
mod document;
mod drive;
mod entry;
mod gauge;
mod history;
mod log;
mod queue;
mod rounds;
mod standing;
mod summary;
mod superstep;
mod turns;
mod unreadable;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use council_core::journal::{JournalError, LoadError, ReadFrom, RunFilter, Status as Stored};
use council_core::{Graph, Limits, Position};
use council_llm::{Blueprint, BlueprintError, Council};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};
use uuid::Uuid;

pub(crate) use self::chair::{Action, Answer, Changes, NotAnswered};
pub(crate) use self::entry::RunEntry;
pub(crate) use self::gauge::NotReady;
pub(crate) use self::log::{Told, Watch};
use self::turns::{Full, Turns};
use crate::error_text::chain;
use crate::metrics::Metrics;
use crate::store::Store;
use crate::{Config, Councils};

/// The runs that the server knows. Those that have ended are in the journal alone.
pub(crate) struct Runs {
    councils: Councils,
    store: Arc<Store>,
    metrics: Arc<Metrics>,
    limits: Limits,
    keep: Option<u64>,
    grace: Duration,
    watcher_queue: usize,
    /// The runs that have not ended.
    live: Mutex<HashMap<Arc<str>, Arc<RunEntry>>>,
    /// Which of them are at work.
    turns: Mutex<Turns<Arc<RunEntry>>>,
    supervisors: TaskTracker,
    /// Whether the runs that an earlier server left unfinished have been taken up.
    taken_up: AtomicBool,
    /// How many paused runs are in the journal alone.
    paused: AtomicUsize,
    /// From how many runs in memory on it is looked who need not be there.
    crowd: AtomicUsize,
    /// No new run is taken; running ones stop at their barrier.
    draining: CancellationToken,
    /// The server is gone; running ones stop at once.
    gone: CancellationToken,
}

/// Why a run was not started, or does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoppedShort {
    /// The server is about to end and takes no new run.
    #[error("The server is about to end and takes no new run.")]
    Draining,
    /// The run cannot be stored.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Too many wait already.
    #[error(transparent)]
    Full(#[from] Full),
    /// There is no graph for it: a model cannot be had, or the blueprint is none that could run.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

/// What a run is started with.
pub(crate) struct Start {
    pub(crate) topic: String,
    /// Whether it pauses before each node.
    pub(crate) god_mode: bool,
    /// What it is made by; the built-in council without one.
    pub(crate) blueprint: Option<Arc<Blueprint>>,
}

/// Why a run does not go on from where it stands in the journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotLoaded {
    /// It does not fit its graph any more.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its graph cannot be had.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

/// Why a run cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotFound {
    /// The journal does not know it.
    #[error("Run '{0}' not found.")]
    Unknown(String),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(JournalError),
    /// What it holds is of another version.
    #[error("Run '{run}' cannot be read")]
    Unreadable {
        run: String,
        #[source]
        source: unreadable::Unreadable,
    },
}

impl Runs {
    pub(crate) fn new(
        config: &Config,
        councils: Councils,
        store: Arc<Store>,
        metrics: Arc<Metrics>,
        gone: CancellationToken,
    ) -> Self {
        Self {
            councils,
            store,
            metrics,
            limits: config.limits,
            keep: config.kept_runs(),
            grace: config.grace,
            watcher_queue: config.watcher_queue,
            live: Mutex::default(),
            turns: Mutex::new(Turns::new(config.max_runs, config.max_waiting)),
            supervisors: TaskTracker::new(),
            taken_up: AtomicBool::new(false),
            paused: AtomicUsize::new(0),
            crowd: AtomicUsize::new(crowd::CROWD),
            draining: CancellationToken::new(),
            gone,
        }
    }

    /// What they can be runs of.
    pub(crate) fn councils(&self) -> &Councils {
        &self.councils
    }

    /// Starts a run. It is in the journal when this returns.
    pub(crate) async fn start(self: &Arc<Self>, start: Start) -> Result<Arc<RunEntry>, StoppedShort> {
        let Start { topic, god_mode, blueprint } = start;
        self.store.check()?;
        let graph = self.councils.graph(blueprint.as_deref())?;
        let council = match blueprint {
            Some(blueprint) => Council::of(blueprint, topic),
            None => Council::new(topic),
        };
        // Ids of one server sort as they were made.
        let id: Arc<str> = Uuid::now_v7().to_string().into();
        let entry = RunEntry::new(Arc::clone(&id), god_mode, self.watcher_queue, self.gone.child_token());
        let entry = Arc::new(entry);
        let admission = {
            // The lock keeps a run from slipping in between the last look of `drain` and its end.
            let mut live = self.live();
            if self.draining.is_cancelled() {
                return Err(StoppedShort::Draining);
            }
            let admission = self.turns().admit()?;
            self.let_go_of_paused(&mut live);
            live.insert(id, Arc::clone(&entry));
            admission
        };
        self.begin(&entry, graph.run(council).limits(self.limits(&graph)), admission).await?;
        info!(run = %entry.id(), "run started");
        Ok(entry)
    }

    /// The run with this id.
    pub(crate) async fn find(self: &Arc<Self>, id: &str) -> Result<Arc<RunEntry>, NotFound> {
        if let Some(entry) = self.live().get(id).cloned() {
            return Ok(entry);
        }
        let stored = match self.store.journal.read(id, ReadFrom::Record(0)).await {
            Ok(stored) if self.councils.know(&stored.head.graph) => stored,
            Ok(_) | Err(JournalError::NotFound { .. }) => return Err(NotFound::Unknown(id.to_owned())),
            Err(fault) => return Err(NotFound::Journal(fault)),
        };
        let entry = RunEntry::read(&stored, self.watcher_queue, self.gone.child_token());
        let entry = entry.map_err(|source| NotFound::Unreadable { run: id.to_owned(), source })?;
        let entry = Arc::new(entry);
        if entry.status().is_final() {
            return Ok(entry);
        }
        let entry = {
            let mut live = self.live();
            self.let_go_of_paused(&mut live);
            match live.entry(Arc::clone(entry.id())) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(place) => {
                    self.noticed(entry.status());
                    Arc::clone(place.insert(entry))
                }
            }
        };
        // It may have gone on, and even ended, between the reading and now.
        self.catch_up(&entry).await.map_err(NotFound::Journal)?;
        self.forget(&entry);
        Ok(entry)
    }

    /// Lets the runs go on that an earlier server left unfinished.
    pub(crate) async fn recover(self: Arc<Self>) {
        let unfinished = RunFilter {
            graphs: self.councils.names(),
            statuses: vec![Stored::Running, Stored::Stopped],
            ..RunFilter::default()
        };
        let runs = loop {
            match self.store.journal.runs(&unfinished).await {
                Ok(runs) => break runs,
                Err(fault) => error!(error = %chain(&fault), "unfinished runs could not be looked for"),
            }
            tokio::select! {
                () = tokio::time::sleep(RECOVERY_PAUSE) => {}
                () = self.draining.cancelled() => return,
                () = self.gone.cancelled() => return,
            }
        };
        // The oldest first.
        for run in runs.iter().rev() {
            match self.take_up(&run.run).await {
                Ok(()) => {}
                Err(fault) => warn!(run = run.run, error = %chain(&*fault), "run does not go on"),
            }
        }
        self.taken_up.store(true, Ordering::Release);
    }

    async fn take_up(self: &Arc<Self>, id: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let entry = self.find(id).await?;
        let _control = entry.control.lock().await;
        // It may have been started a moment ago.
        if !entry.is_driven() && !entry.status().is_final() {
            info!(run = id, "run goes on");
            self.wait(&entry);
        }
        Ok(())
    }

    /// Where a run stands in the journal, and the graph that it goes on in.
    async fn loaded(&self, entry: &RunEntry) -> Result<(Graph<Council>, Position<Council>), NotLoaded> {
        let graph = self.councils.graph(entry.blueprint().as_deref())?;
        let position = graph.load(&self.store.journal, entry.id()).await?;
        Ok((graph, position))
    }

    /// How far a run of this graph may go. A blueprint may go round and round without a critic who ends that, and may have a crowd
    /// of agents side by side.
    fn limits(&self, graph: &Graph<Council>) -> Limits {
        if graph.name() != Blueprint::GRAPH {
            return self.limits;
        }
        Limits {
            supersteps: self.limits.supersteps.min(Limits::default().supersteps),
            concurrency: self.limits.concurrency.or(NonZeroUsize::new(SIDE_BY_SIDE)),
            ..self.limits
        }
    }

    /// Tells of a run what is in the journal and was not told yet.
    async fn catch_up(&self, entry: &RunEntry) -> Result<(), JournalError> {
        let first = entry.records();
        let stored = self.store.journal.read(entry.id(), ReadFrom::Record(first)).await?;
        entry.take(first, &stored.entries);
        Ok(())
    }

    /// Takes no new run, stops the running ones at their next barrier, and waits until all have: the grace at most. They go on at
    /// the next start. Those who watch are let go.
    pub(crate) async fn drain(&self) {
        {
            let _live = self.live();
            self.draining.cancel();
            self.supervisors.close();
        }
        info!(runs = self.supervisors.len(), "draining");
        self.supervisors.wait().await;
        self.live().values().for_each(|entry| entry.release());
    }

    /// Leaves a run to the journal that has ended, or of which nothing was stored.
    fn forget(self: &Arc<Self>, entry: &RunEntry) {
        let is_left = entry.status().is_final() || entry.records() == 0;
        if !is_left || self.live().remove(entry.id()).is_none() {
            return;
        }
        if let Some(keep) = self.keep.filter(|_| !self.gone.is_cancelled()) {
            let runs = Arc::clone(self);
            self.supervisors.spawn(async move { runs.prune(keep).await });
        }
    }

    /// Deletes all ended runs but the newest.
    async fn prune(&self, keep: u64) {
        let statuses = vec![Stored::Finished, Stored::Failed, Stored::Closed];
        let ended = RunFilter { graphs: self.councils.names(), statuses, offset: keep, ..RunFilter::default() };
        if let Err(fault) = self.store.journal.prune(&ended).await {
            warn!(error = %chain(&fault), "old runs could not be deleted");
        }
    }

    fn live(&self) -> MutexGuard<'_, HashMap<Arc<str>, Arc<RunEntry>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long the journal is left alone before it is asked again for what is unfinished.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// How many agents of a blueprint's run call their models at the same time, unless the limits say otherwise.
const SIDE_BY_SIDE: usize = 32;
