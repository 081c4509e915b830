//! Checks of appending records.

use super::steps::{add, append, entry, head, held, ids, records, refused};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head, Parent};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::ReadFrom;

pub(super) async fn a_run_begins_and_grows(journal: &impl Journal) {
    refused!("a run that is not there", journal.read("r", ReadFrom::Snapshot).await, JournalError::NotFound { .. });
    add(journal, append("r", 0, &["0", "1"])).await;
    add(journal, append("r", 2, &["2"])).await;
    add(journal, append("r", 3, &[])).await;
    let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await);
    let expected = vec![entry(1_000, "0"), entry(1_001, "1"), entry(1_002, "2")];
    assert_eq!(stored.entries, expected, "records come back in order, all of them if there is no snapshot");
    assert_eq!(stored.snapshot, None, "there is no snapshot before one is given");
    assert_eq!((stored.head.created_at, stored.head.changed_at), (1_000, 1_002), "the first and last record's times");
    assert_eq!((&*stored.head.run, &*stored.head.graph, stored.head.records), ("r", "graph", 3), "the head is known");
    for (from, count) in [(0, 3), (2, 1), (3, 0), (4, 0), (u64::MAX, 0)] {
        let stored = held("a run can be read from anywhere", journal.read("r", ReadFrom::Record(from)).await);
        assert_eq!(stored.entries, expected[3 - count..], "records from {from} on are read");
    }
}

pub(super) async fn a_writer_must_be_up_to_date(journal: &impl Journal) {
    for (expected, records) in [(1, &["1"][..]), (5, &["5"]), (5, &[])] {
        for head in [None, Some(head(Status::Running))] {
            let late = AppendRequest { head, ..append("r", expected, records) };
            let refusal = journal.append(late).await;
            refused!("a run that is not there", refusal, JournalError::NotFound { run } if run == "r");
        }
    }
    assert_eq!(ids(journal, &RunFilter::default()).await, [""; 0], "an append that expects records begins no run");
    add(journal, append("r", 0, &["0", "1"])).await;
    for wrong in [0, 1, 3, u64::MAX - 5_000] {
        for records in [&["x"][..], &[]] {
            let late = AppendRequest { head: Some(head(Status::Failed)), ..append("r", wrong, records) };
            refused!(
                "an append that expects too few or too many",
                journal.append(late).await,
                JournalError::Conflict { run, expected, found: 2 } if run == "r" && expected == wrong
            );
        }
    }
    assert_eq!(records(journal, "r").await, ["0", "1"], "a conflict changes nothing");
}

pub(super) async fn nothing_of_a_refused_append_is_kept(journal: &impl Journal) {
    add(journal, append("r", 0, &["0"])).await;
    let late = AppendRequest {
        head: Some(head(Status::Failed)),
        snapshot: Some("late".to_owned()),
        ..append("r", 2, &["2", "3", "4"])
    };
    refused!("an append that expects too many", journal.append(late).await, JournalError::Conflict { .. });
    let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await);
    assert_eq!(stored.head.status, Status::Running, "a refused append's head is not kept");
    assert_eq!(stored.snapshot, None, "a refused append's snapshot is not kept");
    assert_eq!(stored.entries, [entry(1_000, "0")], "a refused append's records are not kept");
}

pub(super) async fn a_new_run_needs_a_head(journal: &impl Journal) {
    let headless = AppendRequest { head: None, ..append("r", 0, &["0"]) };
    refused!("a new run without a head", journal.append(headless.clone()).await, JournalError::MissingHead { .. });
    add(journal, append("r", 0, &[])).await;
    assert_eq!(records(journal, "r").await, [""; 0], "a run can begin without records");
    add(journal, headless).await;
    assert_eq!(records(journal, "r").await, ["0"], "a run that is there needs no head");
}

pub(super) async fn a_head_changes_all_but_the_parent(journal: &impl Journal) {
    let parent = Parent { run: "p".to_owned(), records: 7 };
    let mut first = append("r", 0, &["0"]);
    first.head = Some(Head { parent: Some(parent.clone()), ..head(Status::Running) });
    add(journal, first).await;
    for status in [Status::Paused, Status::Stopped, Status::Failed, Status::Finished] {
        let next = Head { graph: "other".to_owned(), summary: Some(format!("\"{status}\"")), ..head(status) };
        add(journal, AppendRequest { head: Some(next), ..append("r", 1, &[]) }).await;
        let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await).head;
        assert_eq!((&*stored.graph, stored.status), ("other", status), "a head replaces graph and status");
        assert_eq!(stored.summary, Some(format!("\"{status}\"")), "a head replaces the summary");
        assert_eq!(stored.parent.as_ref(), Some(&parent), "a head does not replace the parent");
    }
    add(journal, AppendRequest { head: Some(head(Status::Running)), ..append("r", 1, &["1"]) }).await;
    let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await).head;
    assert_eq!((stored.summary, stored.records), (None, 2), "a head without a summary takes it away");
}

pub(super) async fn a_run_has_the_times_of_its_records(journal: &impl Journal) {
    add(journal, AppendRequest { entries: vec![entry(500, "0"), entry(900, "1")], ..append("r", 0, &[]) }).await;
    for (at, changed_at) in [(600, 600), (100, 500)] {
        let records = held("a run can be read", journal.read("r", ReadFrom::Record(0)).await).head.records;
        add(journal, AppendRequest { entries: vec![entry(at, "x")], ..append("r", records, &[]) }).await;
        let stored = held("a run can be read", journal.read("r", ReadFrom::Record(0)).await).head;
        let times = (stored.created_at, stored.changed_at);
        assert_eq!(times, (500, changed_at), "a run was changed at its last record, and not before its first");
    }
}

pub(super) async fn only_the_last_snapshot_is_kept(journal: &impl Journal) {
    add(journal, AppendRequest { snapshot: Some("a".to_owned()), ..append("r", 0, &["0", "1"]) }).await;
    add(journal, append("r", 2, &["2"])).await;
    let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await);
    assert_eq!(stored.snapshot, Some((2, "a".to_owned())), "a snapshot stands after the records it came with");
    assert_eq!(stored.entries, [entry(1_002, "2")], "only the records after the snapshot are read with it");
    add(journal, AppendRequest { snapshot: Some("b".to_owned()), ..append("r", 3, &[]) }).await;
    let stored = held("a run can be read", journal.read("r", ReadFrom::Snapshot).await);
    assert_eq!((stored.snapshot, stored.entries), (Some((3, "b".to_owned())), vec![]), "a snapshot replaces the last");
    let stored = held("a run can be read", journal.read("r", ReadFrom::Record(1)).await);
    assert_eq!((stored.snapshot, stored.entries.len()), (None, 2), "a snapshot is read only if asked for");
}
