//! Starts runs.

use std::sync::Arc;

use council_core::journal::JournalError;
use council_llm::{Blueprint, BlueprintError};
use tracing::info;
use uuid::Uuid;

use super::admission::QueueFull;
use super::handle::RunHandle;
use super::registry::Runs;

/// The parameters of a new run.
pub(crate) struct Start {
    pub(crate) topic: String,
    /// Whether the run pauses before each node.
    pub(crate) god_mode: bool,
    /// The blueprint; `None` for the built-in council.
    pub(crate) blueprint: Option<Arc<Blueprint>>,
}

/// The error of a run that cannot start or resume.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The server is shutting down.
    #[error("The server is shutting down.")]
    Draining,
    /// The run cannot be stored.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The queue is full.
    #[error(transparent)]
    QueueFull(#[from] QueueFull),
    /// The graph cannot be built: a model is not available, or the blueprint has faults.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

impl Runs {
    /// Starts or queues a run. It is in the journal when this returns.
    pub(crate) async fn start(self: &Arc<Self>, start: Start) -> Result<Arc<RunHandle>, StartError> {
        let Start { topic, god_mode, blueprint } = start;
        self.store.check_file()?;
        let graph = self.councils.graph(blueprint.as_deref())?;
        let council = self.councils.council(blueprint.clone(), topic);
        // Ids of version 7 sort by time.
        let id: Arc<str> = Uuid::now_v7().to_string().into();
        let handle = RunHandle::new(Arc::clone(&id), god_mode, blueprint, self.watcher_queue, self.gone.child_token());
        let handle = Arc::new(handle);
        let admission = {
            // `drain` takes the same lock, so no run starts after it.
            let mut live = self.live();
            if self.draining.is_cancelled() {
                return Err(StartError::Draining);
            }
            let admission = self.admission().admit()?;
            self.evict_paused(&mut live);
            live.insert(id, Arc::clone(&handle));
            admission
        };
        self.start_or_queue(&handle, graph.run(council).limits(self.limits(&graph, &handle)), admission).await?;
        info!(run = %handle.id(), "run started");
        Ok(handle)
    }
}
