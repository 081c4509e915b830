//! Journals: the rules of all backends, and the faults of files.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod dynamic;
mod format;
mod kit;
mod raw_json;
mod records;
#[cfg(feature = "sqlite")]
mod sqlite;
mod values;

use council_core::journal::{AppendRequest, Journal, Memory, Status};
use expect_test::expect;

#[test]
fn a_status_is_a_word() {
    for word in ["running", "paused", "finished", "stopped", "failed"] {
        assert_eq!(word.parse::<Status>().unwrap().to_string(), word);
    }
    let error = "Running".parse::<Status>().unwrap_err();
    expect!["`Running` is not a status: write `running`, `paused`, `finished`, `stopped`, `failed` or `closed`"]
        .assert_eq(&error.to_string());
}

#[tokio::test]
async fn a_new_run_without_a_head_is_refused() {
    let append = AppendRequest::new("r", 0, Vec::new());
    let error = Memory::default().append(append).await.unwrap_err();
    expect!["run `r` is new and its first append has no head"].assert_eq(&error.to_string());
}
