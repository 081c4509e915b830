//! The memory and the disk that big blueprints and slow readers cost.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::eventually;
use crate::load::Program;

/// A blueprint of nearly the largest size that a request may have.
fn big_blueprint(id: &str) -> Value {
    let prompt = |agent: u32| format!("You are Master AI {agent}. {}", "Write plainly. ".repeat(6_000));
    let nodes: Vec<_> = (0..10)
        .map(|agent| json!({ "id": format!("a{agent}"), "model": "openai/x", "systemPrompt": prompt(agent) }))
        .collect();
    let edges: Vec<_> =
        (1..10).map(|agent| json!({ "source": format!("a{}", agent - 1), "target": format!("a{agent}") })).collect();
    json!({ "id": id, "name": "Big", "nodes": nodes, "edges": edges })
}

/// The size of all files of a directory, in bytes.
fn disk(directory: &TempDir) -> u64 {
    let files = std::fs::read_dir(directory.path()).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

/// The runs share one stored blueprint and one graph, also after a restart.
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
    assert!(more_memory < 20 << 20, "{more_memory} bytes of memory");
    assert!(more_disk < 20 << 20, "{more_disk} bytes on the disk");

    program.kill().await;
    let program = Program::start("openai/x", &flags).await;
    eventually(async || (program.get("/api/ready").await.status == 200).then_some(())).await;
    let after_restart = program.memory().saturating_sub(memory);
    println!("after a restart: {after_restart} bytes of memory");
    assert!(after_restart < 30 << 20, "{after_restart} bytes of memory after a restart");
}
