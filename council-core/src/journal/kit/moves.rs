//! Checks of deleting and copying runs.

use super::steps::{add, append, head, held, ids, list, records, refused};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head, Parent};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::ReadFrom;

fn child(of: &str, records: u64) -> Head {
    let parent = Some(Parent { run: of.to_owned(), records });
    Head { graph: "fork".to_owned(), summary: Some("{}".to_owned()), parent, ..head(Status::Stopped) }
}

pub(super) async fn a_deleted_run_is_gone(journal: &impl Journal) {
    refused!("a run that is not there", journal.delete("r").await, JournalError::NotFound { run } if run == "r");
    add(journal, AppendRequest { snapshot: Some("old".to_owned()), ..append("r", 0, &["0", "1"]) }).await;
    add(journal, append("s", 0, &["s"])).await;
    held("a run can be deleted", journal.delete("r").await);
    refused!("a deleted run", journal.read("r", ReadFrom::Snapshot).await, JournalError::NotFound { .. });
    refused!("a deleted run", journal.delete("r").await, JournalError::NotFound { .. });
    refused!("a deleted run", journal.append(append("r", 2, &["2"])).await, JournalError::NotFound { .. });
    assert_eq!(ids(journal, &RunFilter::default()).await, ["s"], "a deleted run is not listed");
    add(journal, append("r", 0, &["new"])).await;
    let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await);
    assert_eq!((stored.snapshot, stored.entries.len()), (None, 1), "nothing of a deleted run comes back");
    assert_eq!(records(journal, "s").await, ["s"], "another run is not touched");
}

pub(super) async fn a_copy_is_a_run_of_its_own(journal: &impl Journal) {
    add(journal, append("r", 0, &["0", "1", "2"])).await;
    for count in 0..=3 {
        let to = format!("copy{count}");
        held("a run can be copied", journal.copy("r", count, &to, child("r", count)).await);
        let stored = held("a copy can be read", journal.read(&to, ReadFrom::Record(0)).await);
        let original = held("a run can be read", journal.read("r", ReadFrom::Record(0)).await);
        let part = original.entries.iter().take(usize::try_from(count).unwrap_or(usize::MAX));
        assert!(stored.entries.iter().eq(part), "a copy has the first {count} records and their times");
        let Head { graph, status, summary, parent } = child("r", count);
        let found = (stored.head.graph, stored.head.status, stored.head.summary, stored.head.parent);
        assert_eq!(found, (graph, status, summary, parent), "a copy has the head it was given");
        assert!(stored.head.created_at > 1_000_000, "a copy was created when it was copied");
        assert_eq!(stored.head.changed_at, stored.head.created_at, "a copy is not older than itself");
    }
    let newest = list(journal, &RunFilter::default()).await;
    assert!(newest.last().is_some_and(|run| run.run == "r"), "a copy is newer than what was copied");
    add(journal, append("copy0", 0, &["other"])).await;
    add(journal, append("copy2", 2, &["other"])).await;
    held("the original can be deleted", journal.delete("r").await);
    assert_eq!(records(journal, "copy0").await, ["other"], "an empty copy goes its own way");
    assert_eq!(records(journal, "copy2").await, ["0", "1", "other"], "a copy goes its own way");
    assert_eq!(records(journal, "copy3").await, ["0", "1", "2"], "a copy outlives what was copied");
}

pub(super) async fn a_copy_is_refused(journal: &impl Journal) {
    let copy = async |from, count, to| journal.copy(from, count, to, child(from, count)).await;
    refused!("a run that is not there", copy("r", 0, "s").await, JournalError::NotFound { run } if run == "r");
    add(journal, append("r", 0, &["0"])).await;
    add(journal, append("s", 0, &["s"])).await;
    refused!("a copy onto another", copy("r", 1, "s").await, JournalError::Exists { run } if run == "s");
    refused!("a copy onto itself", copy("r", 1, "r").await, JournalError::Exists { run } if run == "r");
    for count in [2, u64::MAX] {
        let short = copy("r", count, "t").await;
        refused!("a copy of too much", short, JournalError::Short { records, found: 1, .. } if records == count);
    }
    assert_eq!(ids(journal, &RunFilter::default()).await, ["s", "r"], "a refused copy leaves nothing");
    assert_eq!(records(journal, "s").await, ["s"], "a refused copy changes nothing");
}

pub(super) async fn a_snapshot_is_copied_if_it_fits(journal: &impl Journal) {
    add(journal, AppendRequest { snapshot: Some("two".to_owned()), ..append("r", 0, &["0", "1"]) }).await;
    add(journal, append("r", 2, &["2"])).await;
    for (count, snapshot) in [(1, None), (2, Some((2, "two".to_owned()))), (3, Some((2, "two".to_owned())))] {
        let to = count.to_string();
        held("a run can be copied", journal.copy("r", count, &to, child("r", count)).await);
        let stored = held("a copy can be read", journal.read(&to, ReadFrom::Snapshot).await);
        let after = count - snapshot.as_ref().map_or(0, |(at, _)| *at);
        assert_eq!(stored.snapshot, snapshot, "a copy of {count} records has a snapshot if it is not of later ones");
        assert_eq!(stored.entries.len() as u64, after, "the records after the snapshot are read with it");
    }
}
