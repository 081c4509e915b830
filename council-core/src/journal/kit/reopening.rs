//! Checks of a journal that is closed and opened again.

use super::steps::{add, append, entry, head, held, ids, list, refused};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head, Parent};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::{ReadFrom, StoredRun};

pub(super) async fn runs_outlive_their_journal<J: Journal>(journal: J, reopen: &impl AsyncFn(J) -> J) {
    let odd = "\u{0} \u{1f9d1}\u{200d}\u{1f680} e\u{301}\r\n ";
    let parent = Some(Parent { run: odd.to_owned(), records: (1 << 53) + 1 });
    let full = Head { graph: odd.to_owned(), status: Status::Paused, summary: Some(odd.to_owned()), parent };
    let entries = vec![entry(1_000, odd), entry((1 << 53) + 1, "")];
    let begin = AppendRequest { entries, head: Some(full), snapshot: Some(odd.to_owned()), ..append(odd, 0, &[]) };
    add(&journal, begin).await;
    add(&journal, append(odd, 2, &["2"])).await;
    add(&journal, append("empty", 0, &[])).await;
    add(&journal, append("r", 0, &["0", "1"])).await;
    add(&journal, AppendRequest { head: Some(head(Status::Finished)), ..append("r", 2, &[]) }).await;
    held("a run can be copied", journal.copy(odd, 3, "copy", head(Status::Stopped)).await);
    let before = contents(&journal).await;

    let journal = reopen(journal).await;
    assert_eq!(contents(&journal).await, before, "a journal that is opened again has what was appended");
    refused!("an append that is repeated", journal.append(append("r", 0, &["x"])).await, JournalError::Conflict { .. });
    add(&journal, append("r", 2, &["2"])).await;
    let mut after = contents(&journal).await;
    assert_eq!(after.len(), before.len(), "a run goes on after its journal was opened again");

    let journal = reopen(journal).await;
    assert_eq!(contents(&journal).await, after, "a journal can be opened again more than once");
    held("a run can be deleted", journal.delete(odd).await);
    let finished = RunFilter { statuses: vec![Status::Finished], ..RunFilter::default() };
    assert_eq!(held("runs can be pruned", journal.prune(&finished).await), 1, "the head of a run outlives its journal");

    let journal = reopen(journal).await;
    after.retain(|stored| stored.head.run != odd && stored.head.run != "r");
    assert_eq!(contents(&journal).await, after, "a deleted run does not come back when its journal is opened again");
    add(&journal, append(odd, 0, &["new"])).await;
    let stored = held("an id can be used again", journal.read(odd, ReadFrom::Snapshot).await);
    assert_eq!((stored.snapshot, stored.entries.len()), (None, 1), "nothing of a deleted run comes back");
}

/// All runs, each with its snapshot, and each with all its records.
async fn contents(journal: &impl Journal) -> Vec<StoredRun> {
    let mut all = Vec::new();
    for run in ids(journal, &RunFilter::default()).await {
        for from in [ReadFrom::Snapshot, ReadFrom::Record(0)] {
            all.push(held("a run can be read", journal.read(&run, from).await));
        }
    }
    let listed = list(journal, &RunFilter::default()).await;
    assert!(listed.iter().eq(all.iter().step_by(2).map(|stored| &stored.head)), "a run is the same in the list");
    all
}
