//! Reasoning in answers that were cut, without the mark at its beginning.

use council_core::{EventKind, Failure, RunError, error_chain};
use council_llm::{
    AgentError, ChatEvent, ChatModel, ChatRequest, Council, CouncilBuilder, End, ScriptedModel, TOKENS_WITHDRAWN,
};
use expect_test::expect;

use super::{broken, check, cut};
use crate::picture::exact;
use crate::streams::Streams;

/// Some servers drop the mark at the beginning of reasoning, so that reasoning without an end looks like text.
#[tokio::test(start_paused = true)]
async fn reasoning_that_was_cut_is_in_no_text_and_the_answer_is_asked_for_again() {
    let answers = [
        cut("Let me see"),
        "what to write. </think>A draft, in part".into(),
        cut("A dra"),
        "ft.".into(),
        cut("Hm"),
        cut("m. </think>SCORE"),
        "SCORE: 9".into(),
        "The document.".into(),
    ];
    let (council, requests) = check(
        answers,
        expect![[r#"
            superstep 1: master_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
            superstep 1: master_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
            superstep 1: master_agent #1 completed
            superstep 2: critic_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
            superstep 2: critic_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
            superstep 2: critic_agent #1 completed
            superstep 3: writer_agent #1 completed
            finished after 3 supersteps
            draft 1: "A draft.", score Some(9.0), document Some("The document.")
            verdict: None, "SCORE: 9"
            master_agent, attempt 1: First, length, no text: the text was the model's reasoning
            master_agent, attempt 1: Continuation, end_turn, no text: the text was the model's reasoning
            master_agent, attempt 1: MoreRoom, length, "" + 5 bytes
            master_agent, attempt 1: Continuation, end_turn, "" + 3 bytes
            critic_agent, attempt 1: First, length, no text: the text was the model's reasoning
            critic_agent, attempt 1: Continuation, length, no text: the text was the model's reasoning
            critic_agent, attempt 1: MoreRoom, end_turn, "" + 8 bytes
            writer_agent, attempt 1: First, end_turn, "" + 13 bytes
        "#]],
    )
    .await;
    assert_eq!(council.draft, "A draft.");
    let less = council_llm::prompts::less_thinking();
    let asked = |request: &ChatRequest| (request.messages.len(), request.messages[0].content.contains(less));
    assert_eq!(requests[..4].iter().map(asked).collect::<Vec<_>>(), [(1, false), (3, false), (1, true), (3, false)]);
}

#[tokio::test(start_paused = true)]
async fn a_watcher_sees_no_reasoning_that_was_cut() {
    let answers = [cut("Let me see"), " now. </think>A dra".into(), cut("A dra"), broken(), "ft.".into()];
    let model = ScriptedModel::new("gpt", answers);
    let mut run = CouncilBuilder::new(model).retry(exact()).build().unwrap().run(Council::new("Rust")).start();
    let mut shown = String::new();
    while let Some(event) = run.next().await {
        match &event.kind {
            EventKind::Token { text, .. } => shown += text,
            EventKind::Custom { name, .. } if **name == *TOKENS_WITHDRAWN => shown.clear(),
            EventKind::NodeFailed { .. } => shown.clear(),
            EventKind::NodeCompleted { .. } => break,
            _ => {}
        }
    }
    assert_eq!(shown, "A draft.");
}

/// The text before the mark cannot be reasoning if its own reasoning has ended.
#[tokio::test(start_paused = true)]
async fn a_continuation_may_begin_with_reasoning() {
    let answers = [
        cut("Let me see. </think>A dra"),
        "Go on with ft. </think>ft.".into(),
        "SCORE: 9".into(),
        "The document.".into(),
    ];
    let (council, _) = check(
        answers,
        expect![[r#"
        superstep 1: master_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
        superstep 1: master_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
        master_agent, attempt 1: First, length, "" + 5 bytes
        master_agent, attempt 1: Continuation, end_turn, "" + 3 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, end_turn, "" + 13 bytes
    "#]],
    )
    .await;
    assert_eq!(council.draft, "A draft.");
}

/// The error of a council with this model, and the fault of each call.
async fn fails(model: impl ChatModel) -> (String, Vec<String>) {
    let graph = CouncilBuilder::new(model).retry(exact()).build().unwrap();
    let error: RunError<Council> = graph.run(Council::new("Rust")).await.unwrap_err();
    let Failure::Node { source, .. } = error.failure() else { panic!("{error}") };
    let calls = source.downcast_ref::<AgentError>().unwrap().calls();
    (error_chain(source.as_ref()), calls.iter().map(|call| call.fault.clone().unwrap()).collect())
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_reasoning_only_is_told_as_such() {
    let apart = || vec![Ok(ChatEvent::Reasoning("Let me see.".into())), Ok(ChatEvent::Done(End::new("stop")))];
    let expected = (
        "model `gpt` gave only reasoning, and no answer (asked 5 times: start again, or retry a stored run, or choose another model for the \
         agent)"
            .to_owned(),
        vec!["the answer was only reasoning".to_owned(); 5],
    );
    assert_eq!(fails(Streams::new("gpt", [apart(), apart(), apart(), apart(), apart()])).await, expected);
    assert_eq!(fails(ScriptedModel::new("gpt", ["<think>Let me see."]).repeating()).await, expected);
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_room_went_to_reasoning_is_told_as_such() {
    let error = "model `gpt` gave no answer that can be used: it used all its room for reasoning (`length`); raise `max_tokens` (in a \
                 blueprint `maxTokens`) if you have set it, make the context of a local model longer, or choose a model that reasons less";
    let expected = (error.to_owned(), vec!["the model used all its room for reasoning".to_owned(); 5]);
    for text in ["", "<think>Let me see."] {
        assert_eq!(fails(ScriptedModel::new("gpt", [cut(text)]).repeating()).await, expected);
    }
}
