//! Retries of runs whose blueprint was changed since they began.

use std::sync::Arc;
use std::time::Duration;

use council_llm::{ChatError, ChatModel, CouncilBuilder, Models, Rehearsal, ScriptedAnswer, ScriptedModel, SpecError};
use council_server::{Config, Councils};
use expect_test::expect;
use serde_json::{Value, json};

use crate::blueprints::pair;
use crate::changed_models::{Restarts, reason};
use crate::harness::TestServer;
use crate::models::Gated;
use crate::retry::{events, retry};

/// Councils with the models `openai/author` and `openai/judge`. The provider has no other model.
fn councils(author: &ScriptedModel, judge: impl ChatModel + Clone) -> Councils {
    let author = author.clone();
    let models = Models::new(move |spec| match spec.to_string().as_str() {
        "openai/author" => Ok(Arc::new(author.clone())),
        "openai/judge" => Ok(Arc::new(judge.clone())),
        _ => {
            let unknown = ScriptedAnswer::error(|| ChatError::status("a provider", 404, "no such model", None));
            Ok(Arc::new(ScriptedModel::new("unknown", [unknown]).repeating()))
        }
    });
    Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models)
}

fn author() -> ScriptedModel {
    ScriptedModel::new("author", ["First draft.", "The document."])
}

fn judge() -> ScriptedModel {
    ScriptedModel::new("judge", ["SCORE: 9\nFEEDBACK: Good."])
}

/// The pair, whose critic has this model.
fn judged_by(model: &str) -> Value {
    let mut blueprint = pair();
    blueprint["nodes"][1]["model"] = json!(model);
    blueprint
}

async fn replace(server: &TestServer, blueprint: &Value) {
    let replaced = server.send("PUT /api/councils/pair", blueprint.to_string()).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
}

/// Starts a run of the pair, whose critic's model does not exist, so the run fails after the first draft.
async fn failed(server: &TestServer) -> String {
    let saved = server.post("/api/councils/", judged_by("openai/nosuch").to_string()).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
    let id = server.start_run("/api/councils/pair/run", &json!({ "input_topic": "Rust" })).await;
    let error = server.when(&id, "failed").await["error"].to_string();
    assert!(error.contains("no such model"), "{error}");
    id
}

/// The run goes on with the model that the critic has now. The first draft is kept.
#[tokio::test]
async fn a_run_goes_on_after_its_blueprint_was_mended() {
    let (author, judge) = (author(), judge());
    let server = TestServer::of(Config::default(), councils(&author, judge.clone())).await;
    let id = failed(&server).await;
    let mut mended = judged_by("openai/judge");
    mended["name"] = json!("Two of them");
    mended["nodes"][1]["position"]["x"] = json!(100);
    mended["nodes"][1]["temperature"] = json!(0.25);
    mended["nodes"][1]["maxTokens"] = json!(99);
    mended["nodes"][2]["systemPrompt"] = json!("Shout.");
    replace(&server, &mended).await;
    let answer = retry(&server, &id).await;
    assert_eq!((answer.status, answer.json().get("note")), (202, None), "{}", answer.text);
    let result = server.when(&id, "completed").await;
    assert_eq!(result["final_draft"], "The document.");
    assert_eq!((author.requests().len(), judge.requests().len()), (2, 1), "the draft is not written again");
    let asked = &judge.requests()[0];
    assert_eq!((asked.max_tokens, asked.temperature), (99, Some(0.25)));
    assert_eq!(author.requests()[1].system.as_deref(), Some("Polish it."), "the run keeps its prompts");
    let graph = server.get(&format!("/api/runs/{id}/graph")).await.text;
    assert!(graph.contains("openai/judge") && !graph.contains("openai/nosuch"), "{graph}");
    let events = events(&server, &id).await;
    let resumed: Vec<_> = events.lines().skip_while(|line| !line.contains("run_resumed")).take(3).collect();
    expect![[r#"
        {"event":"run_resumed","seq":7,at}
        {"event":"models_changed","seq":8,at,"changes":[{"node":"judge","before":"openai/nosuch","now":"openai/judge"}]}
        {"event":"node_start","seq":9,at,"node":"judge","iteration":1}"#]]
    .assert_eq(&resumed.join("\n"));
}

/// The mended blueprint is read after one restart, and the run goes on with it after the next.
#[tokio::test]
async fn a_mended_blueprint_survives_restarts() {
    let (restarts, author, judge) = (Restarts::new(), author(), Gated::new(judge()));
    let start = async || restarts.start_with(councils(&author, judge.clone())).await;
    let server = start().await;
    let id = failed(&server).await;
    replace(&server, &judged_by("openai/judge")).await;
    server.abort().await;

    let server = start().await;
    assert_eq!(retry(&server, &id).await.status, 202);
    server.result_when(&id, |result| result["next_nodes"][0] == "judge").await;
    server.send("DELETE /api/councils/pair", "").await;
    server.abort().await;

    let server = start().await;
    judge.allow(1);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
    assert_eq!((author.requests().len(), judge.calls()), (2, 1));
}

#[tokio::test]
async fn a_run_keeps_its_blueprint_if_the_graph_was_changed() {
    let server = TestServer::of(Config::default(), councils(&author(), judge())).await;
    let id = failed(&server).await;
    let mut answers = Vec::new();
    for change in ["an edge", "a role", "a node", "the start"] {
        let mut changed = judged_by("openai/judge");
        match change {
            "an edge" => changed["edges"][1]["condition"] = json!("approve"),
            "a role" => changed["nodes"][2]["role"] = json!("critic"),
            "a node" => {
                changed["nodes"].as_array_mut().unwrap().insert(0, json!({ "id": "idle", "model": "rehearsal" }));
            }
            _ => {
                changed = server.get("/api/councils/pair").await.json();
                changed["start"] = json!("judge");
            }
        }
        replace(&server, &changed).await;
        let answer = retry(&server, &id).await;
        assert_eq!(answer.status, 202, "{change}");
        answers.push(answer.json()["note"].clone());
        let error = server.when(&id, "failed").await["error"].to_string();
        assert!(error.contains("no such model"), "{error}");
    }
    answers.dedup();
    expect![[r#"[String("the nodes or the edges of blueprint 'pair' have changed since the run began, so the run keeps its own blueprint: only a new run uses the changed one")]"#]].assert_eq(&format!("{answers:?}"));
    let graph = server.get(&format!("/api/runs/{id}/graph")).await.text;
    assert!(graph.contains("openai/nosuch"), "{graph}");
}

/// A run whose model cannot be called on this server waits. Another model lets it go on, but not in a changed graph.
#[tokio::test]
async fn a_stalled_run_goes_on_after_its_blueprint_was_mended() {
    let restarts = Restarts::new();
    let busy = ScriptedAnswer::error(|| ChatError::status("a provider", 429, "the quota is used up", HOUR));
    let server = restarts.start_with(councils(&author(), ScriptedModel::new("judge", [busy]))).await;
    server.post("/api/councils/", pair().to_string()).await;
    let id = server.start_run("/api/councils/pair/run", &json!({ "input_topic": "Rust" })).await;
    server.result_when(&id, |result| !result["waiting"].is_null()).await;
    server.abort().await;

    let other = judge();
    let models = {
        let (author, other) = (ScriptedModel::new("author", ["The document."]), other.clone());
        Models::new(move |spec| match spec.to_string().as_str() {
            "openai/author" => Ok(Arc::new(author.clone())),
            "ollama/judge" => Ok(Arc::new(other.clone())),
            _ => Err(SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() }),
        })
    };
    let councils = Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models);
    let server = restarts.start_with(councils).await;
    assert!(reason(&server, &id).await.contains("set SOME_KEY"));
    let mut other_graph = judged_by("ollama/judge");
    other_graph["edges"][2]["target"] = json!("author");
    replace(&server, &other_graph).await;
    expect![[r#"503 {"detail":"Run 'RUN' cannot resume: the nodes or the edges of blueprint 'pair' have changed since the run began, so the run keeps its own blueprint: only a new run uses the changed one: blueprint \"Two of us\" cannot run: node \"judge\" has no usable model: `openai/judge` needs a key: set SOME_KEY, or choose `rehearsal`, which needs none"}"#]].assert_eq(&retry(&server, &id).await.line().replace(&id, "RUN"));
    replace(&server, &judged_by("ollama/judge")).await;
    assert_eq!(retry(&server, &id).await.status, 202);
    assert_eq!(server.when(&id, "completed").await["final_draft"], "The document.");
    assert_eq!(other.requests().len(), 1);
}

const HOUR: Option<Duration> = Some(Duration::from_secs(3600));
