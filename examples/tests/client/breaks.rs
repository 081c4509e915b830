//! A server that breaks a connection: the client reconnects and gets the remaining events.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use expect_test::expect;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::{Message, accept_hdr};

use crate::program::{client, refused};

/// Accepts connections one after another, sends each its events, and breaks it. Returns the requests.
fn serve(connections: Vec<Vec<u64>>) -> (String, JoinHandle<Vec<String>>) {
    serve_events(connections.into_iter().map(|events| events.into_iter().map(numbered).collect()).collect())
}

fn numbered(seq: u64) -> Value {
    if seq == LAST {
        return json!({ "event": "run_complete", "seq": seq, "critic_score": 9, "iteration_count": 1 });
    }
    json!({ "event": "node_start", "seq": seq, "node": "master_agent", "iteration": seq })
}

fn serve_events(connections: Vec<Vec<Value>>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for events in connections {
            let (stream, _) = listener.accept().unwrap();
            #[expect(clippy::result_large_err, reason = "the library defines the type of the callback")]
            let note = |request: &Request, response: Response| {
                asked.push(request.uri().to_string());
                Ok(response)
            };
            let mut socket = accept_hdr(stream, note).unwrap();
            for event in events {
                socket.send(Message::text(event.to_string())).unwrap();
            }
        }
        asked
    });
    (address, asked)
}

#[test]
fn a_broken_connection_costs_no_event_and_repeats_none() {
    let (address, asked) = serve(vec![vec![1, 2], vec![], vec![3], vec![4, LAST]]);
    let watched = client(&address, &["watch", "r-1"]);
    assert_eq!(
        watched.stdout,
        "   1  master_agent starts, round 1\n   2  master_agent starts, round 2\n   3  master_agent starts, round 3\n   \
         4  master_agent starts, round 4\n   5  completed, 9 of 10 after 1 draft\n"
    );
    assert_eq!(watched.code, Some(0));
    let [from_0, from_2, from_3] = [0, 2, 3].map(|seen| format!("/ws/council/r-1?after={seen}"));
    assert_eq!(asked.join().unwrap(), [&from_0, &from_2, &from_2, &from_3].map(String::clone));
}

#[test]
fn a_wait_is_told_when_it_begins_and_when_it_ends() {
    let wait =
        |reason: Option<&str>, until: Option<&str>| json!({ "event": "run_waiting", "for": reason, "until": until });
    let events = || {
        vec![
            numbered(1),
            json!({ "event": "node_retry", "node": "master_agent", "iteration": 1, "attempt": 2, "reason": "no quota", "wait_ms": 7_200_000 }),
            wait(Some("no quota"), Some("2026-11-30T14:00:00Z")),
            wait(None, None),
            wait(Some("a call of model `m` waits for a free slot"), None),
            wait(None, None),
            numbered(LAST),
        ]
    };
    let (address, served) = serve_events(vec![events()]);
    let watched = client(&address, &["watch", "r-1"]);
    served.join().unwrap();
    // The first line keeps the spaces of the others in the picture.
    expect![[r#"
        events
           1  master_agent starts, round 1
              master_agent is called again in 7200.0 s: no quota
              waits until 2026-11-30T14:00:00Z: no quota
              the run goes on
              waits: a call of model `m` waits for a free slot
              the run goes on
           5  completed, 9 of 10 after 1 draft
    "#]]
    .assert_eq(&format!("events\n{}", watched.stdout));

    let (address, served) = serve_events(vec![events()]);
    let watched = client(&address, &["watch", "--json", "r-1"]);
    served.join().unwrap();
    let told: Vec<Value> = watched.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told, events());
}

#[test]
fn a_run_that_cannot_go_on_is_told_with_the_reason_and_with_its_new_models() {
    let changes = json!([{ "node": "critic_agent", "before": "openai/one", "now": "openai/two" }]);
    let (address, served) = serve_events(vec![vec![
        numbered(1),
        json!({ "event": "run_stalled", "reason": "the models of the run differ" }),
        json!({ "event": "run_resumed", "seq": 2 }),
        json!({ "event": "models_changed", "seq": 3, "changes": changes }),
        numbered(LAST),
    ]]);
    let watched = client(&address, &["watch", "r-1"]);
    served.join().unwrap();
    // The first line keeps the spaces of the others in the picture.
    expect![[r#"
        events
           1  master_agent starts, round 1
              cannot go on without a retry or another start of the server: the models of the run differ
           2  the run goes on
           3  goes on with other models: critic_agent has openai/two
           5  completed, 9 of 10 after 1 draft
    "#]]
    .assert_eq(&format!("events\n{}", watched.stdout));
}

#[test]
fn a_failed_call_is_listed_with_its_fault() {
    let call = |attempt: u32, kind: &str, fault: Option<&str>| {
        let usage = json!({ "input_tokens": 120, "output_tokens": 80 });
        let (node, reason) = ("master_agent", "first");
        json!({ "node": node, "model": "openai/example", "reason": reason, "kind": kind, "usage": usage, "duration_ms": 1_250, "attempt": attempt, "fault": fault })
    };
    let calls = [call(1, "other", Some("the answer broke off")), call(2, "length", None), call(2, "completed", None)];
    let (address, answered) = answer_once(&json!({ "run_id": "r-1", "calls": calls }).to_string());
    let listed = client(&address, &["calls", "r-1"]);
    answered.join().unwrap();
    assert_eq!(
        listed.stdout,
        "master_agent  openai/example  120 tokens in, 80 out, 1.2 s, no text is used: the answer broke off\n\
         master_agent  openai/example  120 tokens in, 80 out, 1.2 s, attempt 2, length\n\
         master_agent  openai/example  120 tokens in, 80 out, 1.2 s, attempt 2\n"
    );
    assert_eq!(listed.code, Some(0));
}

#[test]
fn the_history_says_why_a_run_failed_and_what_a_run_waits_for() {
    let run = |id: &str, status: &str, error: Option<&str>, waiting: Value| json!({ "id": id, "created_at": "2026-11-30T12:00:00.000Z", "status": status, "input_topic": "Owls", "critic_score": null, "error": error, "waiting": waiting });
    let wait = |until: Option<&str>| json!({ "for": "no quota", "until": until });
    let long = format!("node `master_agent` failed:\n{}", "word ".repeat(50));
    let mut former = run("r-5", "running", None, Value::Null);
    former.as_object_mut().unwrap().remove("waiting");
    let runs = [
        run("r-1", "running", None, wait(Some("2026-11-30T14:00:00Z"))),
        run("r-2", "running", None, wait(None)),
        run("r-3", "failed", Some(&long), Value::Null),
        run("r-4", "pending", Some("the models of the run differ"), Value::Null),
        former,
    ];
    let (address, answered) = answer_once(&json!(runs).to_string());
    let listed = client(&address, &["history"]);
    answered.join().unwrap();
    expect![[r#"
        r-1  2026-11-30T12:00:00  running       -  Owls: waits until 2026-11-30T14:00:00Z: no quota
        r-2  2026-11-30T12:00:00  running       -  Owls: waits: no quota
        r-3  2026-11-30T12:00:00  failed        -  Owls: node `master_agent` failed: word word word word word word word word word word word word word word word word word word word word word word word word word word w…
        r-4  2026-11-30T12:00:00  pending       -  Owls: the models of the run differ
        r-5  2026-11-30T12:00:00  running       -  Owls
    "#]]
    .assert_eq(&listed.stdout);
}

#[test]
fn a_result_of_a_run_that_cannot_go_on_names_the_retry() {
    let result = |error: Option<&str>, status: &str, waiting: Value| json!({ "run_id": "r-1", "status": status, "final_draft": null, "current_draft": null, "critic_score": null, "error": error, "waiting": waiting });
    let wait = json!({ "for": "no quota", "until": "2026-11-30T14:00:00Z" });
    let mut told = String::new();
    for result in [
        result(Some("the models of the run differ"), "pending", Value::Null),
        result(None, "pending", Value::Null),
        result(None, "running", wait),
        result(Some("the database is locked"), "running", Value::Null),
    ] {
        let (address, answered) = answer_once(&result.to_string());
        told += &refused(&address, &["result", "r-1"]);
        answered.join().unwrap();
    }
    expect![[r#"
        client: run r-1 pending: the models of the run differ (no document: retry it with `client retry r-1`, or start the server with what the run needs)
        client: run r-1 pending (no document: wait for it with `client watch r-1`)
        client: run r-1 running, waits until 2026-11-30T14:00:00Z: no quota (no document: wait for it with `client watch r-1`)
        client: run r-1 running: the database is locked (no document: wait for it with `client watch r-1`)
    "#]]
    .assert_eq(&told);
}

#[test]
fn the_first_event_to_be_told_can_be_chosen() {
    let (address, asked) = serve(vec![vec![LAST]]);
    assert_eq!(client(&address, &["watch", "r-1", "--after", "4"]).code, Some(0));
    assert_eq!(asked.join().unwrap(), ["/ws/council/r-1?after=4"]);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    // The port is free again once the listener is gone.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let said = refused(&format!("http://{address}"), &["history"]);
    assert!(said.starts_with(&format!("client: there is no server at http://{address}/ (")), "{said}");
}

#[test]
fn an_answer_of_another_server_is_unexpected() {
    let (address, other) = answer_once("hello");
    let said = refused(&address, &["history"]);
    assert!(said.starts_with(&format!("client: the server at {address}/ gave an unexpected answer: ")), "{said}");
    other.join().unwrap();
}

/// The first connection breaks after the request, so the server may have accepted it.
#[test]
fn a_start_whose_connection_breaks_is_sent_again_with_the_same_key() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in ["", "HTTP/1.1 202 Accepted\r\ncontent-length: 17\r\n\r\n{\"run_id\": \"r-1\"}"] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let head = reader.by_ref().lines().map(Result::unwrap);
            let head: Vec<_> = head.take_while(|line| !line.is_empty()).collect();
            let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            // A socket that is closed before all of the request was read takes its answer back.
            reader.read_exact(&mut vec![0; length.parse().unwrap()]).unwrap();
            asked.extend(
                head.into_iter().filter(|line| line.starts_with("POST") || line.starts_with("idempotency-key")),
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    let started = client(&address, &["start", "--key", "k-1", "Owls"]);
    assert_eq!((started.code, started.stdout.trim()), (Some(0), "r-1"), "{}", started.stderr);
    let request = ["POST /api/councils/run HTTP/1.1", "idempotency-key: k-1"];
    assert_eq!(asked.join().unwrap(), [request, request].concat());
}

/// Answers one request with this body.
fn answer_once(body: &str) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let answered = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // A request that is read to the end of its head is answered without a reset.
        let mut head = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
        while head.next().is_some_and(|line| !line.is_empty()) {}
        stream.write_all(answer.as_bytes()).unwrap();
    });
    (address, answered)
}

/// The number of the last event of a run.
const LAST: u64 = 5;
