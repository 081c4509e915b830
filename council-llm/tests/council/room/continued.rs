//! Cut answers that are continued, and answers without text that are asked for again with more room.

use std::sync::Arc;

use council_core::EventKind;
use council_core::journal::Memory;
use council_llm::{Agent, AgentRole, Blueprint, Council, CouncilBuilder, Models, ScriptedModel, Usage, WRITER};
use expect_test::expect;

use super::{broken, check, cut, log, messages};
use crate::picture::{exact, role};

#[tokio::test(start_paused = true)]
async fn a_cut_answer_is_continued_and_what_is_repeated_is_dropped() {
    let answers = [
        cut("# Rust\n\nRust is a language wi"),
        cut("Rust is a language without a collec"),
        "tor.".into(),
        "SCORE: 9".into(),
        cut("The document, first "),
        "and second half.".into(),
    ];
    let (council, requests) = check(answers, expect![[r##"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "# Rust\n\nRust is a language without a collector.", score Some(9.0), document Some("The document, first and second half.")
        verdict: None, "SCORE: 9"
        master_agent, attempt 1: First, length, "" + 29 bytes
        master_agent, attempt 1: Continuation, length, "Rust is a language wi" + 14 bytes
        master_agent, attempt 1: Continuation, end_turn, "" + 4 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, length, "" + 20 bytes
        writer_agent, attempt 1: Continuation, end_turn, "" + 16 bytes
    "##]]).await;
    assert_eq!(council.usage, Usage::new(30, 15));
    expect![[r#"
        Assistant: # Rust

        Rust is a language without a collec
        User: Your answer reached the limit of its length and was cut off. It ends with these words:

        <end>
        Rust is a language without a collec
        </end>

        Continue exactly where it stopped, also in the middle of a word. Begin with these last words, so that the join can be seen, and write on to the end. Do not begin again, and write nothing else.
    "#]].assert_eq(&messages(&requests[2]));
}

#[tokio::test(start_paused = true)]
async fn a_watcher_sees_the_text_without_the_repetition() {
    let answers = [
        "A draft.".into(),
        "SCORE: 9".into(),
        cut("The document has one half, "),
        "document has one half, and the other. The e".into(),
    ];
    let model = ScriptedModel::new("gpt", answers);
    let mut run = CouncilBuilder::new(model).build().unwrap().run(Council::new("Rust")).start();
    let mut shown = String::new();
    while let Some(event) = run.next().await {
        match &event.kind {
            EventKind::Token { task, text, .. } if *task.node == *WRITER => shown += text,
            _ => {}
        }
    }
    assert_eq!(Some(shown), run.await.unwrap().into_state().document);
}

#[tokio::test(start_paused = true)]
async fn a_critic_that_was_cut_is_read_as_a_whole() {
    let answers = [
        "A draft.".into(),
        cut("Fit: 2\nSubstance: 1.5\nSCORE: 1"),
        "0\nVERDICT: APPROVE\nFEEDBACK: Goo".into(),
        "The document.".into(),
    ];
    let (council, _) = check(
        answers,
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(10.0), document Some("The document.")
        verdict: Some("APPROVE"), "Goo"
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, length, "" + 30 bytes
        critic_agent, attempt 1: Continuation, end_turn, "" + 32 bytes
        writer_agent, attempt 1: First, end_turn, "" + 13 bytes
    "#]],
    )
    .await;
    assert_eq!(council.verdict().unwrap().feedback, "Goo");
}

#[tokio::test(start_paused = true)]
async fn a_critic_without_room_for_its_answer_is_asked_again_and_not_scored_0() {
    let answers =
        ["A draft.".into(), cut("<think>Let me see. The draft"), cut(" \n"), "SCORE: 9".into(), "The document.".into()];
    let (council, requests) = check(
        answers,
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, length, "" + 0 bytes
        critic_agent, attempt 1: MoreRoom, length, " \n" + 0 bytes
        critic_agent, attempt 1: MoreRoom, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, end_turn, "" + 13 bytes
    "#]],
    )
    .await;
    assert_eq!(council.score, Some(9.0));
    let less = council_llm::prompts::less_thinking();
    let asked: Vec<_> =
        requests[1..4].iter().map(|request| request.messages[0].content.matches(less).count()).collect();
    assert_eq!(asked, [0, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn more_room_is_twice_the_limit_of_the_agent() {
    let blueprint =
        Blueprint::new("solo", "Solo").agent(Agent::new("author", AgentRole::Agent, "rehearsal").max_tokens(100));
    let model = ScriptedModel::new("gpt", [cut(""), cut(""), cut("A dra"), "ft.".into()]);
    let watch = model.clone();
    let graph = blueprint.graph(&Models::new(move |_| Ok(Arc::new(model.clone())))).unwrap();
    let council = graph.run(Council::of(blueprint, "Rust")).await.unwrap().into_state();
    assert_eq!(council.draft, "A draft.");
    let limits: Vec<_> = watch.requests().iter().map(|request| request.max_tokens).collect();
    assert_eq!(limits, [100, 200, 400, 400]);
}

#[tokio::test(start_paused = true)]
async fn a_continuation_that_breaks_does_not_ask_for_the_beginning_again() {
    let answers = [cut("A dra"), broken(), "ft.".into(), "SCORE: 9".into(), "The document.".into()];
    let model = ScriptedModel::new("gpt", answers);
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let mut run = graph.run(Council::new("Rust")).start();
    let mut shown = String::new();
    while let Some(event) = run.next().await {
        match &event.kind {
            EventKind::Token { text, .. } => shown += text,
            EventKind::NodeFailed { .. } => shown.clear(),
            EventKind::NodeCompleted { .. } => break,
            _ => {}
        }
    }
    assert_eq!(shown, "A draft.");
    let council = run.await.unwrap().into_state();
    expect![[r#"
        master_agent, attempt 1: First, length, "" + 5 bytes
        master_agent, attempt 1: Continuation, , no text: the answer was cut off before the model had finished it
        master_agent, attempt 2: Continuation, end_turn, "" + 3 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, end_turn, "" + 13 bytes
    "#]]
    .assert_eq(&log(&council.calls));
    assert_eq!(model.requests().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_clarification_that_breaks_does_not_ask_for_the_first_answer_again() {
    let answers =
        ["A draft.".into(), "I like it.".into(), broken(), broken(), "SCORE: 9".into(), "The document.".into()];
    let (_, requests) = check(answers, expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
        superstep 2: critic_agent #1 failed, tried again in 500ms: the answer of model `gpt` broke off after 4 characters: the answer was cut off before the model had finished it
        superstep 2: critic_agent #1 (attempt 2) says tokens_withdrawn: "the answer is asked for again"
        superstep 2: critic_agent #1 (attempt 2) failed, tried again in 1s: the answer of model `gpt` broke off after 4 characters: the answer was cut off before the model had finished it
        superstep 2: critic_agent #1 (attempt 3) says tokens_withdrawn: "the answer is asked for again"
        superstep 2: critic_agent #1 (attempt 3) completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 10 bytes
        critic_agent, attempt 1: Clarification, , no text: the answer was cut off before the model had finished it
        critic_agent, attempt 2: Clarification, , no text: the answer was cut off before the model had finished it
        critic_agent, attempt 3: Clarification, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, end_turn, "" + 13 bytes
    "#]]).await;
    assert_eq!(requests[2], requests[4]);
    assert_eq!(requests.iter().map(role).filter(|role| *role == "Critic AI").count(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_beginning_of_an_answer_is_in_the_journal() {
    let model =
        ScriptedModel::new("gpt", [cut("A dra"), broken(), "ft.".into(), "SCORE: 9".into(), "The document.".into()]);
    let graph = CouncilBuilder::new(model.clone()).retry(exact().attempts(1)).build().unwrap();
    let journal = Memory::default();
    graph.run(Council::new("Rust")).id("r").journal(journal.clone()).await.unwrap_err();
    let position = graph.load(&journal, "r").await.unwrap();
    let council = graph.resume(position).journal(journal).await.unwrap().into_state();
    assert_eq!((council.calls[0].text_bytes, model.requests().len()), ("A dra".len(), 5));
    assert_eq!(council.document.as_deref(), Some("The document."));
}
