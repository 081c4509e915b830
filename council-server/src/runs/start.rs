//! Starts runs.

use std::sync::Arc;

use council_core::journal::JournalError;
use council_llm::BlueprintError;
use tracing::info;
use uuid::Uuid;

use super::admission::QueueFull;
use super::handle::RunHandle;
use super::idempotency::{KeyError, KeyedRequest};
use super::registry::{FindError, Runs};
use crate::store::blueprints::BlueprintStoreError;

/// The parameters of a new run.
#[derive(Default)]
pub(crate) struct Start {
    pub(crate) topic: String,
    /// Whether the run pauses before each node.
    pub(crate) god_mode: bool,
    /// The id of the blueprint; `None` for the built-in council.
    pub(crate) blueprint: Option<String>,
    /// The request of the start, if its client may repeat it.
    pub(crate) request: Option<KeyedRequest>,
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
    /// The blueprint does not exist, or cannot be read.
    #[error(transparent)]
    Blueprints(#[from] BlueprintStoreError),
    /// The key of the request belongs to another request.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The run that a repeated request has started cannot be read.
    #[error(transparent)]
    Find(#[from] FindError),
}

impl Runs {
    /// Starts or queues a run. It is in the journal when this returns. The repeat of a request with a key returns its run.
    pub(crate) async fn start(self: &Arc<Self>, start: Start) -> Result<Arc<RunHandle>, StartError> {
        let Some(request) = start.request.clone() else { return self.start_new(start).await };
        let runs = Arc::clone(self);
        // A task of its own completes it even if the client disconnects, so a repeat finds the run, or nothing of it.
        let started = async move {
            let id = request.run_id();
            let _turn = runs.turns.wait(Arc::clone(&id)).await;
            match runs.find(&id).await {
                Ok(run) if run.requests.contain(&request)? => Ok(run),
                Ok(_) => Err(request.conflict().into()),
                Err(FindError::Unknown(_)) => match runs.start_new(start).await {
                    // Another program has a run with this id in the database.
                    Err(StartError::Journal(JournalError::Conflict { .. })) => Err(request.conflict().into()),
                    started => started,
                },
                Err(error) => Err(error.into()),
            }
        };
        self.supervisors.spawn(started).await.unwrap_or(Err(StartError::Draining))
    }

    async fn start_new(self: &Arc<Self>, start: Start) -> Result<Arc<RunHandle>, StartError> {
        let Start { topic, god_mode, blueprint, request } = start;
        let blueprint = match blueprint {
            Some(id) => Some(self.blueprints.of_saved(id).await?),
            None => None,
        };
        let graph = self.graph(blueprint.as_deref())?;
        let council = self.councils.council(blueprint.as_ref().map(|blueprint| blueprint.name()), topic);
        // Ids of version 7 sort by time.
        let id = request.as_ref().map_or_else(|| Uuid::now_v7().to_string().into(), KeyedRequest::run_id);
        let (blueprints, stop) = (Arc::clone(&self.blueprints), self.gone.child_token());
        let handle = RunHandle::new(Arc::clone(&id), god_mode, blueprint, blueprints, self.watcher_queue, stop);
        handle.requests.add(request);
        self.put_last(&handle);
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
