//! What is known of one connection: its place among the others, and whether it is at work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::Instant;

use crate::lock::Lock;

/// One of the connections that there may be. A WebSocket keeps that of the connection it came out of.
#[derive(Clone)]
pub(crate) struct ConnectionPermit {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl ConnectionPermit {
    pub(crate) fn new(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: Arc::new(permit) }
    }
}

/// What is known of a connection beside its bytes.
pub(crate) struct ConnectionState {
    /// How many requests are being answered.
    requests: AtomicUsize,
    /// Since when there is none.
    idle_since: Lock<Instant>,
    /// Whether it has been chosen to go.
    is_leaving: AtomicBool,
    /// Told then.
    pub(crate) leaving: Notify,
}

impl ConnectionState {
    pub(crate) fn new() -> Self {
        Self {
            requests: AtomicUsize::new(0),
            idle_since: Lock::new(Instant::now()),
            is_leaving: AtomicBool::new(false),
            leaving: Notify::new(),
        }
    }

    /// A request is being answered until what this gives is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> ActiveRequest {
        self.requests.fetch_add(1, Ordering::AcqRel);
        ActiveRequest(Arc::clone(self))
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.requests.load(Ordering::Acquire) == 0
    }

    /// Since when it has been without a request, if it is and has not been chosen to go.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        let is_free = self.is_idle() && !self.is_leaving.load(Ordering::Relaxed);
        is_free.then(|| *self.idle_since.lock())
    }

    /// Chooses it to go.
    pub(crate) fn leave(&self) {
        self.is_leaving.store(true, Ordering::Relaxed);
        self.leaving.notify_one();
    }
}

/// A request that is being answered.
pub(crate) struct ActiveRequest(Arc<ConnectionState>);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        *self.0.idle_since.lock() = Instant::now();
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}
