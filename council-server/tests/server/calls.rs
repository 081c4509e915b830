//! The calls of models in the result of a run, and whose text the document is.

use council_llm::{ChatError, CouncilBuilder, End, ScriptedAnswer, ScriptedModel, Usage};
use council_server::{Config, Database};
use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{TestServer, within};
use crate::socket::mask;

/// A result as text, without its calls.
pub(crate) fn without_calls(result: &Value) -> String {
    let mut result = result.clone();
    assert!(result.as_object_mut().unwrap().remove("calls").unwrap().is_array());
    result.to_string()
}

/// The calls of a result, one a line, without their durations.
fn calls(result: &Value) -> String {
    let without_duration = |call: &Value| {
        let mut call = call.clone();
        assert!(call.as_object_mut().unwrap().remove("duration_ms").unwrap().is_u64());
        call.to_string()
    };
    let lines: Vec<_> = result["calls"].as_array().unwrap().iter().map(without_duration).collect();
    lines.join("\n")
}

/// A failed call is in the list if it may have cost something. A verdict that is not clear is asked for again.
#[tokio::test]
async fn the_result_lists_each_call_that_may_have_cost_something() {
    let used = |text: &str| ScriptedAnswer::from(text).usage(Usage::new(100, 20));
    let answers = [
        ScriptedAnswer::error(|| ChatError::status("a provider", 503, "overloaded", None)),
        ScriptedAnswer::from("First").then_error(|| ChatError::Truncated),
        ScriptedAnswer::from("Sor").then_end(End::new("refusal").usage(Usage::new(100, 1))),
        used("First draft."),
        used("Well, I do not know."),
        used("SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Good."),
        used("The document."),
    ];
    let retry = council_llm::agent_retry().pause(std::time::Duration::ZERO);
    let council = CouncilBuilder::new(ScriptedModel::new("scripted", answers)).retry(retry).max_tokens(4_000);
    let graph = council.build().unwrap();
    let server = TestServer::of(Config::default(), graph).await;
    let id = server.run("Rust").await;
    let result = server.when(&id, "completed").await;
    expect![[r#"
        {"attempt":2,"fault":"the answer was cut off before the model had finished it","kind":"other","max_tokens":4000,"model":"scripted","node":"master_agent","reason":"first","stop_reason":"","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":3,"fault":"the model refused to answer","kind":"refusal","max_tokens":4000,"model":"scripted","node":"master_agent","reason":"first","stop_reason":"refusal","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":1}}
        {"attempt":4,"kind":"completed","max_tokens":4000,"model":"scripted","node":"master_agent","reason":"first","stop_reason":"end_turn","text_bytes":12,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}
        {"attempt":1,"kind":"completed","max_tokens":4000,"model":"scripted","node":"critic_agent","reason":"first","stop_reason":"end_turn","text_bytes":20,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}
        {"attempt":1,"kind":"completed","max_tokens":4000,"model":"scripted","node":"critic_agent","reason":"clarification","stop_reason":"end_turn","text_bytes":41,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}
        {"attempt":1,"kind":"completed","max_tokens":4000,"model":"scripted","node":"writer_agent","reason":"first","stop_reason":"end_turn","text_bytes":13,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}"#]].assert_eq(&calls(&result));
    assert_eq!(result["usage"]["output_tokens"], 81);
    assert_eq!((&result["document_from"], &result["document_fault"]), (&json!("writer"), &Value::Null));
}

/// An answer that was cut is continued. If the writer gives no text that can be used, the approved draft is the document.
#[tokio::test]
async fn the_draft_is_the_document_if_the_writer_gives_none() {
    let ends = |text: &str, reason: &str| ScriptedAnswer::from(text).then_end(End::new(reason));
    let withheld = (0..5).map(|_| ends("The docu", "content_filter"));
    let answers = [ends("First ", "length"), ScriptedAnswer::from("draft."), ScriptedAnswer::from("SCORE: 9")];
    let model = ScriptedModel::new("scripted", answers.into_iter().chain(withheld));
    let retry = council_llm::agent_retry().pause(std::time::Duration::ZERO);
    let server = TestServer::of(Config::default(), CouncilBuilder::new(model).retry(retry).build().unwrap()).await;
    let id = server.run("Rust").await;
    let result = server.when(&id, "completed").await;
    expect![[r#"
        {"attempt":1,"kind":"length","model":"scripted","node":"master_agent","reason":"first","stop_reason":"length","text_bytes":6,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":1,"kind":"completed","model":"scripted","node":"master_agent","reason":"continuation","stop_reason":"end_turn","text_bytes":6,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":1,"kind":"completed","model":"scripted","node":"critic_agent","reason":"first","stop_reason":"end_turn","text_bytes":8,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":1,"fault":"the provider withheld the answer or a part of it","kind":"content_filter","model":"scripted","node":"writer_agent","reason":"first","stop_reason":"content_filter","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":2,"fault":"the provider withheld the answer or a part of it","kind":"content_filter","model":"scripted","node":"writer_agent","reason":"first","stop_reason":"content_filter","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":3,"fault":"the provider withheld the answer or a part of it","kind":"content_filter","model":"scripted","node":"writer_agent","reason":"first","stop_reason":"content_filter","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":4,"fault":"the provider withheld the answer or a part of it","kind":"content_filter","model":"scripted","node":"writer_agent","reason":"first","stop_reason":"content_filter","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}
        {"attempt":5,"fault":"the provider withheld the answer or a part of it","kind":"content_filter","model":"scripted","node":"writer_agent","reason":"first","stop_reason":"content_filter","text_bytes":0,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0}}"#]].assert_eq(&calls(&result));
    expect![[r#"{"approved":true,"critic_score":9.0,"current_draft":"First draft.","document_fault":"model `scripted` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`) (asked 5 times); change the topic, or choose another model","document_from":"draft","error":null,"final_draft":"First draft.","iteration_count":1,"next_nodes":[],"paused":false,"queue_position":null,"run_id":"RUN","status":"completed","stopped_by":null,"usage":{"cached_tokens":0,"input_tokens":0,"output_tokens":0},"waiting":null}"#]].assert_eq(&without_calls(&result).replace(&id, "RUN"));
    let seen = server.watch(&id, 0).await.rest().await;
    expect![[r#"{"event":"run_complete","seq":10,at,"final_draft":"First draft.","critic_score":9.0,"iteration_count":1,"approved":true,"stopped_by":null,"document_from":"draft","document_fault":"model `scripted` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`) (asked 5 times); change the topic, or choose another model"}"#]].assert_eq(&mask(seen.events.last().unwrap()));
    let rounds = server.get(&format!("/api/runs/{id}/rounds")).await.json();
    assert_eq!((&rounds[2]["node"], &rounds[2]["draft"]), (&json!("writer_agent"), &json!("First draft.")));
}

/// How often each call of a result was attempted, and whether it has a fault.
fn attempts(result: &Value) -> Vec<(u64, bool)> {
    let calls = result["calls"].as_array().unwrap().iter();
    calls.map(|call| (call["attempt"].as_u64().unwrap(), call["fault"].is_string())).collect()
}

/// The tokens of all answers, as the metrics count them.
async fn counted(server: &TestServer) -> u64 {
    let metrics = server.get("/metrics").await.text;
    let line = metrics.lines().find(|line| line.starts_with(r#"council_tokens_total{direction="output"}"#)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Before a retry they are in the journal only as the memory of a task, and after it in the state. They count once.
#[tokio::test]
async fn the_calls_of_a_failed_run_are_listed_before_and_after_its_retry() {
    let directory = TempDir::new().unwrap();
    let config = Config::default().database(Database::File(directory.path().join("council.db")));
    let council = |model| {
        let retry = council_llm::agent_retry().pause(std::time::Duration::ZERO);
        CouncilBuilder::new(model).retry(retry).build().unwrap()
    };
    let refused = ScriptedAnswer::from("Sor").then_end(End::new("refusal").usage(Usage::new(100, 1)));
    let refusing = council(ScriptedModel::new("scripted", [refused]).repeating());
    let server = TestServer::of(config.clone(), refusing).await;
    let id = server.run("Rust").await;
    let failed = server.when(&id, "failed").await;
    let refused = [1, 2, 3, 4, 5].map(|attempt| (attempt, true));
    assert_eq!(attempts(&failed), refused);
    assert_eq!(failed["usage"], json!({ "input_tokens": 500, "output_tokens": 5, "cached_tokens": 0 }));
    assert_eq!(counted(&server).await, 5);
    within(server.stop()).await.unwrap();

    let answers = ["First draft.", "SCORE: 9", "The document."];
    let answers = answers.map(|text| ScriptedAnswer::from(text).usage(Usage::new(100, 20)));
    let server = TestServer::of(config, council(ScriptedModel::new("scripted", answers))).await;
    assert_eq!(server.result(&id).await, failed);
    server.post(&format!("/api/councils/run/{id}/retry"), "").await;
    let result = server.when(&id, "completed").await;
    let used = [(6, false), (1, false), (1, false)];
    assert_eq!(attempts(&result), [&refused[..], &used].concat());
    assert_eq!(result["usage"], json!({ "input_tokens": 800, "output_tokens": 65, "cached_tokens": 0 }));
    assert_eq!(counted(&server).await, 60, "the calls before the restart count no second time");
}
