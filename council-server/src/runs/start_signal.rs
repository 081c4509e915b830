//! The signal that the start or the resume of a run is in the journal, or has failed.

use tokio::sync::oneshot;

use super::start::StartError;
use crate::lock::Lock;

/// The sender, until the signal is given; `None` if no request waits for the signal.
pub(super) type StartSignal = Lock<Option<oneshot::Sender<Result<(), StartError>>>>;

/// Signals the result of the start, once. Returns whether it had not been signalled before.
pub(super) fn signal_start(start_signal: &StartSignal, result: impl FnOnce() -> Result<(), StartError>) -> bool {
    let sender = start_signal.lock().take();
    sender.map(|sender| sender.send(result())).is_some()
}
