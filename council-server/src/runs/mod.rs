//! All runs of the server: started, found, drained, and forgotten when there are too many.

mod entry;
mod log;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use council_core::{Graph, Limits, Run};
use council_llm::Council;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use uuid::Uuid;

pub(crate) use self::entry::RunEntry;
pub(crate) use self::log::Watch;
use crate::Config;

/// The runs that the server knows.
pub(crate) struct Runs {
    graph: Graph<Council>,
    limits: Limits,
    keep: usize,
    grace: Duration,
    watcher_queue: usize,
    known: Mutex<Known>,
    supervisors: TaskTracker,
    /// No new run is taken; running ones stop at their barrier.
    draining: CancellationToken,
    /// The server is gone; running ones stop at once.
    gone: CancellationToken,
}

#[derive(Default)]
struct Known {
    runs: HashMap<Arc<str>, Arc<RunEntry>>,
    /// The ended ones, in the order in which they ended.
    ended: VecDeque<Arc<str>>,
}

/// The server is about to end and takes no new run.
#[derive(Debug)]
pub(crate) struct Draining;

impl Runs {
    pub(crate) fn new(config: &Config, graph: Graph<Council>, gone: CancellationToken) -> Self {
        Self {
            graph,
            limits: config.limits,
            keep: config.keep_runs,
            grace: config.grace,
            watcher_queue: config.watcher_queue,
            known: Mutex::default(),
            supervisors: TaskTracker::new(),
            draining: CancellationToken::new(),
            gone,
        }
    }

    /// Starts a run.
    pub(crate) fn start(self: &Arc<Self>, topic: String) -> Result<Arc<RunEntry>, Draining> {
        let id: Arc<str> = Uuid::new_v4().to_string().into();
        let council = Council::new(topic);
        let entry = RunEntry::new(Arc::clone(&id), council.clone(), self.watcher_queue, self.gone.child_token());
        let entry = Arc::new(entry);
        // The lock keeps a run from slipping in between the last look of `drain` and its end.
        let mut known = self.known();
        if self.draining.is_cancelled() {
            return Err(Draining);
        }
        known.runs.insert(Arc::clone(&id), Arc::clone(&entry));
        let observed = Arc::clone(&entry);
        // Nobody reads the run's own queue.
        let run = self
            .graph
            .run(council)
            .id(id)
            .limits(self.limits)
            .buffer(0)
            .observe(move |event| observed.observe(event))
            .start();
        let last = LastWord { runs: Arc::clone(self), entry: Arc::clone(&entry) };
        self.supervisors.spawn(last.supervise(run));
        drop(known);
        info!(run = %entry.id(), "run started");
        Ok(entry)
    }

    /// The run with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<RunEntry>> {
        self.known().runs.get(id).cloned()
    }

    /// Takes no new run, stops the running ones at their next barrier, and waits until all have ended: the grace at most.
    pub(crate) async fn drain(&self) {
        {
            let _known = self.known();
            self.draining.cancel();
            self.supervisors.close();
        }
        info!(runs = self.supervisors.len(), "draining");
        self.supervisors.wait().await;
    }

    fn forget_oldest(&self, ended: &RunEntry) {
        let mut known = self.known();
        known.ended.push_back(Arc::clone(ended.id()));
        while known.ended.len() > self.keep {
            if let Some(oldest) = known.ended.pop_front() {
                known.runs.remove(&oldest);
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has the last word on a run: when it is dropped, however that comes about, the run has a last event.
struct LastWord {
    runs: Arc<Runs>,
    entry: Arc<RunEntry>,
}

impl LastWord {
    /// Waits for the run to end or to be ended. Leaving drops the run, and that stops its tasks.
    async fn supervise(self, mut run: Run<Council>) {
        tokio::select! {
            _ = &mut run => {}
            () = self.entry.stopped() => {}
            () = self.runs.draining.cancelled() => {
                run.cancel();
                tokio::select! {
                    _ = timeout(self.runs.grace, &mut run) => {}
                    () = self.entry.stopped() => {}
                }
                // Those that did not reach their barrier.
                self.entry.cancel();
            }
        }
    }
}

impl Drop for LastWord {
    fn drop(&mut self) {
        self.entry.close();
        self.runs.forget_oldest(&self.entry);
        let run = self.entry.id();
        if let Some(error) = self.entry.failure() {
            warn!(%run, error, "run failed");
        } else {
            info!(%run, status = ?self.entry.status(), "run ended");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use council_core::{NodeResult, StateGraph};

    async fn forever(_: &Council) -> NodeResult<Council> {
        std::future::pending().await
    }

    fn runs(gone: &CancellationToken) -> Arc<Runs> {
        let mut graph = StateGraph::<Council>::new("endless");
        let node = graph.node("node", forever);
        graph.start(node);
        graph.end(node);
        Arc::new(Runs::new(&Config::default(), graph.compile().unwrap(), gone.clone()))
    }

    /// Whatever ends the task that minds a run, its watchers have a last event and the close that follows it.
    #[tokio::test]
    async fn a_run_that_is_lost_has_a_last_event() {
        let gone = CancellationToken::new();
        let runs = runs(&gone);
        let entry = runs.start("Rust".to_owned()).unwrap();
        let mut live = entry.watch(0).live.unwrap();
        gone.cancel();
        let mut last = None;
        while let Ok(event) = timeout(Duration::from_secs(30), live.recv()).await.unwrap() {
            last = Some(event);
        }
        let last = last.unwrap();
        assert!(last.contains(r#""event":"run_failed""#), "{last}");
        assert!(last.contains(r#""error":"the run was lost before its end""#), "{last}");
        assert!(entry.watch(0).live.is_none());
    }

    #[tokio::test]
    async fn nothing_starts_once_the_server_drains() {
        let runs = runs(&CancellationToken::new());
        runs.drain().await;
        assert!(runs.start("Rust".to_owned()).is_err());
    }
}
