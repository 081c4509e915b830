//! The body of an answer, received within the limits of the call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::errors::CallErrors;
use super::limits::{CallLimits, after};
use crate::chat::error::ChatError;

/// The bytes of an answer. To drop it cancels the call.
pub(super) struct Body {
    response: reqwest::Response,
    pub(super) errors: Arc<CallErrors>,
    pub(super) limits: CallLimits,
    end: Instant,
    /// How much longer the model may be silent. Only the time that is spent waiting here counts, so a slow reader does not count as a slow
    /// model.
    patience: Duration,
    received: usize,
}

impl Body {
    /// The body of `response`, which has to be complete at `end`.
    pub(super) fn new(response: reqwest::Response, errors: Arc<CallErrors>, limits: CallLimits, end: Instant) -> Self {
        Self { response, errors, limits, end, patience: limits.progress, received: 0 }
    }

    /// Resets the limit of the silence, because the model has made progress.
    pub(super) fn progress(&mut self) {
        self.patience = self.limits.progress;
    }

    /// The next bytes; `None` at the end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, ChatError> {
        let now = Instant::now();
        let (until, late) = match after(now, self.patience) {
            silent if silent < self.end => (silent, self.errors.timeout("wrote nothing", self.limits.progress)),
            _ => (self.end, self.errors.timeout("did not finish", self.limits.total)),
        };
        // `timeout_at` polls the stream first, so a provider that always has a byte ready would never time out.
        if now >= until {
            return Err(late);
        }
        let Ok(chunk) = timeout_at(until, self.response.chunk()).await else {
            return Err(late);
        };
        self.patience = self.patience.saturating_sub(now.elapsed());
        let chunk = chunk.map_err(|error| self.errors.connection(error, &self.limits))?;
        self.received += chunk.as_ref().map_or(0, Bytes::len);
        if self.received > self.limits.body_bytes {
            return Err(self.errors.too_large(self.limits.body_bytes));
        }
        Ok(chunk)
    }

    /// The whole body. Every byte is progress, because an answer without streaming has no separate tokens.
    pub(super) async fn whole(mut self) -> Result<Vec<u8>, ChatError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
            self.progress();
        }
        Ok(whole)
    }

    /// The beginning of the body, for an error: at most `limit` bytes that arrive before a silence of `patience`. The rest is ignored,
    /// because the status matters more.
    pub(super) async fn beginning(mut self, patience: Duration, limit: usize) -> Vec<u8> {
        self.patience = self.patience.min(patience);
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
