//! Starting a run.

use std::sync::Arc;

use council_core::journal::JournalError;
use council_llm::{Blueprint, BlueprintError, Council};
use tracing::info;
use uuid::Uuid;

use super::admission::QueueFull;
use super::handle::RunHandle;
use super::registry::Runs;

/// What a run is started with.
pub(crate) struct Start {
    pub(crate) topic: String,
    /// Whether it pauses before each node.
    pub(crate) god_mode: bool,
    /// What it is made by; the built-in council without one.
    pub(crate) blueprint: Option<Arc<Blueprint>>,
}

/// Why a run was not started, or does not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The server is about to end and takes no new run.
    #[error("The server is about to end and takes no new run.")]
    Draining,
    /// The run cannot be stored.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Too many wait already.
    #[error(transparent)]
    QueueFull(#[from] QueueFull),
    /// There is no graph for it: a model cannot be had, or the blueprint is none that could run.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

impl Runs {
    /// Starts a run. It is in the journal when this returns.
    pub(crate) async fn start(self: &Arc<Self>, start: Start) -> Result<Arc<RunHandle>, StartError> {
        let Start { topic, god_mode, blueprint } = start;
        self.store.check_file()?;
        let graph = self.councils.graph(blueprint.as_deref())?;
        let council = match blueprint {
            Some(blueprint) => Council::of(blueprint, topic),
            None => Council::new(topic),
        };
        // Ids of one server sort as they were made.
        let id: Arc<str> = Uuid::now_v7().to_string().into();
        let entry = RunHandle::new(Arc::clone(&id), god_mode, self.watcher_queue, self.gone.child_token());
        let entry = Arc::new(entry);
        let admission = {
            // The lock keeps a run from slipping in between the last look of `drain` and its end.
            let mut live = self.live();
            if self.draining.is_cancelled() {
                return Err(StartError::Draining);
            }
            let admission = self.admission().admit()?;
            self.evict_paused(&mut live);
            live.insert(id, Arc::clone(&entry));
            admission
        };
        self.start_or_queue(&entry, graph.run(council).limits(self.limits(&graph)), admission).await?;
        info!(run = %entry.id(), "run started");
        Ok(entry)
    }
}
