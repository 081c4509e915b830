//! The bodies of requests: read within bounds, and parsed with all their faults.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::{Map, Value};

use crate::http::error::ApiError;
use crate::wire::fault::RequestFault;

/// The whole body, within bounds of size and time.
pub(crate) async fn read(body: Body, patience: Duration) -> Result<Bytes, ApiError> {
    let body = Limited::new(body, BODY_LIMIT).collect();
    match tokio::time::timeout(patience, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(ApiError::BodyTooLarge { limit: BODY_LIMIT }),
        Ok(Err(_)) => Err(ApiError::BodyBroken),
        Err(_) => Err(ApiError::BodyTooSlow),
    }
}

/// The fields of a body that has to be an object, whatever its content type says.
pub(crate) fn fields(body: &[u8]) -> Result<Map<String, Value>, Vec<RequestFault>> {
    if body.is_empty() {
        return Err(vec![RequestFault::missing(&["body"], &Value::Null)]);
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => Err(vec![RequestFault::no_object(&["body"], &other)]),
        Err(error) => Err(vec![RequestFault::no_json(body, &error)]),
    }
}

const BODY_LIMIT: usize = 1 << 20;
