//! Cancellation of a run, from any thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::signal::{Signal, Until};

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
    /// Whether running tasks are stopped too.
    at_once: AtomicBool,
    signal: Signal,
    /// The signal of `at_once`. A plain cancellation does not wake its futures, so they need not register again.
    at_once_signal: Signal,
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

    /// Stops the run at once: its running tasks are dropped, and start again from their beginning when the run is resumed. The updates
    /// of the tasks that have ended are kept, so the position can be resumed like that of [`cancel`](Self::cancel). A spawned task
    /// stops at its next await.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay) -> NodeResult<Essay> {
    ///     std::future::pending().await
    /// }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let run = graph.run(Essay::default());
    /// let cancel = run.canceller();
    /// std::thread::spawn(move || cancel.cancel_now());
    /// let Outcome::Stopped { reason: StopReason::Cancelled, position, .. } = run.await? else { panic!("not stopped") };
    /// assert_eq!(position.open_tasks().next().unwrap().node, "write");
    /// # Ok(()) }
    /// ```
    pub fn cancel_now(&self) {
        self.0.at_once.store(true, Ordering::Release);
        self.cancel();
        self.0.at_once_signal.wake_all();
    }

    #[inline]
    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    /// Whether running tasks are to be dropped.
    #[inline]
    pub(crate) fn is_at_once(&self) -> bool {
        self.0.at_once.load(Ordering::Acquire)
    }

    /// Completes when running tasks are to be dropped.
    pub(crate) fn at_once(&self) -> Until<'_, impl Fn() -> bool + Unpin + use<'_>> {
        self.0.at_once_signal.until(|| self.is_at_once())
    }

    pub(crate) async fn cancelled(&self) {
        self.0.signal.until(|| self.is_cancelled()).await;
    }
}
