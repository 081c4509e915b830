//! Journals: the rules that all keep, and what a file has to bear.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod format;
mod records;
#[cfg(feature = "sqlite")]
mod sqlite;

use council_core::journal::{Memory, Status, kit};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_keeps_the_rules() {
    kit::conformance(async || Memory::default()).await;
}

#[test]
fn a_status_is_a_word() {
    for word in ["running", "paused", "finished", "stopped", "failed"] {
        assert_eq!(word.parse::<Status>().unwrap().to_string(), word);
    }
    let error = "Running".parse::<Status>().unwrap_err();
    assert!(error.to_string().starts_with("`Running` is no status"), "{error}");
}
