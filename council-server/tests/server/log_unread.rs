//! A log whose reader stops reading.

use tokio::io::{AsyncBufReadExt, BufReader};

use crate::harness::within;
use crate::http;
use crate::process::{listening, program, signal};

/// Each refused request is logged with its path. The pipe of standard error holds 64 KiB, and the test does not read it.
#[tokio::test]
async fn a_log_that_is_not_read_blocks_nothing_and_its_lost_lines_are_counted() {
    let command = program(&["--listen", "127.0.0.1:0", "--model", "rehearsal", "--token", "open-sesame"]);
    let (mut child, address, _lines) = listening(command).await;
    let request = format!("GET /{}", "x".repeat(PATH));
    let refused = 2 * QUEUE / PATH;
    for _ in 0..refused {
        assert_eq!(within(http::send(address, &request, &[], b"")).await.status, 401);
    }
    let token = [("authorization", "Bearer open-sesame")];
    let metrics = within(http::send(address, "GET /metrics", &token, b"")).await;
    let dropped = metrics.text.lines().find_map(|line| line.strip_prefix("council_log_lines_dropped_total "));
    let dropped: usize = dropped.unwrap().parse().unwrap();
    assert!((1..refused).contains(&dropped), "{dropped}");

    // Once the pipe is read, the queued lines come in order, with the number of dropped lines.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let told = async {
        loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if line.contains("lines of the log were dropped") {
                return line;
            }
        }
    };
    let told = within(told).await;
    assert!(told.contains("ERROR") && told.contains("standard error was not read"), "{told}");
    signal(&child, "-TERM");
    while within(lines.next_line()).await.unwrap().is_some() {}
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(0));
}

/// A program whose log is never read ends all the same.
#[tokio::test]
async fn a_program_whose_log_is_not_read_ends() {
    let command = program(&["--listen", "127.0.0.1:0", "--model", "rehearsal", "--token", "open-sesame"]);
    let (mut child, address, _lines) = listening(command).await;
    let request = format!("GET /{}", "x".repeat(PATH));
    for _ in 0..8 {
        within(http::send(address, &request, &[], b"")).await;
    }
    signal(&child, "-TERM");
    assert_eq!(within(child.wait()).await.unwrap().code(), Some(0));
}

/// The length of a path, in bytes.
const PATH: usize = 30_000;
/// The queue of the log, in bytes.
const QUEUE: usize = 1 << 20;
