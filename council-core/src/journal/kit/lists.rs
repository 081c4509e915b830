//! Checks of listing and pruning runs.

use super::steps::{add, append, entry, head, held, ids, list, records};
use crate::journal::Journal;
use crate::journal::entry::{AppendRequest, Head};
use crate::journal::run_filter::RunFilter;
use crate::journal::status::Status;
use crate::journal::stored_run::ReadFrom;

/// Creates a run with a record at each of these times.
async fn run(journal: &impl Journal, id: &str, graph: &str, status: Status, times: &[u64]) {
    let entries = times.iter().map(|at| entry(*at, "{}")).collect();
    let head = Some(Head { graph: graph.to_owned(), ..head(status) });
    add(journal, AppendRequest { entries, head, ..append(id, 0, &[]) }).await;
}

async fn some_runs(journal: &impl Journal) {
    run(journal, "a", "one", Status::Finished, &[100, 900]).await;
    run(journal, "d", "two", Status::Failed, &[300]).await;
    run(journal, "b", "one", Status::Running, &[300, 400]).await;
    run(journal, "c", "two", Status::Finished, &[200, 250]).await;
}

pub(super) async fn newest_runs_come_first(journal: &impl Journal) {
    assert_eq!(ids(journal, &RunFilter::default()).await, [""; 0], "an empty journal has no runs");
    some_runs(journal).await;
    let runs = list(journal, &RunFilter::default()).await;
    let order: Vec<_> = runs.iter().map(|run| (&*run.run, run.created_at, run.changed_at, run.records)).collect();
    let expected = [("d", 300, 300, 1), ("b", 300, 400, 2), ("c", 200, 250, 2), ("a", 100, 900, 2)];
    assert_eq!(order, expected, "runs come newest first, by creation and then by id");
    let read = held("a run can be read", journal.read("a", ReadFrom::Snapshot).await);
    assert_eq!(read.head, runs[3], "a run is the same in the list and by itself");
}

/// Runs of the same time come in the order of their ids: by the bytes, without regard to a language.
pub(super) async fn ids_are_compared_by_their_bytes(journal: &impl Journal) {
    let ascending = ["", "10", "9", "B", "_", "a", "b", "b ", "b1", "\u{e9}", "\u{ffff}", "\u{1f600}"];
    for id in ascending {
        run(journal, id, "one", Status::Running, &[300]).await;
    }
    let mut listed = ids(journal, &RunFilter::default()).await;
    listed.reverse();
    assert_eq!(listed, ascending, "runs of the same time come by the bytes of their ids");
}

pub(super) async fn filters_choose(journal: &impl Journal) {
    some_runs(journal).await;
    let any = RunFilter::default;
    let cases: [(RunFilter, &[&str]); 10] = [
        (RunFilter { graphs: vec!["one".to_owned()], ..any() }, &["b", "a"]),
        (RunFilter { graphs: vec!["on".to_owned()], ..any() }, &[]),
        (RunFilter { graphs: vec!["two".to_owned(), "one".to_owned()], ..any() }, &["d", "b", "c", "a"]),
        (RunFilter { graphs: vec!["one\",\"two".to_owned()], ..any() }, &[]),
        (RunFilter { statuses: vec![Status::Finished], ..any() }, &["c", "a"]),
        (RunFilter { statuses: vec![Status::Failed, Status::Running], ..any() }, &["d", "b"]),
        (RunFilter { statuses: vec![Status::Paused], ..any() }, &[]),
        (RunFilter { changed_before: Some(400), ..any() }, &["d", "c"]),
        (RunFilter { changed_before: Some(u64::MAX), ..any() }, &["d", "b", "c", "a"]),
        (
            RunFilter {
                graphs: vec!["two".to_owned()],
                statuses: vec![Status::Finished],
                changed_before: Some(251),
                ..any()
            },
            &["c"],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(ids(journal, &filter).await, expected, "a list has the runs of {filter:?}");
    }
}

pub(super) async fn limit_and_offset_cut(journal: &impl Journal) {
    some_runs(journal).await;
    let cases: [(Option<u64>, u64, &[&str]); 6] = [
        (Some(0), 0, &[]),
        (Some(2), 0, &["d", "b"]),
        (Some(2), 3, &["a"]),
        (None, 1, &["b", "c", "a"]),
        (Some(u64::MAX), 2, &["c", "a"]),
        (None, u64::MAX, &[]),
    ];
    for (limit, offset, expected) in cases {
        let filter = RunFilter { limit, offset, ..RunFilter::default() };
        assert_eq!(ids(journal, &filter).await, expected, "a list is cut by {filter:?}");
    }
    let cases: [(Option<u64>, u64, &[&str]); 3] = [(Some(1), 0, &["c"]), (Some(1), 1, &["a"]), (None, 2, &[])];
    for (limit, offset, expected) in cases {
        let filter = RunFilter { statuses: vec![Status::Finished], limit, offset, ..RunFilter::default() };
        assert_eq!(ids(journal, &filter).await, expected, "a list is filtered before it is cut, by {filter:?}");
    }
}

pub(super) async fn prune_deletes_the_listed_runs(journal: &impl Journal) {
    some_runs(journal).await;
    let none = RunFilter { graphs: vec!["three".to_owned()], ..RunFilter::default() };
    assert_eq!(held("prune", journal.prune(&none).await), 0, "a prune that matches nothing deletes nothing");
    let all_but_newest = RunFilter { statuses: vec![Status::Finished], offset: 1, ..RunFilter::default() };
    assert_eq!(held("prune", journal.prune(&all_but_newest).await), 1, "a prune keeps the runs of the offset");
    assert_eq!(ids(journal, &RunFilter::default()).await, ["d", "b", "c"], "the oldest finished run is deleted");
    let newest = RunFilter { limit: Some(1), ..RunFilter::default() };
    assert_eq!(held("prune", journal.prune(&newest).await), 1, "a prune stops at the limit");
    assert_eq!(ids(journal, &RunFilter::default()).await, ["b", "c"], "a prune deletes at most `limit` runs");
    assert_eq!(
        held("prune", journal.prune(&RunFilter::default()).await),
        2,
        "a prune without a filter deletes all runs"
    );
    assert_eq!(ids(journal, &RunFilter::default()).await, [""; 0], "nothing is left");
    run(journal, "b", "one", Status::Running, &[500]).await;
    assert_eq!(records(journal, "b").await, ["{}"], "an id can be used again");
}
