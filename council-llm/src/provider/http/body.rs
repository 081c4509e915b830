//! The body of an answer as it arrives, within the limits of the call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::errors::CallErrors;
use super::limits::{CallLimits, after};
use crate::chat::error::ChatError;

/// The bytes of an answer. Dropping it ends the call.
pub(super) struct Body {
    response: reqwest::Response,
    pub(super) errors: Arc<CallErrors>,
    pub(super) limits: CallLimits,
    end: Instant,
    /// How much longer the model may be silent. Only the time spent waiting here counts, so that a caller who reads
    /// slowly is not taken for a model that writes slowly.
    patience: Duration,
    received: usize,
}

impl Body {
    /// The body of `response`, to be over by `end`.
    pub(super) fn new(response: reqwest::Response, errors: Arc<CallErrors>, limits: CallLimits, end: Instant) -> Self {
        Self { response, errors, limits, end, patience: limits.progress, received: 0 }
    }

    /// The model has shown a sign of work: its silence is counted anew.
    pub(super) fn progress(&mut self) {
        self.patience = self.limits.progress;
    }

    /// The next bytes, `None` at the end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, ChatError> {
        let now = Instant::now();
        let (until, late) = match after(now, self.patience) {
            silent if silent < self.end => (silent, self.errors.timeout("wrote nothing", self.limits.progress)),
            _ => (self.end, self.errors.timeout("did not finish", self.limits.total)),
        };
        // A provider that always has a byte ready would never be late for `timeout_at`, which asks the stream first.
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

    /// All of it. Here every byte is progress: a whole answer has no tokens to wait for.
    pub(super) async fn whole(mut self) -> Result<Vec<u8>, ChatError> {
        let mut whole = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
            self.progress();
        }
        Ok(whole)
    }

    /// What comes of it within `patience` and `limit` bytes, for an error: that the rest is missing matters less than
    /// the status that it came with.
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
