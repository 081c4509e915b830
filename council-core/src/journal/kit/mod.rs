//! Conformance checks for journals, which any backend can run.

pub(crate) mod damage;
pub(crate) mod lists;
pub(crate) mod moves;
pub(crate) mod reopening;
pub(crate) mod steps;
pub(crate) mod texts;
pub(crate) mod together;
pub(crate) mod writes;

use crate::journal::Journal;

/// Checks that a backend keeps every rule of [`Journal`]. `make` creates an empty journal for each check.
///
/// Some rules are about writers and readers at the same time. A runtime with several threads checks them harder. A backend that stores
/// runs outside the process is also checked by [`reopening`].
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
/// At the first broken rule, which the message names. Also outside a tokio runtime.
pub async fn conformance<J: Journal>(make: impl AsyncFn() -> J) {
    writes::a_run_begins_and_grows(&make().await).await;
    writes::a_writer_must_be_up_to_date(&make().await).await;
    writes::nothing_of_a_refused_append_is_kept(&make().await).await;
    writes::a_new_run_needs_a_head(&make().await).await;
    writes::a_head_changes_all_but_the_parent(&make().await).await;
    writes::only_the_last_snapshot_is_kept(&make().await).await;
    writes::a_run_has_the_times_of_its_records(&make().await).await;
    texts::any_text_comes_back(&make().await).await;
    texts::ids_that_are_alike_are_not_the_same(&make().await).await;
    texts::big_numbers_come_back(&make().await).await;
    texts::big_records_come_back(&make().await).await;
    together::of_two_writers_one_wins(make().await).await;
    together::of_many_beginners_one_wins(make().await).await;
    together::many_runs_are_written_at_once(make().await).await;
    together::a_read_is_of_one_moment(make().await).await;
    lists::newest_runs_come_first(&make().await).await;
    lists::ids_are_compared_by_their_bytes(&make().await).await;
    lists::filters_choose(&make().await).await;
    lists::limit_and_offset_cut(&make().await).await;
    lists::prune_deletes_the_listed_runs(&make().await).await;
    moves::a_deleted_run_is_gone(&make().await).await;
    moves::a_copy_is_a_run_of_its_own(&make().await).await;
    moves::a_copy_is_refused(&make().await).await;
    moves::a_snapshot_is_copied_if_it_fits(&make().await).await;
}

/// Checks that stored runs are still there after a journal was closed and opened again. `make` creates an empty journal. `reopen` closes a
/// journal as the backend closes it, and opens another one at the same place.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use council_core::journal::{Sqlite, kit};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let directory = tempfile::tempdir()?;
/// let open = async || Sqlite::open(directory.path().join("runs.db")).await.unwrap();
/// kit::reopening(open, async |journal: Sqlite| {
///     journal.close().await.unwrap();
///     open().await
/// })
/// .await;
/// # Ok(()) }
/// # main().unwrap(); }
/// ```
///
/// # Panics
///
/// At the first broken rule, which the message names. Also outside a tokio runtime.
pub async fn reopening<J: Journal>(make: impl AsyncFn() -> J, reopen: impl AsyncFn(J) -> J) {
    reopening::runs_outlive_their_journal(make().await, &reopen).await;
}

/// Checks that a backend with checksums notices a changed record, and names it. `make` creates an empty journal. `damage` changes some
/// characters of the stored text of the record with this number of this run, from 0, past the journal, and leaves its length as it is.
///
/// A backend without checksums need not pass this check.
///
/// ```
/// # #[cfg(feature = "sqlite")] {
/// use council_core::journal::{Sqlite, kit, rusqlite};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let directory = tempfile::tempdir()?;
/// let file = directory.path().join("runs.db");
/// kit::damage(async || Sqlite::open(&file).await.unwrap(), async |run: &str, record: u64| {
///     let key = "(SELECT number << 32 | ?2 FROM council_runs WHERE id = ?1)";
///     let change = format!("UPDATE council_records SET record = replace(record, 'a', 'b') WHERE key = {key}");
///     let shell = rusqlite::Connection::open(&file).unwrap();
///     shell.execute(&change, rusqlite::params![run, record.cast_signed()]).unwrap();
/// })
/// .await;
/// # Ok(()) }
/// # main().unwrap(); }
/// ```
///
/// # Panics
///
/// At the first broken rule, which the message names. Also outside a tokio runtime.
pub async fn damage<J: Journal>(make: impl AsyncFn() -> J, damage: impl AsyncFn(&str, u64)) {
    damage::a_changed_record_is_noticed(make().await, damage).await;
}
