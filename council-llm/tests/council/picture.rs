//! Runs of a council and requests to its models as readable text.

use std::sync::{Arc, Mutex};

use council_core::{Event, EventKind, Outcome, Retry, RunBuilder, RunError};
use council_llm::{ChatRequest, Council, CouncilBuilder, ScriptedModel, agent_retry};
use expect_test::Expect;

/// A model that gives these answers.
pub(crate) fn scripted<const N: usize>(answers: [&str; N]) -> ScriptedModel {
    ScriptedModel::new("scripted", answers)
}

/// The policy of agents without its random part.
pub(crate) fn exact() -> Retry {
    agent_retry().jitter(false)
}

/// Runs a new council to its end, and compares its events and its state with the expected text.
pub(crate) async fn check(council: CouncilBuilder, expected: Expect) -> Council {
    let graph = council.build().unwrap();
    let (mut picture, ended) = watched(graph.run(Council::new("Rust"))).await;
    let council = ended.unwrap().into_state();
    picture += &drawn(&council);
    expected.assert_eq(&picture);
    council
}

/// Runs to the end. Returns a line for each event except tokens.
pub(crate) async fn watched(run: RunBuilder<Council>) -> (String, Result<Outcome<Council>, RunError<Council>>) {
    let lines = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&lines);
    let observer = move |event: &Event<Council>| {
        if !matches!(event.kind, EventKind::Token { .. } | EventKind::NodeStarted { .. }) {
            *log.lock().unwrap() += &format!("{event}\n");
        }
    };
    let ended = run.id("test").observe(observer).await;
    let lines = lines.lock().unwrap().clone();
    (lines, ended)
}

/// Where a council stands.
pub(crate) fn drawn(council: &Council) -> String {
    let Council { draft, iteration, score, document, .. } = council;
    let mut drawn = format!("draft {iteration}: {draft:?}, score {score:?}, document {document:?}\n");
    if let Some(verdict) = council.verdict() {
        let readable = if verdict.score.is_some() { "" } else { ", unreadable" };
        drawn += &format!("verdict: {:?}{readable}, {:?}\n", verdict.word, verdict.feedback);
    }
    for entry in council.feedback_history() {
        drawn += &format!("feedback: {entry:?}\n");
    }
    drawn
}

/// What a model was asked: a heading for each call, and its message below, but for the last paragraph, whose wording is free.
pub(crate) fn asked(model: &ScriptedModel) -> String {
    let calls: Vec<_> = model.requests().iter().map(call).collect();
    calls.join("\n")
}

fn call(request: &ChatRequest) -> String {
    let [message] = request.messages.as_slice() else { panic!("not one message: {:?}", request.messages) };
    let (material, _) = message.content.rsplit_once("\n\n").unwrap();
    let temperature = request.temperature.unwrap();
    let heading = format!("{}, temperature {temperature}, {} tokens", role(request), request.max_tokens);
    format!("{heading}, {:?}:\n{}\n", message.role, material.replace("\n\n", "\n"))
}

/// The agent that the system prompt names.
pub(crate) fn role(request: &ChatRequest) -> &'static str {
    let system = request.system.as_deref().unwrap();
    let mut roles = ["Master AI", "Critic AI", "Writer AI"].into_iter().filter(|role| system.contains(role));
    let role = roles.next().unwrap();
    assert_eq!(roles.next(), None, "more than one agent has this prompt");
    role
}
