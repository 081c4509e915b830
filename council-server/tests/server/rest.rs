//! REST routes: answers to correct requests.

use expect_test::expect;

use crate::calls::without_calls;
use crate::harness::{TestServer, eventually};
use crate::models::{Gated, two_rounds};

#[tokio::test]
async fn health_is_ok() {
    let server = TestServer::start(two_rounds()).await;
    expect![[r#"200 {"status":"ok","service":"CouncilOS API"}"#]].assert_eq(&server.get("/api/health").await.line());
}

#[tokio::test]
async fn a_start_is_accepted_with_an_id() {
    let server = TestServer::start(two_rounds()).await;
    let answer = server.post("/api/councils/run", r#"{"input_topic": "Rust"}"#).await;
    let id = answer.json()["run_id"].as_str().unwrap().to_owned();
    assert!(uuid::Uuid::parse_str(&id).is_ok(), "{id}");
    expect![[r#"202 {"run_id":"RUN","status":"pending","message":"Council run started. Connect to /ws/council/RUN for live updates."}"#]].assert_eq(&answer.line().replace(&id, "RUN"));
}

#[tokio::test]
async fn unknown_fields_and_content_types_are_accepted() {
    let server = TestServer::start(two_rounds()).await;
    let body = br#"{"input_topic": "Rust", "god_mode": "off", "colour": "blue"}"#;
    for content_type in ["text/plain", "application/json; charset=utf-8", "application/x-www-form-urlencoded"] {
        let headers = [("content-type", content_type)];
        let answer = crate::http::send(server.address(), "POST /api/councils/run", &headers, body).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
}

/// The result at each stage of a run.
#[tokio::test]
async fn a_result_shows_each_stage_of_its_run() {
    let model = Gated::new(two_rounds());
    let server = TestServer::start(model.clone()).await;
    let id = server.run("Rust").await;
    let at_work = |node: &'static str| move |result: &serde_json::Value| result["next_nodes"][0] == node;

    let mut picture = Vec::new();
    for node in ["master_agent", "critic_agent", "master_agent", "critic_agent", "writer_agent"] {
        picture.push(server.result_when(&id, at_work(node)).await);
        model.allow(1);
        server.result_when(&id, |result| result["next_nodes"][0] != node).await;
    }
    picture.push(server.when(&id, "completed").await);

    let lines: Vec<_> = picture.iter().map(|result| without_calls(result).replace(&id, "RUN")).collect();
    expect![[r#"
        {"approved":null,"critic_score":null,"current_draft":null,"document_fault":null,"document_from":null,"error":null,"final_draft":null,"iteration_count":0,"next_nodes":["master_agent"],"paused":false,"queue_position":null,"run_id":"RUN","status":"running","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}
        {"approved":null,"critic_score":null,"current_draft":"First draft.","document_fault":null,"document_from":null,"error":null,"final_draft":null,"iteration_count":1,"next_nodes":["critic_agent"],"paused":false,"queue_position":null,"run_id":"RUN","status":"running","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}
        {"approved":null,"critic_score":6.0,"current_draft":"First draft.","document_fault":null,"document_from":null,"error":null,"final_draft":null,"iteration_count":1,"next_nodes":["master_agent"],"paused":false,"queue_position":null,"run_id":"RUN","status":"running","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}
        {"approved":null,"critic_score":6.0,"current_draft":"Second draft.","document_fault":null,"document_from":null,"error":null,"final_draft":null,"iteration_count":2,"next_nodes":["critic_agent"],"paused":false,"queue_position":null,"run_id":"RUN","status":"running","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}
        {"approved":null,"critic_score":9.0,"current_draft":"Second draft.","document_fault":null,"document_from":null,"error":null,"final_draft":null,"iteration_count":2,"next_nodes":["writer_agent"],"paused":false,"queue_position":null,"run_id":"RUN","status":"running","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}
        {"approved":true,"critic_score":9.0,"current_draft":"Second draft.","document_fault":null,"document_from":"writer","error":null,"final_draft":"The document.","iteration_count":2,"next_nodes":[],"paused":false,"queue_position":null,"run_id":"RUN","status":"completed","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}"#]].assert_eq(&lines.join("\n"));
}

#[tokio::test]
async fn the_run_that_ended_first_is_deleted_first() {
    let config = council_server::Config::default().keep_runs(2);
    let model = council_llm::ScriptedModel::new("scripted", ["SCORE: 9"]).repeating();
    let server = TestServer::with(config, model).await;
    let mut ids = Vec::new();
    for topic in ["one", "two", "three"] {
        let id = server.run(topic).await;
        server.watch(&id, 0).await.rest().await;
        ids.push(id);
    }
    let forgotten = format!("/api/councils/run/{}", ids[0]);
    eventually(async || (server.get(&forgotten).await.status == 404).then_some(())).await;
    for id in &ids[1..] {
        assert_eq!(server.result(id).await["status"], "completed");
    }
}

/// FastAPI redirects too, and its clients follow.
#[tokio::test]
async fn a_path_without_its_final_slash_is_redirected() {
    let server = TestServer::start(two_rounds()).await;
    for (request, to) in [
        ("GET /api/councils", "/api/councils/"),
        ("POST /api/councils", "/api/councils/"),
        ("GET /api/runs?limit=7&offset=1", "/api/runs/?limit=7&offset=1"),
    ] {
        let answer = server.send(request, "").await;
        assert_eq!((answer.status, answer.header("location")), (307, Some(to)));
    }
}

/// The models that agents can have, and the missing settings of unavailable models.
#[tokio::test]
async fn the_models_are_listed() {
    let server = TestServer::start(two_rounds()).await;
    expect![[r#"200 {"default":"rehearsal","providers":[{"name":"anthropic","available":false,"needs":"ANTHROPIC_API_KEY","suggestions":["claude-sonnet-4-5","claude-haiku-4-5","claude-opus-4-5"]},{"name":"openai","available":false,"needs":"OPENAI_API_KEY","suggestions":["gpt-4o","gpt-4o-mini","gpt-4.1"]},{"name":"ollama","available":true,"needs":null,"suggestions":["ollama/llama3.2","ollama/qwen3","ollama/gemma3"]},{"name":"rehearsal","available":true,"needs":null,"suggestions":["rehearsal"]}]}"#]].assert_eq(&server.get("/api/models").await.line());
}
