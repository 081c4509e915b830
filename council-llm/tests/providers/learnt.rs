//! What a caller learns from an answer, as readable text.

use std::fmt::Write;

use council_llm::{CallLimits, ChatError, ChatEvent, ChatModel, ChatStream};
use expect_test::Expect;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::picture::request;
use crate::server::{Reply, Server};

/// Calls a server with each reply, and compares what a caller learns with the expected text, a line for each case.
pub(crate) async fn check(dialect: Dialect, streaming: bool, cases: Vec<(&str, Reply)>, expected: Expect) {
    let mut lines = String::new();
    for (name, reply) in cases {
        let server = Server::answering([reply]).await;
        let answer = match dialect.model(&server, CallLimits::default(), streaming).stream(request()).await {
            Ok(items) => learnt(items).await,
            Err(error) => Err(error),
        };
        let line = answer.unwrap_or_else(|error| {
            let hope = if error.is_retryable() { "retryable" } else { "final" };
            format!("{hope}: {error}")
        });
        writeln!(lines, "{name}: {line}").unwrap();
    }
    expected.assert_eq(&lines);
}

/// The text, the kind of the stop, its word, and the refusal: `"Hello" Completed (stop)`.
async fn learnt(mut items: ChatStream) -> Result<String, ChatError> {
    let (mut text, mut reasoning) = (String::new(), String::new());
    loop {
        match items.next().await.expect("a stream has a last item")? {
            ChatEvent::Delta(delta) => text += &delta,
            ChatEvent::Reasoning(thought) => reasoning += &thought,
            ChatEvent::Done(end) => {
                let refusal = end.refusal.map(|words| format!(", refused: {words:?}")).unwrap_or_default();
                let thought = if reasoning.is_empty() { String::new() } else { format!("thinks {reasoning:?}, ") };
                return Ok(format!("{thought}{text:?} {:?} ({}){refusal}", end.kind, end.stop_reason));
            }
            _ => {}
        }
    }
}

/// A stream of chunks with these choices.
pub(crate) fn chunks(choices: &[Value]) -> Reply {
    let events = choices.iter().map(|choice| format!("data: {}\n\n", json!({ "choices": [choice] })));
    Reply::events(events.collect::<String>() + "data: [DONE]\n\n")
}

pub(crate) fn delta(delta: &Value) -> Value {
    json!({ "index": 0, "delta": delta, "finish_reason": null })
}

pub(crate) fn stop(reason: &str) -> Value {
    json!({ "index": 0, "delta": {}, "finish_reason": reason })
}

pub(crate) fn whole(message: &Value, reason: &Value) -> Reply {
    Reply::json(200, &json!({ "choices": [{ "index": 0, "message": message, "finish_reason": reason }] }))
}
