//! Checks of several writers and readers at the same time.

use std::sync::Arc;

use super::steps::{add, append, head, held, list, records, refused};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head};
use crate::journal::error::JournalError;
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::{ReadFrom, StoredRun};

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

/// Many writers begin the same run.
pub(super) async fn of_many_beginners_one_wins(journal: impl Journal) {
    let journal = Arc::new(journal);
    for round in 0..20 {
        let run = format!("r{round}");
        let begin = |name: usize| tokio::spawn(begin(journal.clone(), run.clone(), name.to_string()));
        let beginners: Vec<_> = (0..8).map(begin).collect();
        let mut winners = Vec::new();
        for beginner in beginners {
            winners.extend(beginner.await.unwrap_or_else(|error| panic!("many beginners of a run: {error}")));
        }
        assert_eq!(winners.len(), 1, "a run is begun once");
        assert_eq!(records(&journal, &run).await, winners, "a run has the record of the writer that began it");
    }
}

/// Begins a run with this record. Returns the record if the run is new.
async fn begin(journal: Arc<impl Journal>, run: String, record: String) -> Option<String> {
    match journal.append(append(&run, 0, &[&record])).await {
        Ok(()) => Some(record),
        Err(JournalError::Conflict { expected: 0, .. }) => None,
        Err(error) => panic!("a writer that comes second gets a conflict, not {error:?}"),
    }
}

/// While a run grows, each read has the head, the snapshot and the records of one moment.
pub(super) async fn a_read_is_of_one_moment(journal: impl Journal) {
    let journal = Arc::new(journal);
    add(&journal, grown(0)).await;
    let writer = tokio::spawn(grow(journal.clone()));
    while !writer.is_finished() {
        for from in [ReadFrom::Record(0), ReadFrom::Snapshot] {
            let stored = held("a run can be read while it grows", journal.read("r", from).await);
            assert!(is_of_one_moment(&stored), "a read has the head and the records of one moment");
        }
        let runs = list(&journal, &RunFilter::default()).await;
        let counts = runs.iter().map(|run| (run.summary.clone(), run.records)).collect::<Vec<_>>();
        assert!(
            counts.iter().all(|(summary, records)| *summary == Some(records.to_string())),
            "a list is of one moment"
        );
        tokio::task::yield_now().await;
    }
    writer.await.unwrap_or_else(|error| panic!("a writer beside a reader: {error}"));
}

/// The append of a record to a run with this number of records. Its head and its snapshot name the number after it.
fn grown(records: u64) -> AppendRequest {
    let after = (records + 1).to_string();
    let head = Head { summary: Some(after.clone()), ..head(Status::Running) };
    AppendRequest { head: Some(head), snapshot: Some(after), ..append("r", records, &[&records.to_string()]) }
}

async fn grow(journal: Arc<impl Journal>) {
    for records in 1..100 {
        add(&journal, grown(records)).await;
        tokio::task::yield_now().await;
    }
}

fn is_of_one_moment(stored: &StoredRun) -> bool {
    let StoredRun { head, snapshot, entries } = stored;
    let (before, named) = snapshot.as_ref().map_or((0, true), |(at, text)| (*at, *text == at.to_string()));
    let last = entries.last().map_or(head.changed_at, |last| last.at);
    named
        && head.summary == Some(head.records.to_string())
        && before + entries.len() as u64 == head.records
        && last == head.changed_at
}
