//! Runs that cannot go on with the models of the server: the reason for watchers, and retries that accept the models.

use council_llm::{CRITIC, ScriptedModel};
use expect_test::expect;
use serde_json::{Value, json};

use crate::changed_models::{Restarts, reason};
use crate::harness::TestServer;
use crate::models::{Gated, two_rounds};
use crate::retry::retry;
use crate::socket::mask;

/// The names of the numbered events.
async fn names(server: &TestServer, id: &str) -> Vec<String> {
    let events = server.get(&format!("/api/runs/{id}/events")).await.json();
    events.as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap().to_owned()).collect()
}

/// A run with a chair that is paused, on a server with the models `openai/a`, which is dropped.
async fn paused(restarts: &Restarts, is_rejected: bool) -> String {
    let server = restarts.start("openai/a", two_rounds()).await;
    let id = server.run_with_chair("Rust").await;
    server.when(&id, "paused").await;
    if is_rejected {
        assert_eq!(server.answer(&id, json!({ "action": "reject" })).await.status, 200);
    }
    server.abort().await;
    id
}

#[tokio::test]
async fn a_watcher_that_connects_to_a_run_with_other_models_receives_the_reason() {
    let (restarts, model) = (Restarts::new(), Gated::new(two_rounds()));
    let server = restarts.start("openai/a", model).await;
    let id = server.run("Rust").await;
    server.when(&id, "running").await;
    server.abort().await;

    let server = restarts.start("openai/b", two_rounds()).await;
    let reason = reason(&server, &id).await;
    let mut watcher = server.watch(&id, 1).await;
    assert_eq!(watcher.until("run_stalled").await["reason"], reason);
    assert_eq!(names(&server, &id).await, ["node_start", "node_active"], "the event has no number");
    // A retry ends the stall.
    assert_eq!(retry(&server, &id).await.status, 202);
    let seen = watcher.rest().await;
    assert!(seen.events[0].contains(r#""event":"models_changed","#), "{}", seen.events[0]);
    assert_eq!(seen.last()["event"], "run_complete");
}

#[tokio::test]
async fn a_watcher_learns_why_a_run_that_another_client_has_approved_does_not_go_on() {
    let restarts = Restarts::new();
    let id = paused(&restarts, false).await;
    let server = restarts.start("openai/b", two_rounds()).await;
    let mut watcher = server.watch(&id, 2).await;
    server.answer(&id, json!({ "action": "approve" })).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(mask(&watcher.next().await));
    }
    expect![[r#"
        {"event":"connected",at,"status":"paused"}
        {"event":"run_resumed","seq":3,at}
        {"event":"run_stalled",at,"reason":"the models of the run differ from the models of this server: `critic_agent`, `master_agent`, `writer_agent` have `openai/a` in the run and `openai/b` on this server: start the server with `--model openai/a --critic-model openai/a --writer-model openai/a`, or retry the run to go on with the models of this server"}"#]]
    .assert_eq(&seen.join("\n"));
}

/// The retry stores the models of the server in the run, so they do not differ when the chair answers.
#[tokio::test]
async fn a_rejected_run_that_is_retried_goes_on_with_the_models_of_the_server() {
    let restarts = Restarts::new();
    let id = paused(&restarts, true).await;
    let server = restarts.start("openai/b", two_rounds()).await;
    // The second time nothing is left to change.
    for _ in 0..2 {
        assert_eq!(retry(&server, &id).await.json()["status"], "paused");
        assert_eq!(server.answer(&id, json!({ "action": "reject" })).await.status, 200);
    }
    assert_eq!(retry(&server, &id).await.json()["status"], "paused");
    server.abort().await;

    // The change of the models is stored.
    let server = restarts.start("openai/b", two_rounds()).await;
    let answer = server.answer(&id, json!({ "action": "approve" })).await;
    assert_eq!((answer.status, &answer.json()["error"]), (200, &Value::Null));
    server.result_when(&id, |result| result["status"] == "paused" && result["next_nodes"][0] == CRITIC).await;
    let names = names(&server, &id).await;
    let last = names.len() - 7;
    let expected =
        ["run_resumed", "models_changed", "node_start", "node_active", "node_complete", "run_paused", "node_active"];
    assert_eq!(names[last..], expected);
    assert_eq!(names.iter().filter(|name| *name == "models_changed").count(), 1);
}

#[tokio::test]
async fn a_run_that_has_its_first_models_again_tells_of_no_change() {
    let restarts = Restarts::new();
    let id = paused(&restarts, true).await;
    for (name, is_last) in [("openai/b", false), ("openai/a", true)] {
        let server = restarts.start(name, ScriptedModel::new("scripted", ["First draft."])).await;
        assert_eq!(retry(&server, &id).await.json()["status"], "paused");
        let action = if is_last { "approve" } else { "reject" };
        assert_eq!(server.answer(&id, json!({ "action": action })).await.status, 200);
        if is_last {
            server.result_when(&id, |result| result["status"] == "paused" && result["next_nodes"][0] == CRITIC).await;
            let names = names(&server, &id).await;
            assert!(!names.contains(&"models_changed".to_owned()), "{names:?}");
        }
        server.abort().await;
    }
}
