//! Checks of a journal whose stored records were changed by something else.

use super::steps::{add, append, held, records};
use crate::journal::Journal;
use crate::journal::error::JournalError;
use crate::journal::stored_run::ReadFrom;

pub(super) async fn a_changed_record_is_noticed<J: Journal>(journal: J, damage: impl AsyncFn(&str, u64)) {
    let written = [r#"{"a":0}"#, r#"{"a":1}"#, r#"{"a":2}"#];
    for run in ["changed", "whole"] {
        add(&journal, append(run, 0, &written)).await;
    }
    assert_eq!(records(&journal, "changed").await, written, "the records are there before one is changed");
    damage("changed", 1).await;
    match journal.read("changed", ReadFrom::Record(0)).await {
        Err(JournalError::Damaged { found, .. }) => {
            let is_named = found.contains("changed") && found.contains('1');
            assert!(is_named, "the error names the run and the number of the changed record: {found}");
        }
        other => panic!("a changed record is an error of its run: found {other:?}"),
    }
    assert_eq!(records(&journal, "whole").await, written, "other runs can be read");
    let after = held("records after the changed one can be read", journal.read("changed", ReadFrom::Record(2)).await);
    assert_eq!(after.entries[0].json, written[2], "records after the changed one are unchanged");
}
