//! A database that is deleted, moved, replaced or truncated while the server runs: nothing is accepted that would be lost.

use std::fs;
use std::path::Path;

use council_server::{Config, Database};
use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

use crate::harness::{TestServer, eventually, within};
use crate::http;
use crate::models::two_rounds;
use crate::process::{listening, program, signal};

/// A blueprint of one agent.
pub(crate) fn single(id: &str) -> Value {
    json!({
        "version": 1, "id": id, "name": "One", "edges": [],
        "nodes": [{
            "id": "author", "label": "Author", "systemPrompt": "Write.", "model": "rehearsal",
            "tools": { "webSearch": false, "pdfReader": false }, "position": { "x": 0.0, "y": 0.0 }
        }]
    })
}

/// Each request that would write, and its answer.
async fn requests(server: &TestServer, paused: &str, unstarted: &str) -> String {
    let mut lines = Vec::new();
    let mut tell = |name: &str, line: String| lines.push(format!("{name}: {line}"));
    let start = json!({ "input_topic": "Rust" }).to_string();
    tell("start", server.post("/api/councils/run", start).await.line());
    tell("answer", server.answer(paused, json!({ "action": "approve" })).await.line());
    tell("reject", server.answer(paused, json!({ "action": "reject" })).await.line());
    tell("cancel", server.send(&format!("POST /api/councils/run/{paused}/cancel"), "").await.line());
    tell("retry", server.send(&format!("POST /api/councils/run/{unstarted}/retry"), "").await.line());
    tell("save", server.post("/api/councils/", single("b").to_string()).await.line());
    tell("replace", server.send("PUT /api/councils/kept", single("kept").to_string()).await.line());
    tell("delete", server.send("DELETE /api/councils/kept", "").await.line());
    // The result of a check is kept for a second.
    let not_ready = eventually(async || Some(server.get("/api/ready").await).filter(|answer| answer.status != 200));
    tell("ready", not_ready.await.line());
    lines.join("\n")
}

/// Requests to a server whose database `lose` has lost, and whether the run can be answered after `restore`.
async fn lost(lose: impl Fn(&Path), restore: impl Fn(&Path)) -> String {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let config = Config::default().database(Database::File(path.clone()));
    // The file of a server that was stopped contains everything.
    let server = TestServer::with(config.clone(), two_rounds()).await;
    let saved = server.post("/api/councils/", single("kept").to_string()).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    within(server.stop()).await.unwrap();
    let server = TestServer::with(config, two_rounds()).await;
    let cancelled = server.run_with_chair("Rust").await;
    server.when(&cancelled, "paused").await;
    assert_eq!(server.send(&format!("POST /api/councils/run/{cancelled}/cancel"), "").await.status, 200);
    let paused = server.run_with_chair("Rust").await;
    server.when(&paused, "paused").await;
    server.until_ready().await;

    lose(&path);
    let picture = requests(&server, &paused, &cancelled).await;
    assert_eq!(server.result(&paused).await["status"], "paused");
    restore(&path);
    let answered = server.answer(&paused, json!({ "action": "approve" })).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    picture
}

fn aside(path: &Path) -> std::path::PathBuf {
    path.with_extension("aside")
}

#[tokio::test]
async fn a_server_whose_database_was_moved_accepts_nothing_until_it_is_back() {
    let picture = lost(|path| fs::rename(path, aside(path)).unwrap(), |path| fs::rename(aside(path), path).unwrap());
    expect![[r#"
        start: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        answer: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        reject: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        cancel: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        retry: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        save: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        replace: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        delete: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}
        ready: 503 {"detail":"Runs cannot be stored or read at the moment: the database has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again"}"#]].assert_eq(&picture.await);
}

#[tokio::test]
async fn a_server_whose_database_was_replaced_accepts_nothing_until_it_is_back() {
    let replace = |path: &Path| {
        fs::rename(path, aside(path)).unwrap();
        fs::copy(aside(path), path).unwrap();
    };
    let picture = lost(replace, |path| fs::rename(aside(path), path).unwrap()).await;
    for line in picture.lines() {
        assert!(line.contains(": 503 ") && line.contains("another file has taken its place"), "{line}");
    }
}

#[tokio::test]
async fn a_server_whose_database_was_truncated_accepts_nothing_until_it_is_back() {
    for part in [0, 2] {
        let truncate = |path: &Path| {
            let file = fs::File::options().read(true).write(true).open(path).unwrap();
            fs::copy(path, aside(path)).unwrap();
            file.set_len(file.metadata().unwrap().len() * part / 4).unwrap();
        };
        let rewrite = |path: &Path| {
            let mut file = fs::File::options().write(true).open(path).unwrap();
            std::io::Write::write_all(&mut file, &fs::read(aside(path)).unwrap()).unwrap();
        };
        let picture = lost(truncate, rewrite).await;
        for line in picture.lines() {
            // Some requests read first.
            let is_named = ["it was truncated", "is damaged", "malformed"].iter().any(|found| line.contains(found));
            assert!((line.contains(": 503 ") || line.contains(": 500 ")) && is_named, "{line}");
        }
    }
}

/// The log names the loss once, however many requests there are.
#[tokio::test]
async fn the_loss_of_a_database_is_logged_once() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("council.db");
    let flags = ["--listen", "127.0.0.1:0", "--model", "rehearsal", "--log-format", "json", "--database"];
    let (mut child, address, _lines) = listening(program(&[&flags[..], &[path.to_str().unwrap()]].concat())).await;
    fs::remove_file(&path).unwrap();
    for _ in 0..3 {
        let headers = [("content-type", "application/json")];
        let start = http::send(address, "POST /api/councils/run", &headers, br#"{"input_topic":"Rust"}"#).await;
        assert_eq!(start.status, 503, "{}", start.text);
    }
    signal(&child, "-TERM");
    let mut log = String::new();
    within(child.stderr.take().unwrap().read_to_string(&mut log)).await.unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let errors: Vec<_> = lines.filter(|line| line["level"] == "ERROR").collect();
    let picture: Vec<_> = errors.iter().map(|line| format!("{}: {}", line["message"], line["error"])).collect();
    expect![[r#""the database cannot be written: runs wait, and requests are refused": "the journal `PATH` has lost its file (it was deleted or moved): put the file back, or restore a copy and start the program again""#]].assert_eq(&picture.join("\n").replace(path.to_str().unwrap(), "PATH"));
}
