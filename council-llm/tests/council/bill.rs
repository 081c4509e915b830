//! Failed calls that may have cost something: they are in the log of the calls, and their tokens are counted.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use council_core::journal::Memory;
use council_core::{Failure, Retry};
use council_llm::{
    Agent, AgentError, AgentRole, Blueprint, BlueprintEdge, ChatError, Council, CouncilBuilder, End, Models,
    ScriptedAnswer, ScriptedModel, Usage,
};
use expect_test::{Expect, expect};

use crate::picture::{exact, watched};
use crate::room::{broken, cut, log, too_long};

/// An answer that used 10 and 5 tokens.
fn used(text: &str) -> ScriptedAnswer {
    ended(text, End::new("stop"))
}

fn ended(text: &str, end: End) -> ScriptedAnswer {
    ScriptedAnswer::from(text).then_end(end.usage(Usage::new(10, 5)))
}

fn refused() -> ScriptedAnswer {
    ended("Sor", End::new("refusal"))
}

/// The log of the calls, and the sum of their tokens.
fn bill(council: &Council) -> String {
    let Usage { input_tokens, output_tokens, .. } = council.usage;
    format!("{}{input_tokens} tokens in, {output_tokens} out\n", log(&council.calls))
}

/// Runs a council with these answers, and compares the bill.
async fn check(answers: impl IntoIterator<Item = ScriptedAnswer>, retry: Retry, expected: Expect) {
    let graph = CouncilBuilder::new(ScriptedModel::new("gpt", answers)).retry(retry).build().unwrap();
    let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
    assert_eq!(council.document.as_deref(), Some("The document."));
    expected.assert_eq(&bill(&council));
}

#[tokio::test(start_paused = true)]
async fn each_failed_call_that_may_have_cost_something_is_in_the_log() {
    let paid = |error: fn() -> ChatError| ScriptedAnswer::from("Part").then_error(error);
    let free = |error: fn() -> ChatError| ScriptedAnswer::error(error);
    let answers = [
        free(|| ChatError::connection("openai", "gpu:1", io::Error::other("refused"))),
        free(|| ChatError::status("openai", 529, "overloaded", None)),
        free(|| ChatError::status("openai", 429, "slow down", Duration::from_secs(60))),
        free(|| ChatError::in_stream("openai", "overloaded_error", "too many calls")),
        free(|| ChatError::timeout("openai", "sent no first token", Duration::from_secs(600))),
        free(|| ChatError::timeout("openai", "sent no first token", Duration::from_secs(600)).paid()),
        free(|| ChatError::Truncated),
        paid(|| ChatError::connection("openai", "gpu:1", io::Error::other("reset"))),
        paid(|| ChatError::in_stream("openai", "overloaded_error", "too many calls")),
        paid(|| ChatError::malformed("openai", "the JSON contains no answer")),
        ended("Part", End::new("content_filter")),
        refused(),
        ended("", End::new("stop").refused("I cannot help with that.")),
        ended("", End::new("tool_calls")),
        ended("Part", End::new("aborted")),
        used(" \n"),
        used("<think>A draft?</think>"),
    ];
    let answers = answers.into_iter().chain(["A draft.", "SCORE: 9", "The document."].map(used));
    check(answers, Retry::default().attempts(20), expect![[r#"
        master_agent, attempt 6: First, , no text: openai sent no first token within 600 s
        master_agent, attempt 7: First, , no text: the answer was cut off before the model had finished it
        master_agent, attempt 8: First, , no text: the connection to openai at gpu:1 failed: reset
        master_agent, attempt 9: First, , no text: openai reported an error while answering: overloaded_error: too many calls
        master_agent, attempt 10: First, , no text: openai sent an answer that cannot be read: the JSON contains no answer
        master_agent, attempt 11: First, content_filter, no text: the provider withheld the answer or a part of it
        master_agent, attempt 12: First, refusal, no text: the model refused to answer
        master_agent, attempt 13: First, stop, no text: the model refused to answer, in these words: "I cannot help with that."
        master_agent, attempt 14: First, tool_calls, no text: the model called a tool instead of an answer
        master_agent, attempt 15: First, aborted, no text: the provider broke the answer off
        master_agent, attempt 16: First, stop, no text: the answer was empty
        master_agent, attempt 17: First, stop, no text: the answer was only reasoning
        master_agent, attempt 18: First, stop, "" + 8 bytes
        critic_agent, attempt 1: First, stop, "" + 8 bytes
        writer_agent, attempt 1: First, stop, "" + 13 bytes
        100 tokens in, 50 out
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn calls_whose_text_is_dropped_are_in_the_log() {
    let answers = [
        cut("A dra"),
        broken(),
        too_long(),
        used("A draft."),
        used("I like it."),
        cut(""),
        cut("Hm"),
        cut("m. </think>SCORE"),
        used("Well."),
        refused(),
    ];
    let on_and_on = (0..5).map(|_| cut("On and on. "));
    let answers = answers.into_iter().chain(on_and_on).chain(["SCORE: 9", "The document."].map(used));
    check(answers, Retry::default().attempts(9), expect![[r#"
        master_agent, attempt 1: First, length, no text: the answer was cut, and is too long to be continued
        master_agent, attempt 1: Continuation, , no text: the answer was cut off before the model had finished it
        master_agent, attempt 3: First, stop, "" + 8 bytes
        critic_agent, attempt 1: First, stop, "" + 10 bytes
        critic_agent, attempt 1: Clarification, length, no text: the text was the model's reasoning
        critic_agent, attempt 1: MoreRoom, length, no text: the text was the model's reasoning
        critic_agent, attempt 1: Continuation, length, no text: the text was the model's reasoning
        critic_agent, attempt 1: Clarification, stop, "" + 5 bytes
        critic_agent, attempt 1: Clarification, refusal, no text: the model refused to answer
        critic_agent, attempt 2: Clarification, length, no text: the answer was still incomplete after the last allowed continuation
        critic_agent, attempt 2: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        critic_agent, attempt 2: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        critic_agent, attempt 2: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        critic_agent, attempt 2: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        critic_agent, attempt 3: Clarification, stop, "" + 8 bytes
        writer_agent, attempt 1: First, stop, "" + 13 bytes
        150 tokens in, 75 out
    "#]]).await;
}

/// Each attempt is a run of its own, which is loaded from the journal.
#[tokio::test(start_paused = true)]
async fn the_calls_of_a_run_that_failed_are_in_the_log_after_its_retry() {
    let answers = [
        used(" "),
        cut("A dra"),
        broken(),
        refused(),
        used("ft."),
        used("I like it."),
        ended("", End::new("tool_calls")),
        used("SCORE: 9"),
        used("The document."),
    ];
    let mut bills = Vec::new();
    for is_restarted in [false, true] {
        let retry = exact().attempts(if is_restarted { 1 } else { 9 });
        let graph = CouncilBuilder::new(ScriptedModel::new("gpt", answers.clone())).retry(retry).build().unwrap();
        let journal = Memory::default();
        let mut ended = graph.run(Council::new("Rust")).id("r").journal(journal.clone()).await;
        let mut restarts = 0;
        while ended.is_err() {
            restarts += 1;
            let position = graph.load(&journal, "r").await.unwrap();
            ended = graph.resume(position).journal(journal.clone()).await;
        }
        assert_eq!(restarts, if is_restarted { 4 } else { 0 });
        bills.push(bill(ended.unwrap().state()));
    }
    expect![[r#"
        master_agent, attempt 1: First, stop, no text: the answer was empty
        master_agent, attempt 2: First, length, "" + 5 bytes
        master_agent, attempt 2: Continuation, , no text: the answer was cut off before the model had finished it
        master_agent, attempt 3: Continuation, refusal, no text: the model refused to answer
        master_agent, attempt 4: Continuation, stop, "" + 3 bytes
        critic_agent, attempt 1: First, stop, "" + 10 bytes
        critic_agent, attempt 1: Clarification, tool_calls, no text: the model called a tool instead of an answer
        critic_agent, attempt 2: Clarification, stop, "" + 8 bytes
        writer_agent, attempt 1: First, stop, "" + 13 bytes
        80 tokens in, 40 out
    "#]]
    .assert_eq(&bills[0]);
    assert_eq!(bills[1], bills[0]);
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_run_has_the_calls_of_the_task_that_failed() {
    let answers = [used("A draft."), used("I like it."), cut("SCO"), refused()];
    let model = ScriptedModel::new("gpt", answers);
    let graph = CouncilBuilder::new(model).retry(exact().attempts(1)).build().unwrap();
    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    expect![[r#"
        master_agent, attempt 1: First, stop, "" + 8 bytes
        10 tokens in, 5 out
    "#]]
    .assert_eq(&bill(error.state()));
    let Failure::Node { source, .. } = error.failure() else { panic!("{error}") };
    let calls = source.downcast_ref::<AgentError>().unwrap().calls();
    expect![[r#"
        critic_agent, attempt 1: First, stop, no text: a later call of the agent failed
        critic_agent, attempt 1: Clarification, length, no text: a later call of the agent failed
        critic_agent, attempt 1: Continuation, refusal, no text: the model refused to answer
    "#]]
    .assert_eq(&log(calls));
    assert!(calls.iter().all(|call| call.usage == Usage::new(10, 5)));
}

/// The approved draft is the document, and the writer's calls are paid for.
#[tokio::test(start_paused = true)]
async fn the_calls_of_a_writer_without_a_text_are_in_the_log() {
    let answers =
        [used("A draft."), used("SCORE: 9"), cut("The docu"), broken(), refused(), refused(), refused(), refused()];
    let graph = CouncilBuilder::new(ScriptedModel::new("gpt", answers)).retry(exact()).build().unwrap();
    let (_, ended) = watched(graph.run(Council::new("Rust"))).await;
    let council = ended.unwrap().into_state();
    assert_eq!(council.document.as_deref(), Some("A draft."));
    expect![[r#"
        master_agent, attempt 1: First, stop, "" + 8 bytes
        critic_agent, attempt 1: First, stop, "" + 8 bytes
        writer_agent, attempt 1: First, length, no text: a later call of the agent failed
        writer_agent, attempt 1: Continuation, , no text: the answer was cut off before the model had finished it
        writer_agent, attempt 2: Continuation, refusal, no text: the model refused to answer
        writer_agent, attempt 3: Continuation, refusal, no text: the model refused to answer
        writer_agent, attempt 4: Continuation, refusal, no text: the model refused to answer
        writer_agent, attempt 5: Continuation, refusal, no text: the model refused to answer
        70 tokens in, 35 out
    "#]]
    .assert_eq(&bill(&council));
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_last_author_without_a_text_are_in_the_log() {
    let blueprint = Blueprint::new("essays", "Essays")
        .agent(Agent::new("author", AgentRole::Agent, "ollama/gpt"))
        .agent(Agent::new("critic", AgentRole::Critic, "ollama/gpt"))
        .agent(Agent::new("editor", AgentRole::Agent, "ollama/gpt"))
        .edge(BlueprintEdge::new("author", "critic"))
        .edge(BlueprintEdge::new("critic", "author").condition("rework"))
        .edge(BlueprintEdge::new("critic", "editor").condition("approve"));
    let answers = [used("A draft."), used("SCORE: 9")].into_iter().chain((0..5).map(|_| refused()));
    let model = Arc::new(ScriptedModel::new("gpt", answers));
    let graph = blueprint.graph(&Models::new(move |_| Ok(model.clone()))).unwrap();
    let council = graph.run(Council::of(blueprint, "Rust")).await.unwrap().into_state();
    assert_eq!((council.draft.as_str(), council.document_fault.is_some()), ("A draft.", true));
    expect![[r#"
        author, attempt 1: First, stop, "" + 8 bytes
        critic, attempt 1: First, stop, "" + 8 bytes
        editor, attempt 1: First, refusal, no text: the model refused to answer
        editor, attempt 2: First, refusal, no text: the model refused to answer
        editor, attempt 3: First, refusal, no text: the model refused to answer
        editor, attempt 4: First, refusal, no text: the model refused to answer
        editor, attempt 5: First, refusal, no text: the model refused to answer
        70 tokens in, 35 out
    "#]]
    .assert_eq(&bill(&council));
}
