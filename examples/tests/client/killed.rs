//! A server that is killed while a client watches, and starts again.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::program::{Server, at, client};

#[test]
fn a_killed_server_costs_the_watcher_no_event() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("council.db");
    let database = file.to_str().unwrap();
    let server = Server::keeping(database, "http://127.0.0.1:0", &[]);
    let address = server.address.clone();
    let run = client(&address, &["start", "Rust for newcomers"]).stdout;
    let mut watcher =
        at(&address, &["watch", "--json", run.trim()]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(watcher.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut events = Vec::new();
    // Twice in the middle of a draft, which takes more than a second.
    let mut server = Some(server);
    for round in [1, 2] {
        for line in lines.by_ref() {
            events.push(serde_json::from_str::<Value>(&line).unwrap());
            let Some(event) = events.last() else { continue };
            if event["event"] == "token"
                && event["node"] == "critic_agent"
                && events_of(&events, "node_start") >= 2 * round
            {
                break;
            }
        }
        drop(server.take()); // `kill -9`
        server = Some(Server::keeping(database, &address, &[]));
    }
    events.extend(lines.map(|line| serde_json::from_str(&line).unwrap()));
    assert!(watcher.wait().unwrap().success());

    let numbers: Vec<_> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
    let all: Vec<_> = (1..=numbers.len() as u64).collect();
    assert_eq!(numbers, all);
    assert_eq!(events.last().unwrap()["event"], "run_complete");
    assert_eq!(events_of(&events, "run_complete"), 1);
    // Three drafts, each with a verdict, and the document: no agent has run twice.
    assert_eq!(events_of(&events, "node_complete"), 7);
    let later = client(&address, &["watch", run.trim()]).stdout;
    assert!(later.ends_with("completed, 9.6 of 10 after 3 drafts\n"), "{later}");
}

fn events_of(events: &[Value], kind: &str) -> usize {
    events.iter().filter(|event| event["event"] == kind).count()
}
