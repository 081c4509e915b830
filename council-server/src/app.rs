//! What the handlers share.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::access::Access;
use crate::http::error::ApiError;
use crate::metrics::Metrics;
use crate::runs::handle::RunHandle;
use crate::runs::registry::Runs;
use crate::store::Store;
use crate::store::readiness::ReadinessCheck;

/// What the handlers share.
pub(crate) struct App {
    pub(crate) runs: Arc<Runs>,
    pub(crate) store: Arc<Store>,
    pub(crate) access: Arc<Access>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: ReadinessCheck,
    pub(crate) send_timeout: Duration,
    /// How long a body may take.
    pub(crate) read_timeout: Duration,
    /// One for each who may watch at once.
    pub(crate) watchers: Arc<Semaphore>,
    /// How often a watcher has to show that it is there.
    pub(crate) ping: Duration,
    /// Connections and the sockets that came out of them.
    pub(crate) tasks: TaskTracker,
    /// The server is gone; whatever is left ends at once.
    pub(crate) gone: CancellationToken,
}

impl App {
    /// One of the places for those who watch, held as long as they do.
    pub(crate) fn watcher_permit(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.watchers).try_acquire_owned().map_err(|_| ApiError::TooManyWatchers)
    }
}

pub(crate) type SharedApp = State<Arc<App>>;

pub(crate) type Query = RawQuery;

/// The id in the path; one that is no UTF-8 names no path of ours.
pub(crate) type PathId = Result<Path<String>, PathRejection>;

pub(crate) fn path_id(id: PathId) -> Result<String, ApiError> {
    id.map(|Path(id)| id).map_err(|_| ApiError::NotFound)
}

pub(crate) async fn find_run(app: &App, id: PathId) -> Result<Arc<RunHandle>, ApiError> {
    Ok(app.runs.find(&path_id(id)?).await?)
}
