//! Runs whose calls wait for their turn at a provider: they are seen to wait, and hold no place among the running runs.

use std::sync::Arc;

use council_llm::{
    ChatModel, ChatRequest, ChatStream, CouncilBuilder, Limiter, Models, RateLimited, RateLimits, Rehearsal,
    ScriptedModel,
};
use council_server::{Config, Councils};
use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::{TestServer, eventually, within};
use crate::http;
use crate::models::{Gated, two_rounds};
use crate::process::{listening, program};
use crate::provider::Provider;
use crate::socket::mask;

/// A limiter with one slot, and a call of another program that holds it.
async fn one_slot() -> (Limiter, ChatStream) {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let other = RateLimited::new(ScriptedModel::new("other", ["Hello."]), &limiter);
    let call = other.stream(ChatRequest::user("Say hello.")).await.unwrap();
    (limiter, call)
}

#[tokio::test]
async fn watchers_are_told_of_a_wait_for_a_slot_and_of_its_end() {
    let (limiter, slot) = one_slot().await;
    let model = two_rounds();
    let server = TestServer::start(RateLimited::new(model.clone(), &limiter)).await;
    let id = server.run("Rust").await;
    let result = server.result_when(&id, |result| !result["waiting"].is_null()).await;
    expect![[r#"{"for":"a call of model `scripted` waits for a free slot","until":null}"#]]
        .assert_eq(&result["waiting"].to_string());
    assert_eq!((&result["status"], &result["error"]), (&json!("running"), &Value::Null));

    // A client that connects during the wait gets an event for the wait, and an event for its end.
    let mut watcher = server.watch(&id, 0).await;
    let mut picture = Vec::new();
    for _ in 0..4 {
        picture.push(mask(&watcher.next().await));
    }
    drop(slot);
    let seen = watcher.rest().await;
    picture.extend(seen.picture().lines().take(3).map(str::to_owned));
    expect![[r#"
        {"event":"connected",at,"status":"running"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"node_active","seq":2,at,"node":"master_agent","iteration":1}
        {"event":"run_waiting",at,"for":"a call of model `scripted` waits for a free slot","until":null}
        {"event":"run_waiting",at,"for":null,"until":null}
        {"event":"token",at,"node":"master_agent","text":"First "}
        {"event":"token",at,"node":"master_agent","text":"draft."}"#]]
    .assert_eq(&picture.join("\n"));
    assert_eq!(seen.last()["final_draft"], "The document.");
    assert_eq!((server.result(&id).await["waiting"].clone(), model.requests().len()), (Value::Null, 5));
}

/// A model may read its prompt for minutes after the call is sent. The run is at work then.
#[tokio::test]
async fn a_wait_ends_when_the_call_is_sent_and_not_at_its_first_token() {
    let (limiter, slot) = one_slot().await;
    let silent = Gated::new(two_rounds());
    let server = TestServer::start(RateLimited::new(silent.clone(), &limiter)).await;
    let id = server.run("Rust").await;
    server.result_when(&id, |result| !result["waiting"].is_null()).await;
    assert_eq!(silent.waiting(), 0, "the call is not sent yet");
    let mut watcher = server.watch(&id, 0).await;
    assert!(watcher.until("run_waiting").await["for"].is_string());
    drop(slot);
    assert_eq!(watcher.until("run_waiting").await["for"], Value::Null);
    eventually(async || (silent.waiting() == 1).then_some(())).await;
    assert_eq!(server.result(&id).await["waiting"], Value::Null);
    silent.allow(5);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
}

/// The time at which the quota is full again is known.
#[tokio::test]
async fn a_run_waits_for_the_quota_of_a_minute_and_can_be_cancelled_meanwhile() {
    let limiter = Limiter::new(RateLimits::default().requests_per_minute(1));
    let model = two_rounds();
    let server = TestServer::start(RateLimited::new(model.clone(), &limiter)).await;
    let id = server.run("Rust").await;
    let result = server.result_when(&id, |result| !result["waiting"].is_null()).await;
    assert_eq!(result["waiting"]["for"], "a call of model `scripted` waits for the quota");
    let until: jiff::Timestamp = result["waiting"]["until"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(jiff::Timestamp::now());
    assert!(left.as_secs() <= 60, "{left:?} is left");

    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    let result = server.when(&id, "cancelled").await;
    assert_eq!((&result["waiting"], model.requests().len()), (&Value::Null, 1));
}

/// An agent that is at work keeps the run at work.
#[tokio::test]
async fn a_run_waits_only_if_the_calls_of_all_its_agents_wait() {
    let (limiter, slot) = one_slot().await;
    let quick = Gated::new(ScriptedModel::new("quick", ["From the second."]));
    let given = quick.clone();
    let models = Models::new(move |spec| {
        Ok(match spec.to_string().as_str() {
            "openai/slow" => Arc::new(RateLimited::new(ScriptedModel::new("slow", ["From the first."]), &limiter)),
            "openai/quick" => Arc::new(given.clone()),
            _ => Arc::new(ScriptedModel::new("ask", ["A draft."])),
        })
    });
    let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
    let server = TestServer::of(Config::default(), councils).await;
    let blueprint = json!({
        "id": "both", "name": "Both",
        "nodes": [
            { "id": "ask", "label": "Ask", "model": "openai/ask", "systemPrompt": "Open." },
            { "id": "slow", "label": "Slow", "model": "openai/slow", "systemPrompt": "Write." },
            { "id": "quick", "label": "Quick", "model": "openai/quick", "systemPrompt": "Write." }
        ],
        "edges": [{ "source": "ask", "target": "slow" }, { "source": "ask", "target": "quick" }]
    });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let id = server.start_run("/api/councils/both/run", &json!({ "input_topic": "Rust" })).await;
    eventually(async || (quick.waiting() == 1).then_some(())).await;
    assert_eq!(server.result(&id).await["waiting"], Value::Null);

    quick.allow(1);
    let result = server.result_when(&id, |result| !result["waiting"].is_null()).await;
    assert_eq!(result["waiting"]["for"], "a call of model `slow` waits for a free slot");
    drop(slot);
    let result = server.when(&id, "completed").await;
    assert_eq!(result["final_draft"], "From the first.\n\n---\n\nFrom the second.");
}

/// Three runs before one slot leave a place to a run that needs no model. No answer is paid for twice.
#[tokio::test]
async fn runs_before_a_slot_hold_no_place() {
    let provider = Provider::start().await;
    let mut command = program(&["--listen", "127.0.0.1:0", "--model", "openai/m", "--max-runs", "2"]);
    command.args(["--concurrency", "1"]).env("OPENAI_BASE_URL", provider.base_url());
    let (_child, address, _lines) = listening(command).await;
    let start = async |path: &str, topic: &str| {
        let body = json!({ "input_topic": topic }).to_string();
        let answer = http::send(address, &format!("POST {path}"), &[], body.as_bytes()).await;
        answer.json()["run_id"].as_str().unwrap().to_owned()
    };
    let result_when = async |id: &str, is_so: fn(&Value) -> bool| {
        let path = format!("GET /api/councils/run/{id}");
        eventually(async || Some(http::send(address, &path, &[], b"").await.json()).filter(is_so)).await
    };
    let completed = |result: &Value| result["status"] == "completed";
    let waits = |result: &Value| !result["waiting"].is_null();

    // The first run has the slot before the others start.
    let first = async { tokio::join!(provider.hold_after(0), start("/api/councils/run", "topic-1")) };
    let ((), first) = within(first).await;
    let mut ids = vec![first];
    for topic in ["topic-2", "topic-3"] {
        ids.push(start("/api/councils/run", topic).await);
    }
    for id in &ids[1..] {
        let result = result_when(id, waits).await;
        assert_eq!(
            result["waiting"],
            json!({ "for": "a call of model `openai/m` waits for a free slot", "until": null })
        );
    }
    let rehearsal = json!({
        "id": "rehearsal", "name": "Rehearsal", "edges": [],
        "nodes": [{ "id": "author", "label": "Author", "model": "rehearsal", "systemPrompt": "Write." }]
    });
    http::send(address, "POST /api/councils/", &[], rehearsal.to_string().as_bytes()).await;
    let other = start("/api/councils/rehearsal/run", "Rust").await;
    result_when(&other, completed).await;

    // A run that is cancelled in its wait ends at once.
    http::send(address, &format!("POST /api/councils/run/{}/cancel", ids[2]), &[], b"").await;
    result_when(&ids[2], |result| result["status"] == "cancelled").await;
    assert_eq!(provider.notes().0.len(), 1, "one call has the slot");

    provider.answer_all();
    for id in &ids[..2] {
        assert_eq!(result_when(id, completed).await["waiting"], Value::Null);
    }
    let calls = provider.notes().0;
    assert!(calls.len() == 10 && calls.values().all(|calls| *calls == 1), "{calls:?}");
}
