//! Bodies of requests: received within limits, and read with all their faults.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use super::error::ApiError;
use super::faults::Faults;
use super::json::{Json, ReadJson};
use crate::wire::fault::{Location, RequestFault};

/// Receives a body, within bounds of size and time, and reads it.
pub(crate) async fn read<T: ReadJson>(body: Body, timeout: Duration) -> Result<T, ApiError> {
    parse(&receive(body, timeout).await?).map_err(ApiError::Invalid)
}

/// Receives a body, within bounds of size and time.
pub(crate) async fn receive(body: Body, timeout: Duration) -> Result<Bytes, ApiError> {
    let body = Limited::new(body, BODY_LIMIT).collect();
    match tokio::time::timeout(timeout, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }),
        Ok(Err(_)) => Err(ApiError::BodyBroken),
        Err(_) => Err(ApiError::BodyTooSlow),
    }
}

/// Reads a body as JSON, with any content type.
///
/// # Errors
///
/// All faults at once.
pub(crate) fn parse<T: ReadJson>(body: &[u8]) -> Result<T, Vec<RequestFault>> {
    match parse_noting(body) {
        (Some(request), notes) if notes.listed().is_empty() => Ok(request),
        (_, notes) => Err(notes.into_list()),
    }
}

/// Reads a body as JSON, as far as it can be read. Returns the faults and warnings too.
pub(crate) fn parse_noting<T: ReadJson>(body: &[u8]) -> (Option<T>, Faults) {
    let mut notes = Faults::default();
    if body.is_empty() {
        notes.add(|| RequestFault::missing(Location::body(), &Value::Null));
        return (None, notes);
    }
    let request = match serde_json::from_slice(body) {
        Ok(value) => T::read(Json::body(&value, &mut notes)),
        Err(error) => {
            notes.add(|| RequestFault::not_json(body, &error));
            None
        }
    };
    (request, notes)
}

const BODY_LIMIT: usize = 1 << 20;
