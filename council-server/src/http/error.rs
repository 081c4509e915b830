//! Errors of the API, which are answered as `{"detail": ...}`.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::host::Host;
use crate::wire::error_body::{ErrorBody, FaultsBody};
use crate::wire::fault::RequestFault;

/// An error that is answered to a client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("Not Found")]
    NotFound,
    #[error("Run '{0}' not found.")]
    RunNotFound(String),
    #[error("Method Not Allowed")]
    MethodNotAllowed,
    #[error("Not authenticated")]
    NotAuthenticated,
    /// The request has no host, several hosts, or a host that cannot be read.
    #[error("{0}")]
    InvalidHost(String),
    /// The host of the request may be a foreign name that leads to this server.
    #[error(
        "Host '{0}' is not a name of this server. If it should be one, start the server with --allowed-hosts {0} (COUNCIL_ALLOWED_HOSTS)."
    )]
    HostRefused(Host),
    #[error("Origin '{0}' is not allowed.")]
    OriginRefused(String),
    #[error("Run '{0}' has already ended.")]
    RunEnded(String),
    #[error("Run '{0}' already exists.")]
    RunExists(String),
    /// The run has not ended, or is completed.
    #[error("{0}")]
    CannotRetry(String),
    #[error("The body has more than {limit} bytes.")]
    BodyTooLarge { limit: usize },
    #[error("The body did not arrive in time.")]
    BodyTooSlow,
    #[error("The body could not be read.")]
    BodyBroken,
    #[error("This route is a WebSocket, and the request is not an upgrade: {0}")]
    NotAWebSocket(String),
    #[error("Run '{0}' is not paused in God Mode.")]
    NotPaused(String),
    #[error("No God Mode session found for run '{0}'.")]
    NoChair(String),
    #[error("The server is shutting down.")]
    Draining,
    /// The server does not accept runs at the moment.
    #[error("{0}")]
    NotReady(String),
    /// The queue of runs is full.
    #[error("{0}")]
    TooManyRuns(String),
    #[error("Too many connections are active: try again in a moment.")]
    TooManyConnections,
    #[error("Too many watchers are connected: try again later, or read the list of events.")]
    TooManyWatchers,
    #[error("Too many big answers are being sent: try again in a moment.")]
    TooManyBytes,
    /// The database cannot be read or written at the moment. The request has changed nothing.
    #[error("Runs cannot be stored or read at the moment: {0}")]
    Journal(String),
    #[error("Blueprint '{0}' not found.")]
    BlueprintNotFound(String),
    #[error("Blueprint '{0}' already exists.")]
    BlueprintExists(String),
    /// No more blueprints can be saved.
    #[error("{0}")]
    TooManyBlueprints(String),
    /// A model that the run needs is not available.
    #[error("{0}")]
    CannotResume(String),
    /// A stored run or blueprint does not fit this server.
    #[error("{0}")]
    Incompatible(String),
    /// All faults of the request.
    #[error("the request has {} faults", .0.len())]
    Invalid(Vec<RequestFault>),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::RunNotFound(_) | Self::BlueprintNotFound(_) | Self::NoChair(_) => {
                StatusCode::NOT_FOUND
            }
            Self::TooManyRuns(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAuthenticated => StatusCode::UNAUTHORIZED,
            Self::HostRefused(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::OriginRefused(_) => StatusCode::FORBIDDEN,
            Self::RunEnded(_)
            | Self::RunExists(_)
            | Self::CannotRetry(_)
            | Self::BlueprintExists(_)
            | Self::TooManyBlueprints(_) => StatusCode::CONFLICT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::InvalidHost(_) | Self::BodyBroken | Self::NotPaused(_) => StatusCode::BAD_REQUEST,
            Self::NotAWebSocket(_) => StatusCode::UPGRADE_REQUIRED,
            Self::Draining
            | Self::NotReady(_)
            | Self::TooManyConnections
            | Self::TooManyWatchers
            | Self::TooManyBytes
            | Self::Journal(_)
            | Self::CannotResume(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Incompatible(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The header that belongs to the status.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::NotAuthenticated => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::TooManyRuns(_) => Some((header::RETRY_AFTER, HeaderValue::from_static("10"))),
            Self::TooManyConnections | Self::TooManyWatchers | Self::TooManyBytes => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("1")))
            }
            Self::NotAWebSocket(_) => Some((header::UPGRADE, HeaderValue::from_static("websocket"))),
            _ => None,
        }
    }
}

impl From<RequestFault> for ApiError {
    fn from(fault: RequestFault) -> Self {
        Self::Invalid(vec![fault])
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, header) = (self.status(), self.header());
        let body = match self {
            Self::Invalid(detail) => Json(FaultsBody { detail }).into_response(),
            error => Json(ErrorBody { detail: error.to_string() }).into_response(),
        };
        let mut response = (status, body).into_response();
        response.headers_mut().extend(header);
        response
    }
}
