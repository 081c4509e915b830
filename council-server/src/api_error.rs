//! Every answer that is no success, as `{"detail": ...}`.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::wire::{Invalid, Refusal};

/// Why a request was not served.
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
    #[error("Origin '{0}' is not allowed.")]
    OriginRefused(String),
    #[error("Run '{0}' has already ended.")]
    RunEnded(String),
    #[error("The body has more than {limit} bytes.")]
    BodyTooLarge { limit: usize },
    #[error("The body did not arrive in time.")]
    BodyTooSlow,
    #[error("The body could not be read.")]
    BodyBroken,
    #[error("This route is a WebSocket, and the request is no upgrade: {0}")]
    NotAWebSocket(String),
    #[error("The server is about to end and takes no new run.")]
    Draining,
    /// The faults of the request, all of them.
    #[error("the request has {} faults", .0.len())]
    Invalid(Vec<Invalid>),
}

impl ApiError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::RunNotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAuthenticated => StatusCode::UNAUTHORIZED,
            Self::OriginRefused(_) => StatusCode::FORBIDDEN,
            Self::RunEnded(_) => StatusCode::CONFLICT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::NotAWebSocket(_) => StatusCode::UPGRADE_REQUIRED,
            Self::Draining => StatusCode::SERVICE_UNAVAILABLE,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// What the standard wants beside the status.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::NotAuthenticated => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::NotAWebSocket(_) => Some((header::UPGRADE, HeaderValue::from_static("websocket"))),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, header) = (self.status(), self.header());
        let body = match &self {
            Self::Invalid(faults) => Json(Refusal { detail: faults }).into_response(),
            error => Json(Refusal { detail: error.to_string() }).into_response(),
        };
        let mut response = (status, body).into_response();
        response.headers_mut().extend(header);
        response
    }
}
