//! The key of a request that its client may repeat: the header `Idempotency-Key`.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde_json::Value;
use std::time::Duration;
use utoipa::IntoParams;

use super::start::StartRequest;
use crate::http::body;
use crate::http::error::ApiError;
use crate::http::json::ReadJson;
use crate::runs::idempotency::KeyedRequest;
use crate::wire::fault::{Location, RequestFault};

/// The key of a request; `None` if it has none.
pub(crate) struct IdempotencyKey(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(key(&parts.headers)?))
    }
}

impl IdempotencyKey {
    /// Reads a body, and makes a repeatable request of it. `route` names the route and the run or blueprint in its path.
    pub(crate) async fn read<T: ReadJson>(
        &self,
        route: &[&str],
        received: Body,
        timeout: Duration,
    ) -> Result<(T, Option<KeyedRequest>), ApiError> {
        let received = body::receive(received, timeout).await?;
        let request = body::parse(&received).map_err(ApiError::Invalid)?;
        Ok((request, self.request(route, &received)))
    }

    /// Reads the body of a start, whose key is the id of its run if the client has chosen one.
    pub(crate) async fn read_start(
        &self,
        route: &[&str],
        received: Body,
        timeout: Duration,
    ) -> Result<(StartRequest, Option<KeyedRequest>), ApiError> {
        let received = body::receive(received, timeout).await?;
        let start: StartRequest = body::parse(&received).map_err(ApiError::Invalid)?;
        let request = match start.run_id {
            Some(id) => Some(KeyedRequest::with_run_id(id, route, &json_of(&received))),
            None => self.request(route, &received),
        };
        Ok((start, request))
    }

    /// The request with this body, which the route has read.
    pub(crate) fn request(&self, route: &[&str], body: &[u8]) -> Option<KeyedRequest> {
        self.0.as_ref().map(|key| KeyedRequest::with_key(key, route, &json_of(body)))
    }
}

/// The body as JSON, so that blanks and the order of fields make no difference.
fn json_of(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// The key in the headers. It is a string of a structured header, in quotes; without quotes it is the same key.
fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut given = headers.get_all(HEADER).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let (at, input) = (|| Location::header(HEADER), Value::from(&*text));
    if given.next().is_some() {
        return Err(RequestFault::wrong_value(at(), &input, "the header may be given only once").into());
    }
    let key = match text.trim().strip_prefix('"').map(|rest| rest.strip_suffix('"').map(unescape)) {
        None => text.trim().to_owned(),
        Some(Some(Some(key))) => key,
        Some(_) => return Err(RequestFault::wrong_value(at(), &input, "the quotes of the key are not closed").into()),
    };
    if key.is_empty() {
        return Err(RequestFault::empty(at(), &input).into());
    }
    if key.chars().count() > MAX_KEY {
        return Err(RequestFault::too_long(at(), &input, MAX_KEY).into());
    }
    if !key.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Err(RequestFault::wrong_value(at(), &input, "the key may have printable ASCII characters only").into());
    }
    Ok(Some(key))
}

/// The text between the quotes of a structured header; `None` if a quote or a backslash in it is not escaped.
fn unescape(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => text.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            other => text.push(other),
        }
    }
    Some(text)
}

/// The key of the request.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its description is used, in the OpenAPI document")]
pub(crate) struct IdempotencyHeader {
    /// A key of the client's own, 1 to 255 printable ASCII characters, new for each request. A repeat with the same key and the same
    /// body changes nothing and has the same answer; with another body it is refused with 422. The key is kept as long as the run
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255)]
    key: Option<String>,
}

const HEADER: &str = "idempotency-key";
const MAX_KEY: usize = 255;
