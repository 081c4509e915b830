//! Cancellation of a run, from any thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::signal::Signal;

/// A handle that cancels a run from any thread.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let run = graph.run(Essay::default());
/// let cancel: Cancel = run.canceller();
/// cancel.cancel();
/// assert!(matches!(run.await?, Outcome::Stopped { reason: StopReason::Cancelled, .. }));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    cancelled: AtomicBool,
    signal: Signal,
}

impl Cancel {
    /// Stops the run at its next barrier. A long node can watch for it with [`Context::cancelled`](crate::Context::cancelled).
    ///
    /// ```
    /// # use council_core::Cancel;
    /// let cancel = Cancel::default();
    /// let handle = cancel.clone();
    /// std::thread::spawn(move || handle.cancel()).join().unwrap();
    /// ```
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
