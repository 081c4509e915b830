//! No document and no draft of an answer that is not whole: the approved draft is the document.

use std::sync::Arc;

use council_core::error_chain;
use council_llm::{
    Agent, AgentRole, Blueprint, BlueprintEdge, Council, CouncilBuilder, End, Models, ScriptedAnswer, ScriptedModel,
};
use expect_test::expect;

use super::{check, cut, too_long};
use crate::picture::{exact, scripted, watched};

#[tokio::test(start_paused = true)]
async fn an_answer_without_an_end_becomes_no_draft() {
    let model = ScriptedModel::new("gpt", [cut("More and more. ")]).repeating();
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let (events, ended) = watched(graph.run(Council::new("Rust"))).await;
    expect![[r#"
        superstep 1: master_agent #1 failed: model `gpt` gave no answer that can be used: it reached the limit of its length, and was still incomplete after the last allowed continuation (`length`); ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one
        failed: node `master_agent` failed in superstep 1, attempt 1: model `gpt` gave no answer that can be used: it reached the limit of its length, and was still incomplete after the last allowed continuation (`length`); ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one
        run `test`: node `master_agent` failed in superstep 1, attempt 1: model `gpt` gave no answer that can be used: it reached the limit of its length, and was still incomplete after the last allowed continuation (`length`); ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one"#]].assert_eq(&format!("{events}{}", error_chain(&ended.unwrap_err())));
    assert_eq!(model.requests().len(), 5, "another answer of this length would cost as much again");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_goes_on_after_an_answer_without_an_end_asks_from_the_beginning() {
    let on_and_on = (0..5).map(|_| cut("On and on. "));
    let answers =
        on_and_on.chain([cut("A dra"), too_long(), "A draft.".into(), "SCORE: 9".into(), "The document.".into()]);
    let model = ScriptedModel::new("gpt", answers);
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let mut ended = graph.run(Council::new("Rust")).await;
    for told in ["was still incomplete", "is too long to be continued"] {
        let error = ended.unwrap_err();
        assert!(error_chain(&error).contains(told), "{}", error_chain(&error));
        ended = graph.resume(error.into_position()).await;
    }
    let council = ended.unwrap().into_state();
    assert_eq!((council.draft.as_str(), council.document.as_deref()), ("A draft.", Some("The document.")));
    let requests = model.requests();
    let lengths: Vec<_> = requests.iter().map(|request| request.messages.len()).collect();
    assert_eq!(lengths, [1, 3, 3, 3, 3, 1, 3, 1, 1, 1]);
    assert_eq!(requests[0], requests[7]);
}

#[tokio::test(start_paused = true)]
async fn the_draft_is_the_document_if_the_writer_gives_no_text_that_can_be_used() {
    let end = |reason: &str| ScriptedAnswer::from("The docu").then_end(End::new(reason));
    let refused = ScriptedAnswer::from("").then_end(End::new("stop").refused("I cannot help with that."));
    let last = [end("content_filter"), end("refusal"), end("tool_calls"), " ".into(), refused];
    let answers = ["A draft.".into(), "SCORE: 9".into()].into_iter().chain(last);
    check(answers, expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 failed, tried again in 500ms: model `gpt` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`)
        superstep 3: writer_agent #1 (attempt 2) failed, tried again in 1s: model `gpt` gave no answer that can be used: the model refused to answer (`refusal`)
        superstep 3: writer_agent #1 (attempt 3) failed, tried again in 2s: model `gpt` gave no answer that can be used: the model called a tool instead of an answer, and it has no tools (`tool_calls`)
        superstep 3: writer_agent #1 (attempt 4) failed, tried again in 4s: model `gpt` gave an empty answer
        superstep 3: writer_agent #1 (attempt 5) failed: model `gpt` gave no answer that can be used: the model refused to answer (`stop`), in these words: "I cannot help with that." (asked 5 times); change the topic, or choose another model
        superstep 3: writer_agent #1 (attempt 5) completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("A draft.")
        verdict: None, "SCORE: 9"
        the draft is the document: model `gpt` gave no answer that can be used: the model refused to answer (`stop`), in these words: "I cannot help with that." (asked 5 times); change the topic, or choose another model
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, content_filter, no text: the provider withheld the answer or a part of it
        writer_agent, attempt 2: First, refusal, no text: the model refused to answer
        writer_agent, attempt 3: First, tool_calls, no text: the model called a tool instead of an answer
        writer_agent, attempt 4: First, end_turn, no text: the answer was empty
        writer_agent, attempt 5: First, stop, no text: the model refused to answer, in these words: "I cannot help with that."
    "#]]).await;

    let answers = ["A draft.".into(), "SCORE: 9".into()].into_iter().chain((0..5).map(|_| cut("On and on. ")));
    let (council, _) = check(answers, expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 failed: model `gpt` gave no answer that can be used: it reached the limit of its length, and was still incomplete after the last allowed continuation (`length`); ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("A draft.")
        verdict: None, "SCORE: 9"
        the draft is the document: model `gpt` gave no answer that can be used: it reached the limit of its length, and was still incomplete after the last allowed continuation (`length`); ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, length, no text: the answer was still incomplete after the last allowed continuation
        writer_agent, attempt 1: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        writer_agent, attempt 1: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        writer_agent, attempt 1: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
        writer_agent, attempt 1: Continuation, length, no text: the answer was still incomplete after the last allowed continuation
    "#]]).await;
    assert_eq!(council.document.as_deref(), Some("A draft."));
}

fn essays() -> Blueprint {
    Blueprint::new("essays", "Essays")
        .agent(Agent::new("author", AgentRole::Agent, "ollama/author"))
        .agent(Agent::new("critic", AgentRole::Critic, "ollama/critic"))
        .agent(Agent::new("editor", AgentRole::Agent, "ollama/editor"))
        .edge(BlueprintEdge::new("author", "critic"))
        .edge(BlueprintEdge::new("critic", "author").condition("rework"))
}

/// The models of [`essays`]. The editor's model refuses.
fn models() -> Models {
    let model = |spec: &str| match spec {
        "ollama/critic" => scripted(["SCORE: 9"]),
        "ollama/author" => scripted(["A draft."]),
        "ollama/rewriter" => scripted(["Another draft."]),
        _ => ScriptedModel::new("gpt", [ScriptedAnswer::from("Part").then_end(End::new("refusal"))]).repeating(),
    };
    Models::new(move |spec| Ok(Arc::new(model(&spec.to_string()))))
}

#[tokio::test(start_paused = true)]
async fn a_blueprint_keeps_its_approved_draft_too() {
    let blueprint = essays().edge(BlueprintEdge::new("critic", "editor").condition("approve"));
    let graph = blueprint.graph(&models()).unwrap();
    let council = graph.run(Council::of(blueprint, "Rust")).await.unwrap().into_state();
    assert_eq!((council.draft.as_str(), council.document), ("A draft.", None));
    expect!["model `gpt` gave no answer that can be used: the model refused to answer (`refusal`) (asked 5 times); change the topic, or choose another model"].assert_eq(&council.document_fault.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_blueprint_keeps_no_draft_that_changed_since_its_approval() {
    let blueprint = essays()
        .agent(Agent::new("rewriter", AgentRole::Agent, "ollama/rewriter"))
        .edge(BlueprintEdge::new("critic", "rewriter").condition("approve"))
        .edge(BlueprintEdge::new("rewriter", "editor"));
    let failed = blueprint.graph(&models()).unwrap().run(Council::of(blueprint, "Rust")).await.unwrap_err();
    assert_eq!(failed.state().draft, "Another draft.");
}
