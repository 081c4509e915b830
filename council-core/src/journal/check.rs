//! Checks of stored successors and positions that need no graph. A person may have changed a journal by hand.

use std::borrow::Cow;

use super::format::position::StoredPosition;
use super::format::successors::StoredSend;
use super::replay_error::ReplayError;

/// Checks that no successor is named twice, and that each worker with items is named.
pub(crate) fn check_successors(names: &[Cow<'_, str>], sends: &[StoredSend<'_>]) -> Result<(), ReplayError> {
    let wrong = |node: &str, why| Err(ReplayError::WrongSuccessor { node: node.to_owned(), why });
    if names.len() < 2 && sends.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return wrong(pair[0], "is named twice");
    }
    match sends.iter().find(|send| sorted.binary_search(&&*send.worker).is_err()) {
        Some(send) => wrong(&send.worker, "is sent items, and is not named"),
        None => Ok(()),
    }
}

/// Checks the numbers of a position: later records count on from them.
pub(crate) fn check_numbers(stored: &StoredPosition<'_>) -> Result<(), ReplayError> {
    let out_of_range = |what: String, found| Err(ReplayError::OutOfRange { what, found });
    if stored.supersteps > MOST_SUPERSTEPS {
        return out_of_range("the number of supersteps".to_owned(), stored.supersteps);
    }
    let visits = |node: &str| stored.visits.get(node).copied().unwrap_or_default();
    if let Some(node) = stored.committed.next.iter().find(|node| visits(node) == 0) {
        return out_of_range(format!("the number of visits of `{node}`, which is in the superstep,"), 0);
    }
    match stored.tasks.iter().find(|task| task.attempt == 0) {
        Some(task) => out_of_range(format!("the number of the next attempt at `{}`", task.node), 0),
        None => Ok(()),
    }
}

/// More supersteps than a run can have.
const MOST_SUPERSTEPS: u64 = u64::MAX / 2;
