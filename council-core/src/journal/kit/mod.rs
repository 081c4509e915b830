//! Conformance checks for journals, which any backend can run.

pub(crate) mod lists;
pub(crate) mod moves;
pub(crate) mod steps;
pub(crate) mod writes;

use crate::journal::Journal;

/// Checks that a backend keeps every rule of [`Journal`]. `make` creates an empty journal for each check.
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
    writes::any_text_comes_back(&make().await).await;
    writes::big_records_come_back(&make().await).await;
    writes::of_two_writers_one_wins(make().await).await;
    writes::many_runs_are_written_at_once(make().await).await;
    lists::newest_runs_come_first(&make().await).await;
    lists::filters_choose(&make().await).await;
    lists::limit_and_offset_cut(&make().await).await;
    lists::prune_deletes_the_listed_runs(&make().await).await;
    moves::a_deleted_run_is_gone(&make().await).await;
    moves::a_copy_is_a_run_of_its_own(&make().await).await;
    moves::a_copy_is_refused(&make().await).await;
    moves::a_snapshot_is_copied_if_it_fits(&make().await).await;
}
