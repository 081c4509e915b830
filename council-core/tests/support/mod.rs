//! A run as a picture: its events, a line each, and how it ended.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::sync::{Arc, Mutex};

use council_core::{Event, EventKind, Outcome, RunBuilder, RunError, State};
use expect_test::Expect;

/// Runs to the end and compares the events and the ending with the picture; gives what the run gave.
pub(crate) async fn check<S: State>(run: RunBuilder<S>, picture: Expect) -> Result<Outcome<S>, RunError<S>> {
    let lines = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&lines);
    let ended = run
        .observe(move |event: &Event<S>| {
            let line = match &event.kind {
                EventKind::NodeCompleted { .. } => format!("{event:?}\n"),
                _ => format!("{event}\n"),
            };
            log.lock().unwrap().push_str(&line);
        })
        .await;
    picture.assert_eq(&lines.lock().unwrap());
    ended
}
