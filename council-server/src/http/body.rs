//! Bodies of requests: received within limits, and read with all their faults.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use super::error::ApiError;
use super::faults::Faults;
use super::json::{Json, ReadJson};
use crate::wire::fault::{Location, RequestFault};

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
    without_faults(parse_noting(body, |_| {})).map(|(request, _)| request)
}

/// The request and its warnings, or its faults.
pub(crate) fn without_faults<T>((request, notes): (Option<T>, Faults)) -> Result<(T, Faults), Vec<RequestFault>> {
    match request {
        Some(request) if notes.listed().is_empty() => Ok((request, notes)),
        _ => Err(notes.into_list()),
    }
}

/// Reads a body as JSON, as far as it can be read. `complete` may change the JSON before. Returns the faults and warnings too.
pub(crate) fn parse_noting<T: ReadJson>(body: &[u8], complete: impl FnOnce(&mut Value)) -> (Option<T>, Faults) {
    let mut notes = Faults::default();
    if body.is_empty() {
        notes.add(|| RequestFault::missing(Location::body(), &Value::Null));
        return (None, notes);
    }
    let request = match serde_json::from_slice(body) {
        Ok(mut value) => {
            complete(&mut value);
            T::read(Json::body(&value, &mut notes))
        }
        Err(error) => {
            notes.add(|| RequestFault::not_json(body, &error));
            None
        }
    };
    (request, notes)
}

const BODY_LIMIT: usize = 1 << 20;
