//! Closes a run from outside, so that it cannot be resumed.

use super::Journal;
use super::entry::{AppendRequest, Entry, Head};
use super::error::JournalError;
use super::format::envelope::Envelope;
use super::format::record::StoredRecord;
use super::status::Status;
use super::stored_run::{ReadFrom, RunEntry};
use crate::types::clock::now;

/// Closes a stored run and records the reason. `summary`, if given, replaces the summary of the run.
///
/// A closed run can be read and forked, but not resumed.
///
/// This is for runs that no program drives: paused, stopped, failed, or interrupted by a crash. A program that still drives the run
/// gets [`JournalError::Conflict`] at its next append. On `wasm32-unknown-unknown`, which has no clock, the time of the record is 0.
///
/// ```
/// # use council_core::journal::{AppendRequest, Entry, Head, Journal, Memory, ReadFrom, Status, close};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let journal = Memory::default();
/// # let started = Entry::new(1, r#"{"v":3,"record":{"started":{"graph":"council","input":{}}}}"#);
/// # let append = AppendRequest::new("r-1", 0, vec![started]).head(Head::new("council", Status::Paused));
/// # journal.append(append).await?;
/// close(&journal, "r-1", "rejected by the chair", None).await?;
/// assert_eq!(journal.read("r-1", ReadFrom::Snapshot).await?.head.status, Status::Closed);
/// assert!(close(&journal, "r-1", "rejected again", None).await.is_err());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Ended`](CloseError::Ended) if the run is finished, or closed already; nothing is changed then. Otherwise the errors of the
/// journal.
pub async fn close(
    journal: &(impl Journal + ?Sized),
    run: &str,
    reason: &str,
    summary: Option<String>,
) -> Result<(), CloseError> {
    loop {
        let head = journal.read(run, ReadFrom::Record(u64::MAX)).await?.head;
        if matches!(head.status, Status::Finished | Status::Closed) {
            return Err(CloseError::Ended { run: run.to_owned(), status: head.status });
        }
        match journal.append(closing(head, reason, summary.clone())).await {
            // Another writer was faster; the run may have ended by now.
            Err(JournalError::Conflict { .. }) => {}
            done => return Ok(done?),
        }
    }
}

fn closing(head: RunEntry, reason: &str, summary: Option<String>) -> AppendRequest {
    let RunEntry { run, graph, records, .. } = head;
    let summary = summary.or(head.summary);
    let json = Envelope::new(StoredRecord::Closed { reason: reason.into() }).to_json();
    AppendRequest {
        run: run.into(),
        expected: records,
        entries: vec![Entry { at: now(), json }],
        head: Some(Head { graph, status: Status::Closed, summary, parent: None }),
        snapshot: None,
    }
}

/// Why a run was not closed.
///
/// ```
/// # use council_core::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let error = journal::close(&journal::Memory::default(), "r-1", "not needed", None).await.unwrap_err();
/// println!("{error}");
/// # Ok(()) }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CloseError {
    /// The journal cannot be read or written, or does not have the run.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run has ended.
    #[error("run `{run}` is {status}, so it cannot be closed")]
    Ended {
        /// The run.
        run: String,
        /// The status that it ended with.
        status: Status,
    },
}
