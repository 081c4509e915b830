//! Runs that wait for a model.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use council_core::Retry;
use council_llm::{
    ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, CouncilBuilder, ScriptedAnswer, ScriptedModel,
};
use council_server::{Config, Councils, Database};
use expect_test::expect;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{StoppedClock, TestServer};
use crate::models::{Gated, two_rounds};
use crate::socket::mask;

const HOUR: Duration = Duration::from_secs(3600);

/// Breaks off after a word, and asks to wait for this time, until it is there again.
#[derive(Clone)]
struct Away {
    inner: ScriptedModel,
    retry_after: Duration,
    is_there: Arc<AtomicBool>,
    /// Only calls about this topic fail.
    topic: &'static str,
}

impl Away {
    fn new(inner: ScriptedModel, retry_after: Duration) -> Self {
        Self { inner, retry_after, is_there: Arc::default(), topic: "" }
    }

    fn come_back(&self) {
        self.is_there.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl ChatModel for Away {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let is_about_it = request.messages.iter().any(|message| message.content.contains(self.topic));
        if self.is_there.load(Ordering::SeqCst) || !is_about_it {
            return self.inner.stream(request).await;
        }
        let error = ChatError::status("a provider", 503, "overloaded", self.retry_after);
        Ok(stream::iter([Ok(ChatEvent::Delta("Half ".to_owned())), Err(error)]).boxed())
    }
}

fn retry_after(failure: &council_core::Failure) -> Option<Duration> {
    let council_core::Failure::Node { source, .. } = failure else { return None };
    match source.downcast_ref()? {
        council_llm::AgentError::Chat { source, .. } => source.retry_after(),
        _ => None,
    }
}

fn patient(model: Away) -> Councils {
    let retry = Retry::default().attempts(u32::MAX).pause(Duration::ZERO).min_pause(retry_after);
    CouncilBuilder::new(model).retry(retry).build().unwrap().into()
}

async fn pass_an_hour() {
    let clock = StoppedClock::new();
    clock.advance(HOUR).await;
    tokio::time::resume();
}

/// Passes hours until the run waits no more. A run shows its wait a moment before its driver has set the timer of the wait, so one hour may
/// be too little.
async fn pass_the_wait(server: &TestServer, run: &str) {
    for _ in 0..1_000 {
        pass_an_hour().await;
        if server.result(run).await["waiting"].is_null() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the wait of {run} has no end");
}

fn without_times(text: &str) -> String {
    let mut value: Value = serde_json::from_str(text).unwrap();
    if let Some(until) = value.get_mut("until") {
        assert!(until.as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        *until = json!("TIME");
    }
    if let Some(wait) = value.get_mut("wait_ms") {
        assert!(wait.is_u64());
        *wait = json!("TIME");
    }
    mask(&value.to_string())
}

#[tokio::test]
async fn watchers_are_told_of_retries_and_waits() {
    let model = Away::new(two_rounds(), HOUR);
    let server = TestServer::of(Config::default(), patient(model.clone())).await;
    let id = server.run("Rust").await;
    let result = server.result_when(&id, |result| !result["waiting"].is_null()).await;
    assert_eq!((&result["status"], &result["error"]), (&json!("running"), &Value::Null));
    let waiting = result["waiting"].to_string().replace(result["waiting"]["until"].as_str().unwrap(), "TIME");
    expect![[r#"{"for":"the answer of model `scripted` broke off after 5 characters: a provider answered HTTP 503: overloaded","until":"TIME"}"#]]
        .assert_eq(&waiting);
    let until: jiff::Timestamp = result["waiting"]["until"].as_str().unwrap().parse().unwrap();
    let left = until.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((3_000..=3_600).contains(&left), "{left} seconds are left");
    let entry = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!((&entry["status"], &entry["waiting"]), (&json!("running"), &result["waiting"]));
    assert_eq!(server.get("/api/runs/").await.json(), json!([entry]));
    let waiting_runs = async || {
        let metrics = server.get("/metrics").await.text;
        metrics.lines().find_map(|line| line.strip_prefix("council_runs_waiting ").map(str::to_owned))
    };
    assert_eq!(waiting_runs().await.as_deref(), Some("1"));

    // A client that connects during the wait gets the current one.
    let mut watcher = server.watch(&id, 0).await;
    let mut picture = Vec::new();
    for _ in 0..5 {
        picture.push(without_times(&watcher.next().await));
    }
    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    picture.extend(watcher.rest().await.picture().lines().map(str::to_owned));
    expect![[r#"
        {at,"event":"connected","status":"running"}
        {at,"event":"node_start","iteration":1,"node":"master_agent","seq":1}
        {at,"event":"node_active","iteration":1,"node":"master_agent","seq":2}
        {at,"attempt":2,"event":"node_retry","iteration":1,"node":"master_agent","reason":"the answer of model `scripted` broke off after 5 characters: a provider answered HTTP 503: overloaded","wait_ms":"TIME"}
        {at,"event":"run_waiting","for":"the answer of model `scripted` broke off after 5 characters: a provider answered HTTP 503: overloaded","until":"TIME"}
        {"event":"run_cancelled","seq":3,at}
        closed with 1000"#]].assert_eq(&picture.join("\n"));
    assert_eq!(server.result(&id).await["waiting"], Value::Null);
    assert_eq!(server.get("/api/runs/").await.json()[0]["waiting"], Value::Null);
    assert_eq!(waiting_runs().await.as_deref(), Some("0"));
}

/// The text of a failed attempt is withdrawn; short pauses are no waits.
#[tokio::test]
async fn a_retry_withdraws_what_was_shown() {
    let model = Away::new(two_rounds(), Duration::from_millis(20));
    let server = TestServer::of(Config::default(), patient(model.clone())).await;
    let id = server.run("Rust").await;
    let mut watcher = server.watch(&id, 0).await;
    let retry = watcher.until("node_retry").await;
    let picture = format!("{} {} {} {}", retry["node"], retry["iteration"], retry["reason"], retry["seq"]);
    expect![[r#""master_agent" 1 "the answer of model `scripted` broke off after 5 characters: a provider answered HTTP 503: overloaded" null"#]]
        .assert_eq(&picture);
    assert!(retry["attempt"].as_u64().unwrap() >= 2 && retry["wait_ms"].as_u64().unwrap() >= 20, "{retry}");
    model.come_back();
    let seen = watcher.rest().await;
    assert!(!seen.events.iter().any(|event| event.contains("run_waiting")));
    assert_eq!(seen.last()["final_draft"], "The document.");
    let metrics = server.get("/metrics").await.text;
    assert!(!metrics.contains("\ncouncil_call_retries_total 0\n"), "{metrics}");
}

/// A watcher that connects or returns while a call is repeated sees that it is.
#[tokio::test]
async fn a_late_watcher_sees_that_a_call_is_repeated() {
    let broken = ScriptedAnswer::from("Half a").then_error(|| ChatError::Truncated);
    let answers = [broken, ScriptedAnswer::from("First draft.")];
    let model = Gated::new(ScriptedModel::new("scripted", answers));
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let mut live = server.watch(&id, 0).await;
    model.allow(1);
    live.until("node_retry").await;
    let mut picture = Vec::new();
    for after in [0, 2] {
        let mut watcher = server.watch(&id, after).await;
        let retry = watcher.until("node_retry").await;
        picture.push(format!("{} {} {} {}", retry["node"], retry["attempt"], retry["reason"], retry["seq"]));
    }
    expect![[r#"
        "master_agent" 2 "the answer of model `scripted` broke off after 6 characters: the answer was cut off before the model had finished it" null
        "master_agent" 2 "the answer of model `scripted` broke off after 6 characters: the answer was cut off before the model had finished it" null"#]].assert_eq(&picture.join("\n"));
    // Once the agent has ended, its repeated call is over. The script has no answer for the critic.
    model.allow(2);
    live.until("node_complete").await;
    let seen = server.watch(&id, 0).await.rest().await;
    assert!(!seen.picture().contains("node_retry"));
}

/// A run that waits holds no place among the running runs, and takes one again without queueing.
#[tokio::test]
async fn another_run_works_while_a_run_waits() {
    let inner = ScriptedModel::new("scripted", ["SCORE: 9"]).repeating();
    let model = Away { topic: "patience", ..Away::new(inner, HOUR) };
    let server = TestServer::of(Config::default().max_runs(1), patient(model.clone())).await;
    let waiting = server.run("patience").await;
    server.result_when(&waiting, |result| !result["waiting"].is_null()).await;
    for _ in 0..2 {
        let other = server.run("Rust").await;
        server.when(&other, "completed").await;
    }
    assert_eq!(server.result(&waiting).await["status"], "running");

    model.come_back();
    pass_the_wait(&server, &waiting).await;
    assert_eq!(server.when(&waiting, "completed").await["waiting"], Value::Null);
    let other = server.run("Rust").await;
    server.when(&other, "completed").await;
}

/// After a restart the wait is shown, and the run goes on by itself at its time.
#[tokio::test]
async fn a_wait_survives_a_restart() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().max_runs(1).database(Database::File(directory.path().join("council.db")));
    let model = Away { topic: "patience", ..Away::new(two_rounds(), HOUR) };
    let server = TestServer::of(config.clone(), patient(model.clone())).await;
    let id = server.run("patience").await;
    let before = server.result_when(&id, |result| !result["waiting"].is_null()).await;
    server.abort().await;

    model.come_back();
    let server = TestServer::of(config, patient(model.clone())).await;
    server.until_ready().await;
    assert_eq!(server.result(&id).await["waiting"], before["waiting"]);
    let mut watcher = server.watch(&id, 2).await;
    let again =
        [watcher.next().await, watcher.until("run_waiting").await.to_string()].map(|event| without_times(&event));
    expect![[r#"
        {at,"event":"connected","status":"running"}
        {at,"event":"run_waiting","for":"the answer of model `scripted` broke off after 5 characters: a provider answered HTTP 503: overloaded","until":"TIME"}"#]].assert_eq(&again.join("\n"));
    assert_eq!(model.inner.requests().len(), 0, "the model is not called before the time of the retry");
    pass_the_wait(&server, &id).await;
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
}
