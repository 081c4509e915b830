//! Runs of the built-in council on a server that was started again with other models.

use std::sync::Arc;
use std::time::Duration;

use council_llm::{
    CRITIC, ChatError, ChatModel, CouncilBuilder, MASTER, Models, Rehearsal, ScriptedAnswer, ScriptedModel, SpecError,
    WRITER,
};
use council_server::{Config, Councils, Database};
use expect_test::expect;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::TestServer;
use crate::models::{Gated, two_rounds};
use crate::retry::{events, retry};

/// Servers that are started one after another on one database.
pub(crate) struct Restarts {
    directory: TempDir,
}

impl Restarts {
    pub(crate) fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    fn config(&self) -> Config {
        Config::default().database(Database::File(self.directory.path().join("council.db")))
    }

    /// A server whose agents have this model, under this name. It has resumed the runs of an earlier server.
    pub(crate) async fn start(&self, name: &str, model: impl ChatModel) -> TestServer {
        let graph = CouncilBuilder::new(model).build().unwrap();
        let councils = [MASTER, CRITIC, WRITER].into_iter();
        let councils = councils.fold(Councils::new(graph), |councils, node| councils.model_name(node, name));
        self.start_with(councils).await
    }

    pub(crate) async fn start_with(&self, councils: Councils) -> TestServer {
        let server = TestServer::of(self.config(), councils).await;
        server.until_ready().await;
        server
    }
}

/// The rest of a council of two rounds, by another model.
fn rest_of_two_rounds() -> ScriptedModel {
    ScriptedModel::new("other", ["Second draft of another.", "SCORE: 9", "The document of another."])
}

/// Waits until a run is pending with a reason, and returns the reason.
pub(crate) async fn reason(server: &TestServer, id: &str) -> String {
    let result = server.result_when(id, |result| result["status"] == "pending" && !result["error"].is_null()).await;
    assert_eq!((&result["queue_position"], &result["waiting"]), (&Value::Null, &Value::Null));
    result["error"].as_str().unwrap().to_owned()
}

/// What the answers of the server say about the only run: its result, the history, a watcher, and the counts.
async fn statuses(server: &TestServer, id: &str) -> String {
    let result = server.result(id).await;
    let entry = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!((&entry["error"], &server.get("/api/runs/").await.json()[0]), (&result["error"], &entry));
    let connected: Value = serde_json::from_str(&server.watch(id, 0).await.next().await).unwrap();
    let metrics = server.get("/metrics").await.text;
    let counts = metrics.lines().filter(|line| line.starts_with("council_runs{") && line.ends_with(" 1"));
    let said = [&result["status"], &entry["status"], &connected["status"]].map(|status| status.as_str().unwrap());
    said.into_iter().chain(counts).collect::<Vec<_>>().join("\n")
}

/// A result without the id of the run and the durations of its calls.
fn without_ids(result: &Value) -> Value {
    let mut result = result.clone();
    result["run_id"].take();
    result["calls"].as_array_mut().unwrap().iter_mut().for_each(|call| drop(call["duration_ms"].take()));
    result
}

/// The agents and models of the calls.
fn callers(result: &Value) -> Vec<String> {
    let calls = result["calls"].as_array().unwrap().iter();
    calls.map(|call| format!("{} {}", call["node"].as_str().unwrap(), call["model"].as_str().unwrap())).collect()
}

/// A run on a server with the models `name`, which is dropped while the master writes the second draft.
pub(crate) async fn interrupted(restarts: &Restarts, name: &str, model: &Gated) -> String {
    let server = restarts.start(name, model.clone()).await;
    let id = server.run("Rust").await;
    model.allow(2);
    server.result_when(&id, |result| result["iteration_count"] == 1 && result["next_nodes"][0] == MASTER).await;
    server.abort().await;
    id
}

#[tokio::test]
async fn a_run_waits_for_a_server_with_its_models() {
    let (restarts, model) = (Restarts::new(), Gated::new(two_rounds()));
    let id = interrupted(&restarts, "openai/a", &model).await;

    let other = two_rounds();
    let server = restarts.start("openai/b", other.clone()).await;
    expect!["the models of the run differ from the models of this server: `critic_agent`, `master_agent`, `writer_agent` have `openai/a` in the run and `openai/b` on this server: start the server with `--model openai/a --critic-model openai/a --writer-model openai/a`, or retry the run to go on with the models of this server"]
        .assert_eq(&reason(&server, &id).await);
    expect![[r#"
        pending
        pending
        pending
        council_runs{status="pending"} 1"#]]
    .assert_eq(&statuses(&server, &id).await);
    let graph = server.get(&format!("/api/runs/{id}/graph")).await.text;
    assert!(graph.contains("openai/a") && !graph.contains("openai/b"), "{graph}");
    // A new run has the models of the server.
    let new = server.run("Rust").await;
    server.when(&new, "completed").await;
    assert_eq!(other.requests().len(), 5);
    server.abort().await;

    let server = restarts.start("openai/a", model.clone()).await;
    model.allow(3);
    let result = server.when(&id, "completed").await;
    assert_eq!(model.calls(), 5, "each agent was asked once for each round");
    assert!(!events(&server, &id).await.contains("models_changed"));
    let uninterrupted = TestServer::start(two_rounds()).await;
    let other = uninterrupted.run("Rust").await;
    assert_eq!(without_ids(&result), without_ids(&uninterrupted.when(&other, "completed").await));
}

#[tokio::test]
async fn a_retried_run_goes_on_with_the_models_of_the_server() {
    let (restarts, model) = (Restarts::new(), Gated::new(two_rounds()));
    let id = interrupted(&restarts, "openai/a", &model).await;
    let other = Gated::new(rest_of_two_rounds());
    let server = restarts.start("openai/b", other.clone()).await;
    reason(&server, &id).await;
    let watcher = server.watch(&id, 8).await;
    let answers = join_all((0..8).map(|_| retry(&server, &id))).await;
    let mut codes: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    codes.sort_unstable();
    assert_eq!(codes, [202, 409, 409, 409, 409, 409, 409, 409]);
    expect![[r#"
        running
        running
        running
        council_runs{status="running"} 1"#]]
    .assert_eq(&statuses(&server, &id).await);
    let graph = server.get(&format!("/api/runs/{id}/graph")).await.text;
    assert!(graph.contains("openai/b") && !graph.contains("openai/a"), "{graph}");
    let metrics = server.get("/metrics").await.text;
    assert!(metrics.contains("\ncouncil_runs_retried_total 1\n"), "{metrics}");
    server.abort().await;
    let seen = watcher.rest().await.picture();
    expect![[r#"
        {"event":"connected",at,"status":"pending"}
        {"event":"run_stalled",at,"reason":"the models of the run differ from the models of this server: `critic_agent`, `master_agent`, `writer_agent` have `openai/a` in the run and `openai/b` on this server: start the server with `--model openai/a --critic-model openai/a --writer-model openai/a`, or retry the run to go on with the models of this server"}
        {"event":"models_changed","seq":9,at,"changes":[{"node":"critic_agent","before":"openai/a","now":"openai/b"},{"node":"master_agent","before":"openai/a","now":"openai/b"},{"node":"writer_agent","before":"openai/a","now":"openai/b"}]}
        {"event":"node_start","seq":10,at,"node":"master_agent","iteration":2}
        {"event":"node_active","seq":11,at,"node":"master_agent","iteration":2}
        closed without a word"#]].assert_eq(&seen);

    // The next server does not ask again.
    let server = restarts.start("openai/b", other.clone()).await;
    other.allow(3);
    let result = server.when(&id, "completed").await;
    assert_eq!(result["final_draft"], "The document of another.");
    let expected = [
        "master_agent scripted",
        "critic_agent scripted",
        "master_agent other",
        "critic_agent other",
        "writer_agent other",
    ];
    assert_eq!(callers(&result), expected);
    assert_eq!((model.calls(), other.calls()), (2, 3));
}

/// The answer is stored. The agents do not run, because the chair has not chosen the models of this server.
#[tokio::test]
async fn an_answer_of_the_chair_is_kept_until_the_models_are_back() {
    let (restarts, model) = (Restarts::new(), two_rounds());
    let server = restarts.start("openai/a", model.clone()).await;
    let mut ids = Vec::new();
    for topic in ["first", "second"] {
        let id = server.run_with_chair(topic).await;
        server.when(&id, "paused").await;
        ids.push(id);
    }
    server.abort().await;

    let other = ScriptedModel::new("other", ["A draft of another."]);
    let server = restarts.start("openai/b", other.clone()).await;
    for id in &ids {
        let body = json!({ "action": "modify", "modified_state": { "input_topic": "crabs" } });
        let answer = server.answer(id, body.clone()).await;
        assert_eq!((answer.status, &answer.json()["status"]), (200, &json!("pending")));
        assert!(answer.json()["error"].as_str().unwrap().contains("`--model openai/a "), "{}", answer.text);
        assert_eq!(server.answer(id, body).await.status, 400, "it is answered");
    }
    assert_eq!(other.requests().len(), 0);
    let [kept, retried] = &*ids else { unreachable!() };
    assert_eq!(retry(&server, retried).await.status, 202);
    server.result_when(retried, |result| result["next_nodes"][0] == CRITIC).await;
    assert!(other.requests()[0].messages[0].content.contains("crabs"));
    let seen = server.get(&format!("/api/runs/{retried}/events")).await.json();
    let names: Vec<_> = seen.as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
    let expected =
        ["run_paused", "node_active", "run_resumed", "models_changed", "node_start", "node_active", "node_complete"];
    assert_eq!(names[..7], expected);
    server.abort().await;

    let server = restarts.start("openai/a", model.clone()).await;
    let result = server.result_when(kept, |result| result["next_nodes"][0] == CRITIC).await;
    assert_eq!((&result["status"], &result["current_draft"]), (&json!("paused"), &json!("First draft.")));
    assert!(model.requests()[0].messages[0].content.contains("crabs"));
}

/// The retry of a run that has ended accepts the models of the server.
#[tokio::test]
async fn a_retry_of_a_failed_run_goes_on_with_the_models_of_the_server() {
    let restarts = Restarts::new();
    let refused = ScriptedAnswer::error(|| ChatError::status("a provider", 401, "invalid key", None));
    let server = restarts.start("openai/a", ScriptedModel::new("scripted", [refused])).await;
    let id = server.run("Rust").await;
    server.when(&id, "failed").await;
    server.abort().await;

    let server = restarts.start("openai/b", two_rounds()).await;
    assert_eq!(retry(&server, &id).await.status, 202);
    server.when(&id, "completed").await;
    let events = events(&server, &id).await;
    let first: Vec<_> = events.lines().take(6).collect();
    expect![[r#"
        {"event":"connected",at,"status":"completed"}
        {"event":"node_start","seq":1,at,"node":"master_agent","iteration":1}
        {"event":"run_failed","seq":3,at,"error":"node `master_agent` failed in superstep 1, attempt 1: model `scripted` gave no answer: a provider answered HTTP 401: invalid key","node":"master_agent","attempt":1}
        {"event":"run_resumed","seq":4,at}
        {"event":"models_changed","seq":5,at,"changes":[{"node":"critic_agent","before":"openai/a","now":"openai/b"},{"node":"master_agent","before":"openai/a","now":"openai/b"},{"node":"writer_agent","before":"openai/a","now":"openai/b"}]}
        {"event":"node_start","seq":6,at,"node":"master_agent","iteration":1}"#]].assert_eq(&first.join("\n"));
}

/// The run waited for its former model, so it calls its new model at once.
#[tokio::test]
async fn a_waiting_run_with_other_models_calls_at_once() {
    let restarts = Restarts::new();
    let busy = || ScriptedAnswer::error(|| ChatError::status("a provider", 429, "the quota is used up", HOUR));
    let server = restarts.start("openai/a", ScriptedModel::new("scripted", [busy()])).await;
    let id = server.run("Rust").await;
    server.result_when(&id, |result| !result["waiting"].is_null()).await;
    server.abort().await;

    let server = restarts.start("openai/b", two_rounds()).await;
    reason(&server, &id).await;
    assert_eq!(retry(&server, &id).await.status, 202);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
}

/// All answers agree on the status of a waiting run whose provider was removed from the settings.
#[tokio::test]
async fn a_waiting_run_without_its_provider_is_pending() {
    let restarts = Restarts::new();
    let start = async |has_provider: bool| {
        let models = Models::new(move |spec| {
            if has_provider {
                let busy = ScriptedAnswer::error(|| ChatError::status("a provider", 429, "the quota is used up", HOUR));
                return Ok(Arc::new(ScriptedModel::new("author", [busy])));
            }
            Err(SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() })
        });
        let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
        restarts.start_with(councils).await
    };
    let server = start(true).await;
    let blueprint = json!({ "id": "alone", "name": "Alone", "nodes": [{ "id": "author", "model": "openai/author" }] });
    assert_eq!(server.post("/api/councils/", blueprint.to_string()).await.status, 201);
    let id = server.start_run("/api/councils/alone/run", &json!({ "input_topic": "Rust" })).await;
    server.result_when(&id, |result| !result["waiting"].is_null()).await;
    server.abort().await;

    let server = start(false).await;
    assert!(reason(&server, &id).await.contains("set SOME_KEY"));
    expect![[r#"
        pending
        pending
        pending
        council_runs{status="pending"} 1"#]]
    .assert_eq(&statuses(&server, &id).await);
    let mut watcher = server.watch(&id, 0).await;
    for name in ["connected", "node_start", "node_active", "run_stalled"] {
        let event: Value = serde_json::from_str(&watcher.next().await).unwrap();
        assert_eq!(event["event"], name);
    }
    expect![[r#"503 {"detail":"Run 'RUN' cannot resume: blueprint \"Alone\" cannot run: node \"author\" has no usable model: `openai/author` needs a key: set SOME_KEY, or choose `rehearsal`, which needs none"}"#]].assert_eq(&retry(&server, &id).await.line().replace(&id, "RUN"));
    server.post(&format!("/api/councils/run/{id}/cancel"), "").await;
    let event: Value = serde_json::from_str(&watcher.next().await).unwrap();
    assert_eq!(event["event"], "run_cancelled", "and no `run_waiting` before");
}

const HOUR: Duration = Duration::from_secs(3600);
