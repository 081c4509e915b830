//! Counter of the spawned tasks of a run, including the tasks of its subgraphs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::types::signal::Signal;

/// Counts the spawned tasks.
#[derive(Clone, Default)]
pub(crate) struct TaskTracker(Arc<Tracked>);

#[derive(Default)]
struct Tracked {
    count: AtomicUsize,
    none_left: Signal,
}

/// Held by a spawned task until it ends.
pub(crate) struct TrackedTask(Arc<Tracked>);

impl TaskTracker {
    pub(crate) fn track(&self) -> TrackedTask {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        TrackedTask(Arc::clone(&self.0))
    }

    /// Waits until no task is left.
    pub(crate) async fn all_gone(&self) {
        self.0.none_left.until(|| self.0.count.load(Ordering::Acquire) == 0).await;
    }
}

impl Drop for TrackedTask {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none_left.wake_all();
        }
    }
}
