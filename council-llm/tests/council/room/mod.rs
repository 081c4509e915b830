//! Answers that reach the limit of their length, and requests that are too long.

mod context;
mod continued;
mod document;
mod reasoning;

use council_llm::{
    CallRecord, ChatError, ChatRequest, Council, CouncilBuilder, End, Message, ScriptedAnswer, ScriptedModel, Usage,
};
use expect_test::Expect;

use crate::picture::{drawn, exact, watched};

pub(crate) fn cut(text: &str) -> ScriptedAnswer {
    ScriptedAnswer::from(text).then_end(End::new("length").usage(Usage::new(10, 5)))
}

pub(crate) fn broken() -> ScriptedAnswer {
    ScriptedAnswer::from("Part").then_error(|| ChatError::Truncated)
}

pub(crate) fn too_long() -> ScriptedAnswer {
    ScriptedAnswer::error(|| {
        ChatError::status("openai", 400, "prompt is too long: 213462 tokens > 200000 maximum", None)
    })
}

/// The log of the calls: a line for each.
pub(crate) fn log(calls: &[CallRecord]) -> String {
    let line = |call: &CallRecord| {
        let CallRecord { node, reason, stop_reason, attempt, feedback_left_out, repeated, text_bytes, fault, .. } =
            call;
        let left_out =
            if *feedback_left_out > 0 { format!(", {feedback_left_out} feedbacks left out") } else { String::new() };
        let text = match fault {
            Some(fault) => format!("no text: {fault}"),
            None => format!("{repeated:?} + {text_bytes} bytes"),
        };
        format!("{node}, attempt {attempt}: {reason:?}, {stop_reason}, {text}{left_out}\n")
    };
    calls.iter().map(line).collect()
}

/// Runs a council with these answers and compares its events, its state and the log of its calls with the expected text.
pub(crate) async fn check(
    answers: impl IntoIterator<Item = ScriptedAnswer>,
    expected: Expect,
) -> (Council, Vec<ChatRequest>) {
    let model = ScriptedModel::new("gpt", answers);
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let (mut picture, ended) = watched(graph.run(Council::new("Rust"))).await;
    let council = ended.unwrap().into_state();
    picture += &drawn(&council);
    if let Some(fault) = &council.document_fault {
        picture += &format!("the draft is the document: {fault}\n");
    }
    picture += &log(&council.calls);
    expected.assert_eq(&picture);
    (council, model.requests())
}

/// The messages of a request below its first one.
pub(crate) fn messages(request: &ChatRequest) -> String {
    let message = |message: &Message| format!("{:?}: {}\n", message.role, message.content);
    request.messages[1..].iter().map(message).collect()
}
