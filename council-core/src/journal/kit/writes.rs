//! Checks of appending records.

use std::sync::Arc;

use super::steps::{add, append, entry, head, held, records, refused};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head, Parent};
use crate::journal::error::JournalError;
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
    refused!("a run that is not there", journal.append(append("r", 1, &["1"])).await, JournalError::NotFound { .. });
    add(journal, append("r", 0, &["0", "1"])).await;
    for wrong in [0, 1, 3, u64::MAX - 5_000] {
        refused!(
            "an append that expects too few or too many",
            journal.append(append("r", wrong, &["x"])).await,
            JournalError::Conflict { run, expected, found: 2 } if run == "r" && expected == wrong
        );
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

pub(super) async fn any_text_comes_back(journal: &impl Journal) {
    let odd = "\u{0}'\"\\ \u{1f9d1}\u{200d}\u{1f680} e\u{301} \u{202e}\r\n\u{10ffff}; DROP TABLE runs; --%";
    for run in [odd, "", " ", "R", "r"] {
        let mut begin = append(run, 0, &[odd, ""]);
        begin.head = Some(Head { graph: odd.to_owned(), summary: Some(odd.to_owned()), ..head(Status::Running) });
        begin.snapshot = Some(odd.to_owned());
        add(journal, begin).await;
        let stored = held("a run with an odd name can be read", journal.read(run, ReadFrom::Snapshot).await);
        assert_eq!(stored.head.run, run, "an id comes back as it was");
        assert_eq!(stored.head.graph, odd, "a graph's name comes back as it was");
        assert_eq!(stored.head.summary.as_deref(), Some(odd), "a summary comes back as it was");
        assert_eq!(stored.snapshot, Some((2, odd.to_owned())), "a snapshot comes back as it was");
        assert_eq!(records(journal, run).await, [odd, ""], "a record comes back as it was");
    }
}

pub(super) async fn big_records_come_back(journal: &impl Journal) {
    let big: String = (0_u32..900_000).map(|n| char::from_u32(0x4e00 + n % 20_000).unwrap_or('?')).collect();
    let many: Vec<_> = (0..2_000).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    add(journal, append("r", 0, &[&big, "small", &big])).await;
    add(journal, append("r", 3, &many)).await;
    let read = records(journal, "r").await;
    assert!(read[0] == big && read[1] == "small" && read[2] == big, "records of megabytes come back as they were");
    assert!(read[3..] == many, "thousands of records can be added at once");
}

/// Two writers append to one run until it has 40 records. After a conflict, a writer reads the number of records again.
pub(super) async fn of_two_writers_one_wins(journal: impl Journal) {
    let journal = Arc::new(journal);
    add(&journal, append("r", 0, &[])).await;
    let writers = ["a", "b"].map(|name| tokio::spawn(write_against_another(journal.clone(), name)));
    let mut won = 0;
    for writer in writers {
        won += writer.await.unwrap_or_else(|error| panic!("two writers of a run: {error}"));
    }
    assert_eq!(won, 40, "an append is accepted once for each place");
    let places: Vec<_> = records(&journal, "r").await.iter().map(|record| record[1..].to_owned()).collect();
    assert!(places.iter().enumerate().all(|(n, place)| *place == n.to_string()), "every record is in its place");
}

async fn write_against_another(journal: Arc<impl Journal>, name: &str) -> u64 {
    let (mut at, mut won) = (0, 0);
    while at < 40 {
        match journal.append(append("r", at, &[&format!("{name}{at}")])).await {
            Ok(()) => (at, won) = (at + 1, won + 1),
            Err(JournalError::Conflict { found, .. }) => {
                assert!(found > at, "a writer that is refused is behind");
                at = found;
            }
            Err(error) => panic!("a writer that is behind gets a conflict, not {error:?}"),
        }
        tokio::task::yield_now().await;
    }
    won
}

pub(super) async fn many_runs_are_written_at_once(journal: impl Journal) {
    let journal = Arc::new(journal);
    let writers: Vec<_> = (0..50).map(|run| tokio::spawn(write_ten(journal.clone(), format!("r{run}")))).collect();
    for writer in writers {
        writer.await.unwrap_or_else(|error| panic!("many writers: {error}"));
    }
    for run in 0..50 {
        let read = records(&journal, &format!("r{run}")).await;
        assert!(read.iter().enumerate().all(|(n, record)| *record == n.to_string()), "runs do not mix");
        assert_eq!(read.len(), 10, "a conflict of one run harms no other");
    }
}

async fn write_ten(journal: Arc<impl Journal>, run: String) {
    for at in 0..10 {
        add(&journal, append(&run, at, &[&at.to_string()])).await;
        let again = journal.append(append(&run, at, &["again"])).await;
        refused!("an append that is repeated", again, JournalError::Conflict { .. });
    }
}
