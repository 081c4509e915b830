//! A run that is asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::signal::Signal;

/// Cancels a run from anywhere.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    cancelled: AtomicBool,
    signal: Signal,
}

impl Cancel {
    /// Stops the run at its next barrier. A node that takes long can ask [`Context::cancelled`](crate::Context::cancelled).
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
        self.0.signal.wake_all();
    }

    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    pub(crate) async fn cancelled(&self) {
        self.0.signal.until(|| self.is_cancelled()).await;
    }
}
