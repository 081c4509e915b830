//! The rules of a journal, as checks that any backend can run.

pub(crate) mod lists;
pub(crate) mod moves;
pub(crate) mod writes;

use crate::journal::Journal;
use crate::journal::entry::{Append, Entry, Head, ReadFrom, RunEntry, RunFilter, Status};
use crate::journal::error::JournalError;

/// Checks that journals keep every rule of [`Journal`]. `make` makes an empty one for each of the checks.
///
/// ```
/// use council_core::journal::{Memory, kit};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// kit::conformance(async || Memory::default()).await;
/// # }
/// ```
///
/// # Panics
///
/// At the first rule that is broken, and says which. Also outside a tokio runtime.
pub async fn conformance<J: Journal>(make: impl AsyncFn() -> J) {
    writes::a_run_begins_and_grows(&make().await).await;
    writes::a_writer_must_be_up_to_date(&make().await).await;
    writes::nothing_of_a_refused_append_is_kept(&make().await).await;
    writes::a_new_run_needs_a_head(&make().await).await;
    writes::a_head_changes_all_but_the_parent(&make().await).await;
    writes::only_the_last_snapshot_is_kept(&make().await).await;
    writes::any_text_comes_back(&make().await).await;
    writes::big_records_come_back(&make().await).await;
    writes::of_two_writers_one_wins(make().await).await;
    writes::many_runs_are_written_at_once(make().await).await;
    lists::newest_runs_come_first(&make().await).await;
    lists::filters_choose(&make().await).await;
    lists::limit_and_offset_cut(&make().await).await;
    lists::prune_forgets_what_would_be_listed(&make().await).await;
    moves::a_deleted_run_is_gone(&make().await).await;
    moves::a_copy_is_a_run_of_its_own(&make().await).await;
    moves::a_copy_is_refused(&make().await).await;
    moves::a_snapshot_is_copied_if_it_fits(&make().await).await;
}

fn head(status: Status) -> Head {
    Head { graph: "graph".to_owned(), status, summary: None, parent: None }
}

fn entry(at: u64, json: &str) -> Entry {
    Entry { at, json: json.to_owned() }
}

/// An append of these records, at 1000, 1001 and so on, with a head if the run is to begin.
fn append(run: &str, expected: u64, records: &[&str]) -> Append {
    let entries = (1_000_u64.saturating_add(expected)..).zip(records).map(|(at, record)| entry(at, record)).collect();
    let head = (expected == 0).then(|| head(Status::Running));
    Append { run: run.into(), expected, entries, head, snapshot: None }
}

async fn add(journal: &impl Journal, append: Append) {
    held("an append is accepted", journal.append(append).await);
}

/// The records of a run as text.
async fn records(journal: &impl Journal, run: &str) -> Vec<String> {
    let stored = held("a run can be read", journal.read(run, ReadFrom::Record(0)).await);
    assert_eq!(stored.head.records, stored.entries.len() as u64, "a run's head counts its records");
    stored.entries.into_iter().map(|entry| entry.json).collect()
}

async fn list(journal: &impl Journal, filter: &RunFilter) -> Vec<RunEntry> {
    held("runs can be listed", journal.runs(filter).await)
}

async fn ids(journal: &impl Journal, filter: &RunFilter) -> Vec<String> {
    list(journal, filter).await.into_iter().map(|entry| entry.run).collect()
}

fn held<T>(rule: &str, result: Result<T, JournalError>) -> T {
    result.unwrap_or_else(|error| panic!("{rule}: {error:?}"))
}

/// The error of a call that has to be refused.
macro_rules! refused {
    ($rule:literal, $result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            other => panic!("{}: it has to be {}, and was {other:?}", $rule, stringify!($pattern)),
        }
    };
}
use refused;
