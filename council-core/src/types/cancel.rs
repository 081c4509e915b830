//! A run that is asked to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Cancels a run from anywhere.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Asked>);

#[derive(Debug, Default)]
struct Asked {
    asked: AtomicBool,
    wake: Notify,
}

impl Cancel {
    /// Stops the run at its next barrier. A node that takes long can ask [`Context::cancelled`](crate::Context::cancelled).
    pub fn cancel(&self) {
        self.0.asked.store(true, Ordering::Release);
        self.0.wake.notify_waiters();
    }

    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::Acquire)
    }

    pub(crate) async fn cancelled(&self) {
        let mut woken = std::pin::pin!(self.0.wake.notified());
        // Registered before it looks, so that no call falls between.
        woken.as_mut().enable();
        if !self.is_cancelled() {
            woken.await;
        }
    }
}
