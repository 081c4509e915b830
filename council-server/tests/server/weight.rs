//! The memory and the disk that big blueprints and slow readers cost.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::blueprints::big_blueprint;
use crate::harness::{eventually, within};
use crate::http;
use crate::load::Program;

/// The size of all files of a directory, in bytes.
fn disk(directory: &TempDir) -> u64 {
    let files = std::fs::read_dir(directory.path()).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

/// The runs share one stored blueprint and one graph, also after a restart.
///
/// Measured alone: 5 to 8 MB after 400 runs, and 381 MB when each run had its own. On a busy machine more threads read the blueprint, and
/// the allocator keeps pages for each of them, so the limit is higher.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_runs_of_one_big_blueprint_cost_little_memory_and_disk() {
    let directory = TempDir::new().unwrap();
    let database = directory.path().join("council.db");
    let flags = ["--database", database.to_str().unwrap(), "--max-runs", "1"];
    let program = Program::start("openai/x", &flags).await;
    program.post("/api/councils/", &big_blueprint("big")).await;
    let (memory, stored) = (program.memory(), disk(&directory));
    let start = async || program.post("/api/councils/big/run", &json!({ "input_topic": "topic-1" })).await;
    let ((), _) = tokio::join!(program.provider.hold_after(0), start());
    for _ in 1..400 {
        start().await;
    }
    let (more_memory, more_disk) = (program.memory().saturating_sub(memory), disk(&directory) - stored);
    println!("400 runs: {more_memory} bytes of memory, {more_disk} bytes on the disk");
    assert!(more_memory < 120 << 20, "{more_memory} bytes of memory");
    assert!(more_disk < 20 << 20, "{more_disk} bytes on the disk");

    program.kill().await;
    let program = Program::start("openai/x", &flags).await;
    eventually(async || (program.get("/api/ready").await.status == 200).then_some(())).await;
    let after_restart = program.memory().saturating_sub(memory);
    println!("after a restart: {after_restart} bytes of memory");
    assert!(after_restart < 120 << 20, "{after_restart} bytes of memory after a restart");
}

/// A server with a run of two drafts of 3 MB, forty more entries in its history, and 60 big blueprints; the id of the big run.
async fn filled(flags: &[&str]) -> String {
    let program = Program::start("openai/x", flags).await;
    let topic = json!({ "input_topic": "topic-1" });
    for _ in 0..40 {
        program.run(&topic).await;
    }
    program.provider.pad("x".repeat(3 << 20));
    let id = program.run(&json!({ "input_topic": "topic-2", "god_mode": true })).await;
    // The master, the critic and the master again.
    for answer in [true, true, true, false] {
        let result = eventually(async || {
            let result = program.get(&format!("/api/councils/run/{id}")).await.json();
            (result["status"] != "running" && result["status"] != "pending").then_some(result)
        });
        let result = result.await;
        assert_eq!(result["status"], "paused", "{}", result["error"]);
        if answer {
            program.post(&format!("/api/councils/run/{id}/approve"), &json!({ "action": "approve" })).await;
        }
    }
    for blueprint in 0..60 {
        program.post("/api/councils/", &big_blueprint(&format!("b{blueprint}"))).await;
    }
    program.kill().await;
    id
}

/// Clients that ask for the list of big blueprints and do not read it share the bytes, or are refused with a reason. Without the bound on
/// bytes of answers the server takes gigabytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a minute without optimisations: `.ci/run` runs it with them"]
async fn slow_readers_of_a_big_list_cost_little_memory() {
    let directory = TempDir::new().unwrap();
    let database = directory.path().join("council.db");
    let flags = ["--database", database.to_str().unwrap()];
    filled(&flags).await;
    let program = Program::start("openai/x", &flags).await;
    eventually(async || (program.get("/api/ready").await.status == 200).then_some(())).await;
    let idle = program.memory();
    let mut clients = Vec::new();
    for _ in 0..100 {
        let mut client = http::narrow(program.address).await;
        let request = format!("GET /api/councils/ HTTP/1.1\r\nhost: {}\r\n\r\n", program.address);
        client.write_all(request.as_bytes()).await.unwrap();
        clients.push(client);
    }
    let mut statuses = BTreeMap::<String, usize>::new();
    for client in &mut clients {
        let mut line = [0; 12];
        within(client.read_exact(&mut line)).await.unwrap();
        *statuses.entry(String::from_utf8_lossy(&line).into_owned()).or_default() += 1;
    }
    let most = program.peak_memory() - idle;
    println!("{} MB over idle, {statuses:?}", most >> 20);
    assert!(most < 250 << 20, "{most} bytes over idle");
    drop(clients);
    assert_eq!(within(program.get("/api/health")).await.status, 200);
}

/// Requests for one run at the same time read it once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a minute without optimisations: `.ci/run` runs it with them"]
async fn many_reads_of_one_big_run_cost_little_memory() {
    let directory = TempDir::new().unwrap();
    let database = directory.path().join("council.db");
    let flags = ["--database", database.to_str().unwrap()];
    let id = filled(&flags).await;
    let program = Program::start("openai/x", &flags).await;
    eventually(async || (program.get("/api/ready").await.status == 200).then_some(())).await;
    for path in ["/api/runs/ID/rounds", "/api/councils/run/ID", "/api/runs/ID/events"] {
        let idle = program.memory();
        let path = path.replace("ID", &id);
        let answers = join_all((0..8).map(|_| program.get(&path))).await;
        assert!(answers.iter().all(|answer| answer.status == 200 && answer.text == answers[0].text));
        let more = program.peak_memory() - idle;
        println!("{path}: {} MB over idle, for an answer of {} bytes", more >> 20, answers[0].sent);
        assert!(more < 120 << 20, "{path}: {more} bytes over idle");
    }
}
