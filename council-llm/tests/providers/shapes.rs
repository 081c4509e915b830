//! The shapes of answers that servers send: refusals, parts, reasoning, calls of tools, stop reasons, and errors in a stream.

use council_llm::StopKind;
use expect_test::expect;
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::learnt::{check, chunks, delta, stop, whole};
use crate::server::Reply;

#[tokio::test]
async fn a_streamed_message_is_read_field_by_field() {
    let parts = json!([{ "type": "thinking", "thinking": [{ "type": "text", "text": "hm" }] }, { "type": "text", "text": "He" }, "llo"]);
    let cases = vec![
        ("text", chunks(&[delta(&json!({ "content": "Hello" })), stop("stop")])),
        ("parts", chunks(&[delta(&json!({ "content": parts })), stop("stop")])),
        (
            "reasoning",
            chunks(&[
                delta(&json!({ "reasoning_content": "hm", "content": null })),
                delta(&json!({ "reasoning": "hm", "reasoning_details": [{ "text": "hm" }], "content": "" })),
                delta(&json!({ "thinking": "hm" })),
                delta(&json!({ "content": "Hello" })),
                stop("stop"),
            ]),
        ),
        (
            "reasoning and text",
            chunks(&[
                delta(&json!({ "reasoning_content": "hm", "content": "Hel" })),
                delta(&json!({ "content": "lo" })),
                stop("stop"),
            ]),
        ),
        (
            "refusal",
            chunks(&[delta(&json!({ "refusal": "I can" })), delta(&json!({ "refusal": "not." })), stop("stop")]),
        ),
        ("refusal without a reason", chunks(&[delta(&json!({ "content": null, "refusal": "No." }))])),
        ("no refusal", chunks(&[delta(&json!({ "content": "Hello", "refusal": null })), stop("stop")])),
        (
            "call of a tool",
            chunks(&[
                delta(&json!({ "tool_calls": [{ "index": 0, "function": { "name": "f" } }] })),
                stop("tool_calls"),
            ]),
        ),
        (
            "call of a tool, Ollama",
            chunks(&[delta(&json!({ "content": "", "tool_calls": [{ "function": {} }] })), stop("stop")]),
        ),
        ("empty", chunks(&[delta(&json!({ "content": "" })), stop("stop")])),
    ];
    check(
        Dialect::OpenAi,
        true,
        cases,
        expect![[r#"
            text: "Hello" Completed (stop)
            parts: thinks "hm", "Hello" Completed (stop)
            reasoning: thinks "hmhmhm", "Hello" Completed (stop)
            reasoning and text: thinks "hm", "Hello" Completed (stop)
            refusal: "" Refusal (stop), refused: "I cannot."
            refusal without a reason: "" Refusal (), refused: "No."
            no refusal: "Hello" Completed (stop)
            call of a tool: "" ToolCall (tool_calls)
            call of a tool, Ollama: "" ToolCall (stop)
            empty: "" Completed (stop)
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_whole_message_is_read_field_by_field() {
    let stop = json!("stop");
    let parts = json!([{ "type": "reasoning", "text": "hm" }, { "type": "text", "text": "He" }, { "text": "llo" }]);
    let cases = vec![
        ("text", whole(&json!({ "content": "Hello" }), &stop)),
        ("parts", whole(&json!({ "content": parts }), &stop)),
        ("reasoning", whole(&json!({ "content": "Hello", "reasoning_content": "hm" }), &stop)),
        ("refusal", whole(&json!({ "content": null, "refusal": "I cannot." }), &stop)),
        ("refusal as a part", whole(&json!({ "content": [{ "type": "refusal", "refusal": "No." }] }), &stop)),
        ("call of a tool", whole(&json!({ "content": null, "tool_calls": [{}] }), &json!("tool_calls"))),
        ("call of a function", whole(&json!({ "content": null, "function_call": { "name": "f" } }), &stop)),
        ("empty", whole(&json!({ "content": null }), &stop)),
        ("no reason", whole(&json!({ "content": "Hello" }), &Value::Null)),
        ("no choice", Reply::json(200, &json!({ "choices": [] }))),
    ];
    check(
        Dialect::OpenAi,
        false,
        cases,
        expect![[r#"
            text: "Hello" Completed (stop)
            parts: thinks "hm", "Hello" Completed (stop)
            reasoning: thinks "hm", "Hello" Completed (stop)
            refusal: "" Refusal (stop), refused: "I cannot."
            refusal as a part: "" Refusal (stop), refused: "No."
            call of a tool: "" ToolCall (tool_calls)
            call of a function: "" ToolCall (stop)
            empty: "" Completed (stop)
            no reason: "Hello" Other ()
            no choice: retryable: openai sent an answer that cannot be read: the JSON holds no answer
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_stop_reason_has_a_kind() {
    let words = [
        "stop",
        "eos",
        "length",
        "MAX_TOKENS",
        "model_length",
        "content_filter",
        "SAFETY",
        "tool_calls",
        "function_call",
        "error",
        "abort",
        "insufficient_system_resource",
        "moon",
    ];
    let cases = words.map(|word| (word, chunks(&[delta(&json!({ "content": "He" })), stop(word)])));
    check(Dialect::OpenAi, true, cases.into(), expect![[r#"
        stop: "He" Completed (stop)
        eos: "He" Completed (eos)
        length: "He" Length (length)
        MAX_TOKENS: "He" Length (MAX_TOKENS)
        model_length: "He" Length (model_length)
        content_filter: "He" ContentFilter (content_filter)
        SAFETY: "He" ContentFilter (SAFETY)
        tool_calls: "He" ToolCall (tool_calls)
        function_call: "He" ToolCall (function_call)
        error: retryable: openai reported an error while answering: error: the provider broke the answer off
        abort: retryable: openai reported an error while answering: abort: the provider broke the answer off
        insufficient_system_resource: retryable: openai reported an error while answering: insufficient_system_resource: the provider broke the answer off
        moon: "He" Other (moon)
    "#]]).await;
}

#[tokio::test]
async fn an_error_in_a_stream_is_retryable_unless_the_request_is_at_fault() {
    let error = |value: &Value| Reply::events(format!("data: {value}\n\n"));
    let cases = vec![
        ("no code", error(&json!({ "error": { "message": "Upstream went away" } }))),
        ("a text", error(&json!({ "error": "unexpected EOF" }))),
        ("a status", error(&json!({ "error": { "code": 502, "message": "Bad gateway" } }))),
        ("LiteLLM", error(&json!({ "error": { "message": "No", "type": "None", "param": "None", "code": "500" } }))),
        (
            "OpenRouter",
            error(&json!({
                "choices": [{ "delta": { "content": "" }, "finish_reason": "error" }],
                "error": { "code": "server_error", "message": "Provider disconnected" },
            })),
        ),
        (
            "in the choice",
            error(
                &json!({ "choices": [{ "delta": {}, "error": { "code": 502, "message": "No" }, "finish_reason": "error" }] }),
            ),
        ),
        ("Gemini", error(&json!([{ "error": { "code": 503, "message": "Overloaded", "status": "UNAVAILABLE" } }]))),
        ("type", error(&json!({ "type": "error", "code": "server_error", "message": "No" }))),
        ("a status of the request", error(&json!({ "error": { "code": 400, "type": "x", "message": "Too long" } }))),
        ("too long", error(&json!({ "error": { "code": "context_length_exceeded", "message": "Too long" } }))),
        ("a bad key", error(&json!({ "error": { "type": "authentication_error", "message": "No" } }))),
        (
            "none",
            chunks(&[
                json!({ "delta": { "content": "Hello" }, "finish_reason": "stop", "error": null }),
                json!({ "delta": {}, "finish_reason": null, "error": {} }),
            ]),
        ),
    ];
    check(
        Dialect::OpenAi,
        true,
        cases,
        expect![[r#"
            no code: retryable: openai reported an error while answering: error: Upstream went away
            a text: retryable: openai reported an error while answering: error: unexpected EOF
            a status: retryable: openai reported an error while answering: 502: Bad gateway
            LiteLLM: retryable: openai reported an error while answering: 500: No
            OpenRouter: retryable: openai reported an error while answering: server_error: Provider disconnected
            in the choice: retryable: openai reported an error while answering: 502: No
            Gemini: retryable: openai reported an error while answering: 503: Overloaded
            type: retryable: openai reported an error while answering: server_error: No
            a status of the request: final: openai reported an error while answering: 400: Too long
            too long: final: openai reported an error while answering: context_length_exceeded: Too long
            a bad key: final: openai reported an error while answering: authentication_error: No (give the model a valid key, restart the program, then start again, or retry a stored run)
            none: "Hello" Completed (stop)
        "#]],
    )
    .await;
}

#[tokio::test]
async fn the_blocks_of_anthropic_are_read_by_their_types() {
    let message =
        |content: &Value, reason: &Value| Reply::json(200, &json!({ "content": content, "stop_reason": reason }));
    let text = json!([{ "type": "thinking", "thinking": "hm" }, { "type": "redacted_thinking", "data": "x" }, { "type": "text", "text": "Hello" }]);
    let cases = vec![
        ("text", message(&text, &json!("end_turn"))),
        ("refusal", message(&json!([]), &json!("refusal"))),
        ("cut", message(&text, &json!("max_tokens"))),
        ("no room", message(&text, &json!("model_context_window_exceeded"))),
        ("call of a tool", message(&json!([{ "type": "tool_use", "name": "f", "input": {} }]), &json!("tool_use"))),
        ("empty", message(&json!([]), &json!("end_turn"))),
    ];
    check(
        Dialect::Anthropic,
        false,
        cases,
        expect![[r#"
            text: thinks "hm", "Hello" Completed (end_turn)
            refusal: "" Refusal (refusal)
            cut: thinks "hm", "Hello" Length (max_tokens)
            no room: thinks "hm", "Hello" Length (model_context_window_exceeded)
            call of a tool: "" ToolCall (tool_use)
            empty: "" Completed (end_turn)
        "#]],
    )
    .await;
    let start = json!({ "type": "content_block_start", "content_block": { "type": "text", "text": "Hello" } });
    let stop = json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" } });
    let begun = Reply::events(format!("data: {start}\n\ndata: {stop}\n\n"));
    check(
        Dialect::Anthropic,
        true,
        vec![("text in the start of its block", begun)],
        expect![[r#"
        text in the start of its block: "Hello" Completed (end_turn)
    "#]],
    )
    .await;
}

#[test]
fn a_kind_is_part_of_the_json() {
    assert_eq!(serde_json::to_value(StopKind::ContentFilter).unwrap(), "content_filter");
}
