//! The state of one connection: its permit, and whether it is idle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::Instant;

use crate::lock::Lock;

/// The permit of a connection. A WebSocket keeps the permit of the connection that it was upgraded from.
#[derive(Clone)]
pub(crate) struct ConnectionPermit {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl ConnectionPermit {
    pub(crate) fn new(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: Arc::new(permit) }
    }
}

/// Whether a connection is idle, and whether it is to close.
pub(crate) struct ConnectionState {
    /// The number of active requests.
    requests: AtomicUsize,
    /// When the last request ended.
    idle_since: Lock<Instant>,
    /// Whether the connection has been evicted.
    is_evicted: AtomicBool,
    /// Notified when the connection is evicted.
    pub(crate) evicted: Notify,
}

impl ConnectionState {
    pub(crate) fn new() -> Self {
        Self {
            requests: AtomicUsize::new(0),
            idle_since: Lock::new(Instant::now()),
            is_evicted: AtomicBool::new(false),
            evicted: Notify::new(),
        }
    }

    /// Begins a request, which is active until the returned guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> ActiveRequest {
        self.requests.fetch_add(1, Ordering::AcqRel);
        ActiveRequest(Arc::clone(self))
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.requests.load(Ordering::Acquire) == 0
    }

    /// When the last request ended; `None` if a request is active or the connection has been evicted.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        let is_free = self.is_idle() && !self.is_evicted.load(Ordering::Relaxed);
        is_free.then(|| *self.idle_since.lock())
    }

    /// Evicts the connection.
    pub(crate) fn evict(&self) {
        self.is_evicted.store(true, Ordering::Relaxed);
        self.evicted.notify_one();
    }
}

/// An active request.
pub(crate) struct ActiveRequest(Arc<ConnectionState>);

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        *self.0.idle_since.lock() = Instant::now();
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}
