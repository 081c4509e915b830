//! How many tasks of a run are on other threads, in its subgraphs too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts them.
#[derive(Clone, Default)]
pub(crate) struct Spreading(Arc<Tasks>);

#[derive(Default)]
struct Tasks {
    count: AtomicUsize,
    gone: Notify,
}

/// Held by one of them for as long as it is there.
pub(crate) struct OneOfThem(Arc<Tasks>);

impl Spreading {
    pub(crate) fn one(&self) -> OneOfThem {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        OneOfThem(Arc::clone(&self.0))
    }

    /// Waits until none is left.
    pub(crate) async fn all_gone(&self) {
        let mut gone = std::pin::pin!(self.0.gone.notified());
        while self.0.count.load(Ordering::Acquire) > 0 {
            // Registered before it looks again, so that no end falls between.
            if !gone.as_mut().enable() && self.0.count.load(Ordering::Acquire) > 0 {
                gone.as_mut().await;
            }
            gone.set(self.0.gone.notified());
        }
    }
}

impl Drop for OneOfThem {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.gone.notify_waiters();
        }
    }
}
