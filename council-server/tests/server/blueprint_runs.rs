//! Runs of blueprints.

use std::sync::Arc;

use council_llm::{CouncilBuilder, Models, Rehearsal, ScriptedModel, SpecError};
use council_server::{Config, Councils, Database};
use expect_test::expect;
use serde_json::{Value, json};

use crate::blueprints::pair;
use crate::harness::TestServer;
use crate::retry::retry;

/// Councils with the models `openai/author` and `openai/judge` only.
fn councils(author: &ScriptedModel, judge: &ScriptedModel) -> Councils {
    let (author, judge) = (author.clone(), judge.clone());
    let models = Models::new(move |spec| match spec.to_string().as_str() {
        "openai/author" => Ok(Arc::new(author.clone())),
        "openai/judge" => Ok(Arc::new(judge.clone())),
        _ => Err(SpecError::MissingKey { spec: spec.clone(), variable: "SOME_KEY".into() }),
    });
    Councils::new(CouncilBuilder::new(Rehearsal::new()).build().unwrap()).models(models)
}

fn author() -> ScriptedModel {
    ScriptedModel::new("author", ["First draft.", "Second draft.", "The document."])
}

fn judge() -> ScriptedModel {
    ScriptedModel::new("judge", ["SCORE: 6\nFEEDBACK: Say more.", "SCORE: 9\nFEEDBACK: Good."])
}

async fn save(server: &TestServer, blueprint: &Value) {
    let saved = server.post("/api/councils/", blueprint.to_string()).await;
    assert_eq!(saved.status, 201, "{}", saved.text);
}

#[tokio::test]
async fn a_run_follows_its_blueprint() {
    let (author, judge) = (author(), judge());
    let server = TestServer::of(Config::default(), councils(&author, &judge)).await;
    save(&server, &pair()).await;
    let body = json!({ "input_topic": "Rust" }).to_string();
    let started = server.post("/api/councils/pair/run", body).await;
    let id = started.json()["run_id"].as_str().unwrap().to_owned();
    let message = format!(
        "Council run started from blueprint 'Two of us' (Auto-Pilot). Connect to /ws/council/{id} for live updates."
    );
    assert_eq!((started.status, &started.json()["message"]), (202, &json!(message)));
    let result = server.when(&id, "completed").await;
    assert_eq!((&result["final_draft"], &result["iteration_count"]), (&json!("The document."), &json!(2)));
    let seen = server.watch(&id, 0).await.rest().await;
    expect![[r#"
        {"event":"connected",at,"status":"completed"}
        {"event":"node_start","seq":1,at,"node":"author","iteration":1}
        {"event":"node_active","seq":2,at,"node":"Author","iteration":1}
        {"event":"node_complete","seq":3,at,"node":"author","iteration":1,ms}
        {"event":"node_start","seq":4,at,"node":"judge","iteration":1}
        {"event":"node_active","seq":5,at,"node":"Judge","iteration":1}
        {"event":"node_complete","seq":6,at,"node":"judge","iteration":1,"score":6.0,ms}
        {"event":"node_start","seq":7,at,"node":"author","iteration":2}
        {"event":"node_active","seq":8,at,"node":"Author","iteration":2}
        {"event":"node_complete","seq":9,at,"node":"author","iteration":2,ms}
        {"event":"node_start","seq":10,at,"node":"judge","iteration":2}
        {"event":"node_active","seq":11,at,"node":"Judge","iteration":2}
        {"event":"node_complete","seq":12,at,"node":"judge","iteration":2,"score":9.0,ms}
        {"event":"node_start","seq":13,at,"node":"polish","iteration":2}
        {"event":"node_active","seq":14,at,"node":"Polish","iteration":2}
        {"event":"node_complete","seq":15,at,"node":"polish","iteration":2,ms}
        {"event":"run_complete","seq":16,at,"final_draft":"The document.","critic_score":9.0,"iteration_count":2,"approved":true,"stopped_by":null,"document_from":"writer","document_fault":null}
        closed with 1000"#]].assert_eq(&seen.picture());
    let entry = server.get(&format!("/api/runs/{id}")).await.json();
    assert_eq!((&entry["blueprint_id"], &entry["status"]), (&json!("pair"), &json!("completed")));
    assert_eq!(server.get("/api/runs/").await.json(), json!([entry]));
    let asked = &author.requests()[0];
    assert_eq!((asked.system.as_deref(), asked.max_tokens, asked.temperature), (Some("Write an essay."), 0, Some(0.7)));
}

/// Two parallel authors, then an agent that merges their drafts.
#[tokio::test]
async fn parallel_agents_both_write() {
    let blueprint = json!({
        "id": "both", "name": "Both sides",
        "nodes": [
            { "id": "ask", "label": "Ask", "model": "openai/author", "systemPrompt": "Open." },
            { "id": "for", "label": "For", "model": "openai/judge", "systemPrompt": "Argue for it." },
            { "id": "against", "label": "Against", "model": "openai/judge", "systemPrompt": "Argue against it." },
            { "id": "sum", "label": "Sum", "model": "openai/author", "systemPrompt": "Sum up." }
        ],
        "edges": [
            { "source": "ask", "target": "for" }, { "source": "ask", "target": "against" },
            { "source": "for", "target": "sum" }, { "source": "against", "target": "sum" }
        ]
    });
    let author = ScriptedModel::new("author", ["A question.", "The sum."]);
    let sides = ScriptedModel::new("sides", ["A side.", "A side."]);
    let server = TestServer::of(Config::default(), councils(&author, &sides)).await;
    save(&server, &blueprint).await;
    let id = server.start_run("/api/councils/both/run", &json!({ "input_topic": "Rust" })).await;
    let result = server.when(&id, "completed").await;
    assert_eq!(result["final_draft"], "The sum.");
    let summed_up = &author.requests()[1].messages[0].content;
    assert!(summed_up.contains("A side.\n\n---\n\nA side."), "{summed_up}");
    let rounds = server.get(&format!("/api/runs/{id}/rounds")).await.json();
    assert_eq!(rounds.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_blueprint_run_can_have_a_chair() {
    let (author, judge) = (author(), judge());
    let server = TestServer::of(Config::default(), councils(&author, &judge)).await;
    save(&server, &pair()).await;
    let chaired = json!({ "input_topic": "Rust", "god_mode": true });
    let id = server.start_run("/api/councils/pair/run", &chaired).await;
    let mut picture = Vec::new();
    for answer in [
        json!({ "action": "approve" }),
        json!({ "action": "approve" }),
        json!({ "action": "modify", "modified_state": { "critic_score": 9, "current_draft": "By hand." } }),
    ] {
        let result = server.when(&id, "paused").await;
        picture.push(format!("{} {} {answer}", result["next_nodes"], result["current_draft"]));
        assert_eq!(server.answer(&id, answer).await.status, 200);
        server.result_when(&id, |result| result["status"] != "running").await;
    }
    let result = server.when(&id, "completed").await;
    picture.push(format!("{} {} {}", result["status"], result["final_draft"], result["critic_score"]));
    // The chair's score replaces the rework, so the second round does not begin.
    picture.push(format!("round {}", result["iteration_count"]));
    expect![[r#"
        ["author"] "" {"action":"approve"}
        ["judge"] "First draft." {"action":"approve"}
        ["author"] "First draft." {"action":"modify","modified_state":{"critic_score":9,"current_draft":"By hand."}}
        "completed" "Second draft." 9.0
        round 1"#]]
    .assert_eq(&picture.join("\n"));
    let polished = &author.requests()[1].messages[0].content;
    assert!(polished.contains("By hand."), "{polished}");
}

/// A run keeps its blueprint after the blueprint was deleted, also across a restart.
#[tokio::test]
async fn a_run_keeps_its_blueprint() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config::default().database(Database::File(directory.path().join("runs.db")));
    let (author, judge) = (author(), judge());
    let server = TestServer::of(config.clone(), councils(&author, &judge)).await;
    save(&server, &pair()).await;
    let chaired = json!({ "input_topic": "Rust", "god_mode": true });
    let id = server.start_run("/api/councils/pair/run", &chaired).await;
    server.when(&id, "paused").await;
    assert_eq!(server.send("DELETE /api/councils/pair", "").await.status, 204);
    server.stop().await.unwrap();

    let server = TestServer::of(config, councils(&author, &judge)).await;
    assert_eq!(server.get("/api/councils/").await.line(), "200 []");
    let graph = server.get(&format!("/api/runs/{id}/graph")).await.json();
    assert_eq!((&graph["name"], &graph["nodes"][1]["model"]), (&json!("Two of us"), &json!("openai/author")));
    while server.result_when(&id, |result| result["status"] != "running").await["status"] == "paused" {
        assert_eq!(server.answer(&id, json!({ "action": "approve" })).await.status, 200);
    }
    let result = server.when(&id, "completed").await;
    assert_eq!((&result["final_draft"], &result["critic_score"]), (&json!("The document."), &json!(9.0)));
}

/// The fifth draft is accepted with any score, and the result has the critic's score.
#[tokio::test]
async fn the_valve_ends_the_rounds() {
    let author = ScriptedModel::new("author", ["A draft."]).repeating();
    let judge = ScriptedModel::new("judge", ["SCORE: 3\nFEEDBACK: No."]).repeating();
    let server = TestServer::of(Config::default(), councils(&author, &judge)).await;
    save(&server, &pair()).await;
    let id = server.start_run("/api/councils/pair/run", &json!({ "input_topic": "Rust" })).await;
    let result = server.when(&id, "completed").await;
    assert_eq!((&result["iteration_count"], &result["critic_score"]), (&json!(5), &json!(3.0)));
    assert_eq!((&result["approved"], &result["stopped_by"]), (&json!(false), &json!("max_iterations")));
}

/// A rework that leads to the document is no approval, and neither is a verdict that cannot be read.
#[tokio::test]
async fn a_rework_is_no_approval_wherever_it_leads() {
    for (verdict, approved) in [("SCORE: 9\nFEEDBACK: Good.", true), ("SCORE: 5\nFEEDBACK: No.", false), ("Hm.", false)]
    {
        let author = ScriptedModel::new("author", ["A draft."]).repeating();
        let judge = ScriptedModel::new("judge", [verdict]).repeating();
        let server = TestServer::of(Config::default(), councils(&author, &judge)).await;
        let mut straight = pair();
        straight["edges"] =
            json!([{ "source": "author", "target": "judge" }, { "source": "judge", "target": "polish" }]);
        save(&server, &straight).await;
        let id = server.start_run("/api/councils/pair/run", &json!({ "input_topic": "Rust" })).await;
        let result = server.when(&id, "completed").await;
        assert_eq!((&result["approved"], &result["stopped_by"]), (&json!(approved), &Value::Null), "{verdict}");
        let seen = server.watch(&id, 0).await.rest().await;
        let last = seen.events.last().unwrap();
        assert!(last.contains(&format!(r#""approved":{approved}"#)), "{verdict}: {last}");
    }
}

/// A blueprint that cannot run is refused at the start, with all faults.
#[tokio::test]
async fn a_blueprint_with_faults_is_not_started() {
    let server = TestServer::of(Config::default(), councils(&author(), &judge())).await;
    save(&server, &json!({ "id": "empty", "name": "Empty", "nodes": [] })).await;
    let mut keyless = pair();
    keyless["nodes"][0]["model"] = json!("gpt-4o");
    keyless["nodes"][2]["model"] = json!("claude-sonnet-4-5");
    save(&server, &keyless).await;
    let mut picture = Vec::new();
    for (path, body) in [
        ("/api/councils/empty/run", json!({ "input_topic": "Rust" })),
        ("/api/councils/pair/run", json!({ "input_topic": "Rust" })),
        ("/api/councils/pair/run", json!({})),
        ("/api/councils/ghost/run", json!({ "input_topic": "Rust" })),
    ] {
        picture.push(server.post(path, body.to_string()).await.line());
    }
    expect![[r#"
        422 {"detail":[{"type":"value_error","loc":["blueprint","nodes"],"msg":"it has no nodes","input":null}]}
        422 {"detail":[{"type":"value_error","loc":["blueprint","nodes",0,"model"],"msg":"node \"author\" has no usable model: `openai/gpt-4o` needs a key: set SOME_KEY, or choose `rehearsal`, which needs none","input":null},{"type":"value_error","loc":["blueprint","nodes",2,"model"],"msg":"node \"polish\" has no usable model: `anthropic/claude-sonnet-4-5` needs a key: set SOME_KEY, or choose `rehearsal`, which needs none","input":null}]}
        422 {"detail":[{"type":"missing","loc":["body","input_topic"],"msg":"Field required","input":{}}]}
        404 {"detail":"Blueprint 'ghost' not found."}"#]].assert_eq(&picture.join("\n"));
    assert_eq!(server.get("/api/runs/").await.line(), "200 []");
}

/// The limits of the program. They do not bind the built-in council, which its valve ends.
fn program_config() -> Config {
    Config::default().limits(council_core::Limits { supersteps: u64::MAX, ..council_core::Limits::default() })
}

/// A loop without a critic ends at the limit of calls, keeps its last draft, and goes on with a higher limit.
#[tokio::test]
async fn an_endless_loop_fails() {
    let author = ScriptedModel::new("author", ["A draft."]).repeating();
    let server = TestServer::of(program_config(), councils(&author, &judge())).await;
    let endless = json!({
        "id": "endless", "name": "Endless",
        "nodes": [{ "id": "a", "model": "openai/author" }, { "id": "b", "model": "openai/author" }],
        "edges": [{ "source": "a", "target": "b" }, { "source": "b", "target": "a" }]
    });
    let saved = server.post("/api/councils/", endless.to_string()).await;
    expect![[r#"[{"loc":["body","nodes",0],"msg":"no critic closes the loop of \"a\", \"b\": a run repeats it until it has made 50 calls of models, and then fails with its last draft","type":"open_loop"},{"loc":["body","nodes",0],"msg":"no edge leads from node \"a\" to an end: a run goes on until it reaches a limit","type":"endless"}]"#]]
        .assert_eq(&saved.json()["warnings"].to_string());
    let id = server.start_run("/api/councils/endless/run", &json!({ "input_topic": "Rust" })).await;
    let result = server.when(&id, "failed").await;
    let error = result["error"].as_str().unwrap();
    assert!(error.contains("the run has made 50 calls of models, which is its limit: raise `maxCalls`"), "{error}");
    assert_eq!((&result["current_draft"], author.requests().len()), (&json!("A draft."), 50));

    let mut raised = endless.clone();
    raised["maxCalls"] = json!(60);
    let replaced = server.send("PUT /api/councils/endless", raised.to_string()).await.json();
    assert_eq!(replaced["maxCalls"], 60);
    assert!(replaced["warnings"][0]["msg"].as_str().unwrap().contains("60 calls"), "{replaced}");
    assert_eq!(retry(&server, &id).await.status, 202);
    server.result_when(&id, |result| result["status"] == "failed" && author.requests().len() == 60).await;
}
