//! Shared state of all handlers, and their extractors.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::access::Access;
use crate::http::answers::Answers;
use crate::http::base_path::BasePath;
use crate::http::error::ApiError;
use crate::metrics::Metrics;
use crate::runs::handle::RunHandle;
use crate::runs::registry::Runs;
use crate::store::Store;
use crate::store::readiness::ReadinessCheck;

/// The state that all handlers share.
pub(crate) struct App {
    pub(crate) runs: Arc<Runs>,
    pub(crate) store: Arc<Store>,
    pub(crate) access: Arc<Access>,
    /// The path below which all routes are.
    pub(crate) base_path: BasePath,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: ReadinessCheck,
    pub(crate) answers: Arc<Answers>,
    pub(crate) send_timeout: Duration,
    /// How long the body of a request may take.
    pub(crate) read_timeout: Duration,
    /// The permits of watchers.
    pub(crate) watchers: Arc<Semaphore>,
    /// The interval of pings.
    pub(crate) ping: Duration,
    /// The tasks of connections, upgraded ones included.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the server is dropped; all tasks end at once.
    pub(crate) gone: CancellationToken,
}

impl App {
    /// Acquires a permit for a watcher, which holds it as long as it is connected.
    pub(crate) fn watcher_permit(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.watchers).try_acquire_owned().map_err(|_| ApiError::TooManyWatchers)
    }
}

pub(crate) type SharedApp = State<Arc<App>>;

/// The parameters in the path. A path that is not UTF-8 has no route.
pub(crate) struct PathParams<T>(pub(crate) T);

/// The id in the path.
pub(crate) type PathId = PathParams<String>;

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for PathParams<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(params) = Path::from_request_parts(parts, state).await.map_err(|_| ApiError::NotFound)?;
        Ok(Self(params))
    }
}

/// The run with the id in the path.
pub(crate) struct PathRun(pub(crate) Arc<RunHandle>);

impl FromRequestParts<Arc<App>> for PathRun {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let PathParams(id): PathId = PathParams::from_request_parts(parts, app).await?;
        Ok(Self(app.runs.find(&id).await?))
    }
}
