//! No document and no draft of an answer that is not whole: the approved draft is the document.

use std::sync::Arc;

use council_core::error_chain;
use council_llm::{
    Agent, AgentRole, Blueprint, BlueprintEdge, Council, CouncilBuilder, End, Models, ScriptedAnswer, ScriptedModel,
};
use expect_test::expect;

use super::{check, cut};
use crate::picture::{exact, scripted, watched};

#[tokio::test(start_paused = true)]
async fn an_answer_without_an_end_becomes_no_draft() {
    let model = ScriptedModel::new("gpt", [cut("More and more. ")]).repeating();
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let (events, ended) = watched(graph.run(Council::new("Rust"))).await;
    expect![[r#"
        superstep 1: master_agent #1 failed, tried again in 500ms: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 1: master_agent #1 (attempt 2) failed, tried again in 1s: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 1: master_agent #1 (attempt 3) failed, tried again in 2s: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 1: master_agent #1 (attempt 4) failed, tried again in 4s: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 1: master_agent #1 (attempt 5) failed: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        failed: node `master_agent` failed in superstep 1, attempt 5: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        run `test`: node `master_agent` failed in superstep 1, attempt 5: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers"#]].assert_eq(&format!("{events}{}", error_chain(&ended.unwrap_err())));
    assert_eq!(model.requests().len(), 9, "five calls, then the last one again, four times");
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
        superstep 3: writer_agent #1 failed, tried again in 500ms: model `gpt` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`); change the topic, or choose another model
        superstep 3: writer_agent #1 (attempt 2) failed, tried again in 1s: model `gpt` gave no answer that can be used: the model refused to answer (`refusal`); change the topic, or choose another model
        superstep 3: writer_agent #1 (attempt 3) failed, tried again in 2s: model `gpt` gave no answer that can be used: the model called a tool in place of an answer, and it has no tools (`tool_calls`); choose another model
        superstep 3: writer_agent #1 (attempt 4) failed, tried again in 4s: model `gpt` gave an empty answer
        superstep 3: writer_agent #1 (attempt 5) failed: model `gpt` gave no answer that can be used: the model refused to answer (`stop`), in these words: "I cannot help with that."; change the topic, or choose another model
        superstep 3: writer_agent #1 (attempt 5) completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("A draft.")
        verdict: None, "SCORE: 9"
        the draft is the document: model `gpt` gave no answer that can be used: the model refused to answer (`stop`), in these words: "I cannot help with that."; change the topic, or choose another model
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
    "#]]).await;

    let answers = ["A draft.".into(), "SCORE: 9".into()].into_iter().chain((0..9).map(|_| cut("On and on. ")));
    let (council, _) = check(answers, expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 failed, tried again in 500ms: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 3: writer_agent #1 (attempt 2) failed, tried again in 1s: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 3: writer_agent #1 (attempt 3) failed, tried again in 2s: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 3: writer_agent #1 (attempt 4) failed, tried again in 4s: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 3: writer_agent #1 (attempt 5) failed: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        superstep 3: writer_agent #1 (attempt 5) completed
        finished after 3 supersteps
        draft 1: "A draft.", score Some(9.0), document Some("A draft.")
        verdict: None, "SCORE: 9"
        the draft is the document: model `gpt` gave no answer that can be used: it reached the limit of its length, and could not be continued (`length`); raise the limit (max tokens), or choose a model that writes longer answers
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
    "#]]).await;
    assert_eq!(council.document.as_deref(), Some("A draft."));
}

#[tokio::test(start_paused = true)]
async fn a_blueprint_keeps_its_approved_draft_too() {
    let model = |spec: &str| match spec {
        "ollama/critic" => scripted(["SCORE: 9"]),
        "ollama/author" => scripted(["A draft."]),
        _ => ScriptedModel::new("gpt", [ScriptedAnswer::from("Part").then_end(End::new("refusal"))]).repeating(),
    };
    let blueprint = Blueprint::new("essays", "Essays")
        .agent(Agent::new("author", AgentRole::Agent, "ollama/author"))
        .agent(Agent::new("critic", AgentRole::Critic, "ollama/critic"))
        .agent(Agent::new("editor", AgentRole::Agent, "ollama/editor"))
        .edge(BlueprintEdge::new("author", "critic"))
        .edge(BlueprintEdge::new("critic", "author").condition("rework"))
        .edge(BlueprintEdge::new("critic", "editor").condition("approve"));
    let graph = blueprint.graph(&Models::new(move |spec| Ok(Arc::new(model(&spec.to_string()))))).unwrap();
    let council = graph.run(Council::of(blueprint, "Rust")).await.unwrap().into_state();
    assert_eq!((council.draft.as_str(), council.document), ("A draft.", None));
    expect!["model `gpt` gave no answer that can be used: the model refused to answer (`refusal`); change the topic, or choose another model"].assert_eq(&council.document_fault.unwrap());
}
