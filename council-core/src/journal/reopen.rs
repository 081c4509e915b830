//! Reopens a closed run, so that it can be resumed.

use super::Journal;
use super::entry::{AppendRequest, Entry, Head};
use super::error::JournalError;
use super::format::envelope::Envelope;
use super::format::record::StoredRecord;
use super::status::Status;
use super::stored_run::{ReadFrom, RunEntry};
use crate::types::clock::now;

/// Reopens a run that [`close`](super::close) has closed: it can be resumed from the position at which it was closed. A task that waits
/// for its next attempt begins it at once then. `summary`, if given, replaces the summary of the run. The status of the run is
/// [`Paused`](Status::Paused) if it was paused when it was closed, and otherwise [`Stopped`](Status::Stopped).
///
/// ```
/// # use council_core::{*, journal::{Memory, Status, close, reopen}};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).pause_before([write]).await?;
/// close(&journal, "r-1", "not now", None).await?;
///
/// reopen(&journal, "r-1", None).await?;
/// let position = graph.load(&journal, "r-1").await?;
/// let essay = graph.resume(position).id("r-1").journal(journal).await?.into_state();
/// assert_eq!(essay.draft, "a draft");
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`NotClosed`](ReopenError::NotClosed) if the run is not closed; nothing is changed then. Otherwise the errors of the journal.
pub async fn reopen(journal: &(impl Journal + ?Sized), run: &str, summary: Option<String>) -> Result<(), ReopenError> {
    loop {
        let head = journal.read(run, ReadFrom::Record(u64::MAX)).await?.head;
        if head.status != Status::Closed {
            return Err(ReopenError::NotClosed { run: run.to_owned(), status: head.status });
        }
        let status = if was_paused(journal, run, head.records).await? { Status::Paused } else { Status::Stopped };
        match journal.append(reopening(head, status, summary.clone())).await {
            // Another program was faster; it may have reopened the run.
            Err(JournalError::Conflict { .. }) => {}
            done => return Ok(done?),
        }
    }
}

/// Whether a closed run with this number of records was paused when it was closed.
async fn was_paused(journal: &(impl Journal + ?Sized), run: &str, records: u64) -> Result<bool, JournalError> {
    // The last record is that of the close. The records before it are read from the end, each time twice as many.
    let (mut end, mut count) = (records.saturating_sub(1), 4);
    while end > 0 {
        let start = end.saturating_sub(count);
        let entries = journal.read(run, ReadFrom::Record(start)).await?.entries;
        let before_end = entries.iter().take(usize::try_from(end - start).unwrap_or(usize::MAX));
        if let Some(was_paused) = before_end.rev().find_map(leaves_paused) {
            return Ok(was_paused);
        }
        (end, count) = (start, count.saturating_mul(2));
    }
    Ok(false)
}

/// Whether the run is paused after this record. `None` if the record does not change it: a paused run may be edited, get answers from
/// another program, or be closed and reopened.
fn leaves_paused(entry: &Entry) -> Option<bool> {
    let envelope = Envelope::read(&entry.json).ok()?;
    match envelope.record {
        StoredRecord::Answered { .. } => None,
        _ if !envelope.path.is_empty() => Some(false),
        StoredRecord::Paused { .. } => Some(true),
        StoredRecord::Edited { .. }
        | StoredRecord::Upgraded { .. }
        | StoredRecord::Closed { .. }
        | StoredRecord::Reopened {} => None,
        _ => Some(false),
    }
}

fn reopening(head: RunEntry, status: Status, summary: Option<String>) -> AppendRequest {
    let RunEntry { run, graph, records, .. } = head;
    let summary = summary.or(head.summary);
    AppendRequest {
        run: run.into(),
        expected: records,
        entries: vec![Entry { at: now(), json: Envelope::new(StoredRecord::Reopened {}).to_json() }],
        head: Some(Head { graph, status, summary, parent: None }),
        snapshot: None,
    }
}

/// The error of a run that was not reopened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReopenError {
    /// The journal cannot be read or written, or does not have the run.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run is not closed. A run that is paused, stopped or failed can be resumed without being reopened.
    #[error("run `{run}` is {status}, so it cannot be reopened")]
    NotClosed {
        /// The run.
        run: String,
        /// The status of the run.
        status: Status,
    },
}
