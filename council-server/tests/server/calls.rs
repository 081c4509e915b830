//! The calls of models in the result of a run, and whose text the document is.

use council_llm::{ChatError, CouncilBuilder, ScriptedAnswer, ScriptedModel, Usage};
use council_server::Config;
use expect_test::expect;
use serde_json::{Value, json};

use crate::harness::TestServer;

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

/// A call that is made again counts once, with the attempt that has the answer. A verdict that is not clear is asked for again.
#[tokio::test]
async fn the_result_lists_each_call_that_was_answered() {
    let used = |text: &str| ScriptedAnswer::from(text).usage(Usage::new(100, 20));
    let answers = [
        ScriptedAnswer::error(|| ChatError::status("a provider", 503, "overloaded", None)),
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
        {"attempt":2,"kind":"completed","max_tokens":4000,"model":"scripted","node":"master_agent","reason":"first","stop_reason":"end_turn","text_bytes":12,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}
        {"attempt":1,"kind":"completed","max_tokens":4000,"model":"scripted","node":"critic_agent","reason":"first","stop_reason":"end_turn","text_bytes":20,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}
        {"attempt":1,"kind":"completed","max_tokens":4000,"model":"scripted","node":"critic_agent","reason":"clarification","stop_reason":"end_turn","text_bytes":41,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}
        {"attempt":1,"kind":"completed","max_tokens":4000,"model":"scripted","node":"writer_agent","reason":"first","stop_reason":"end_turn","text_bytes":13,"usage":{"cached_tokens":0,"input_tokens":100,"output_tokens":20}}"#]].assert_eq(&calls(&result));
    assert_eq!(result["usage"]["output_tokens"], 80);
    assert_eq!((&result["document_from"], &result["document_fault"]), (&json!("writer"), &Value::Null));
}
