//! The body of an answer, received within the limits of the call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::errors::CallErrors;
use super::patience::Patience;
use crate::chat::error::ChatError;
use crate::provider::limits::CallLimits;

/// The bytes of an answer. To drop it cancels the call.
pub(super) struct Body {
    response: reqwest::Response,
    pub(super) errors: Arc<CallErrors>,
    pub(super) limits: CallLimits,
    patience: Patience,
    received: usize,
    /// The first bytes, which have been looked at.
    head: Option<Bytes>,
}

impl Body {
    /// The body of `response`, with the time that is left for it.
    pub(super) fn new(
        response: reqwest::Response,
        errors: Arc<CallErrors>,
        limits: CallLimits,
        patience: Patience,
    ) -> Self {
        Self { response, errors, limits, patience, received: 0, head: None }
    }

    /// Starts the limit of the silence again, because there was a token.
    pub(super) fn token(&mut self) {
        self.patience.token();
    }

    /// The first byte that is not blank, without reading it; `None` if there is none.
    pub(super) async fn peek(&mut self) -> Result<Option<u8>, ChatError> {
        loop {
            let Some(chunk) = self.chunk().await? else { return Ok(None) };
            if let Some(first) = chunk.iter().copied().find(|byte| !byte.is_ascii_whitespace()) {
                self.head = Some(chunk);
                return Ok(Some(first));
            }
        }
    }

    /// Waits only a short time for the rest, because the answer itself is complete.
    pub(super) fn hurry(&mut self) {
        self.patience.at_most(LAST_EVENTS);
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, ChatError> {
        if let Some(head) = self.head.take() {
            return Ok(Some(head));
        }
        let chunk =
            self.patience.wait(self.response.chunk()).await.map_err(|limit| self.errors.timeout(limit).paid())?;
        let chunk = chunk.map_err(|error| self.errors.connection(error, &self.limits).paid())?;
        self.received += chunk.as_ref().map_or(0, Bytes::len);
        if self.received > self.limits.body_bytes {
            return Err(self.errors.too_large(self.limits.body_bytes));
        }
        Ok(chunk)
    }

    /// The whole body. An answer without streaming has no separate tokens, so it has to be complete within the limit of the first token.
    pub(super) async fn whole(mut self) -> Result<Vec<u8>, ChatError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole)
    }

    /// The beginning of the body, for an error: at most `limit` bytes that arrive within `time`. The rest is ignored, because the status
    /// matters more.
    pub(super) async fn beginning(mut self, time: Duration, limit: usize) -> Vec<u8> {
        self.patience.at_most(time);
        let mut beginning = Vec::new();
        while beginning.len() < limit
            && let Ok(Some(chunk)) = self.chunk().await
        {
            beginning.extend_from_slice(&chunk);
        }
        beginning.truncate(limit);
        beginning
    }
}

/// How long the events after the end of the text may take: the numbers of tokens, and the end marker.
const LAST_EVENTS: Duration = Duration::from_secs(10);
