//! Answers that cannot be used: withheld, refused, broken off, or a call of a tool. They become no draft, no verdict and no document.

use std::time::Duration;

use council_core::error_chain;
use council_llm::{ChatError, Council, CouncilBuilder, End, ScriptedAnswer, ScriptedModel, StopKind};
use expect_test::expect;

use crate::picture::{exact, watched};

const ANSWERS: [&str; 5] = ["Draft one.", "SCORE: 5\nFEEDBACK: More.", "Draft two.", "SCORE: 9", "The document."];

fn ends(reason: &str) -> ScriptedAnswer {
    ScriptedAnswer::from("SCORE: 10\nThe beginning of").then_end(End::new(reason))
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_used_is_asked_for_again_wherever_it_comes() {
    for place in 0..ANSWERS.len() {
        let mut answers = ANSWERS.map(ScriptedAnswer::from).to_vec();
        let refused = ScriptedAnswer::from("").then_end(End::new("stop").refused("No."));
        for answer in [ends("content_filter"), ends("refusal"), ends("tool_calls"), refused] {
            answers.insert(place, answer);
        }
        let model = ScriptedModel::new("gpt", answers);
        let council =
            CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap().run(Council::new("Rust")).await;
        let council = council.unwrap().into_state();
        assert_eq!((council.document.as_deref(), council.score), (Some("The document."), Some(9.0)), "call {place}");
        let (failed, answered): (Vec<_>, Vec<_>) = council.calls.iter().partition(|call| call.fault.is_some());
        assert_eq!(failed, council.calls[place..place + 4].iter().collect::<Vec<_>>(), "call {place}");
        assert!(answered.iter().all(|call| call.kind == StopKind::Completed), "call {place}");
        let attempts: Vec<_> = answered.iter().map(|call| call.attempt).collect();
        let mut expected = [1; ANSWERS.len()];
        expected[place] = 5;
        assert_eq!(attempts, expected, "call {place}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_reason_and_what_may_help() {
    let mut picture = String::new();
    for end in [
        End::new("content_filter"),
        End::new("refusal"),
        End::new("stop").refused("I cannot help with that."),
        End::new("tool_use"),
        End::new("aborted"),
    ] {
        let model = ScriptedModel::new("gpt", [ScriptedAnswer::from("Part").then_end(end)]).repeating();
        let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
        let (_, ended) = watched(graph.run(Council::new("Rust"))).await;
        let error = error_chain(&ended.unwrap_err());
        picture += error.strip_prefix("run `test`: node `master_agent` failed in superstep 1, attempt 5: ").unwrap();
        picture += "\n";
        assert_eq!(model.requests().len(), 5);
    }
    expect![[r#"
        model `gpt` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`) (asked 5 times); change the topic, or choose another model
        model `gpt` gave no answer that can be used: the model refused to answer (`refusal`) (asked 5 times); change the topic, or choose another model
        model `gpt` gave no answer that can be used: the model refused to answer (`stop`), in these words: "I cannot help with that." (asked 5 times); change the topic, or choose another model
        model `gpt` gave no answer that can be used: the model called a tool instead of an answer, and it has no tools (`tool_use`) (asked 5 times); choose another model
        model `gpt` gave no answer that can be used: the provider broke it off (`aborted`) (asked 5 times); try again later
    "#]].assert_eq(&picture);
}

#[tokio::test(start_paused = true)]
async fn the_last_error_of_a_broken_or_silent_answer_says_how_often_it_was_asked_for_and_what_may_help() {
    let silent = || ChatError::timeout("openai", "sent no first token", Duration::from_secs(600)).paid();
    let mut picture = String::new();
    for answer in [
        ScriptedAnswer::from("Draft öne").then_error(|| ChatError::Truncated),
        ScriptedAnswer::from("D").then_error(|| ChatError::in_stream("openai", "overloaded_error", "too many calls")),
        ScriptedAnswer::error(|| ChatError::malformed("openai", "EOF while parsing a string")),
        ScriptedAnswer::error(silent),
        " ".into(),
    ] {
        let model = ScriptedModel::new("gpt", [answer]).repeating();
        let graph = CouncilBuilder::new(model).retry(exact()).build().unwrap();
        let (events, ended) = watched(graph.run(Council::new("Rust"))).await;
        let first = events.lines().next().unwrap();
        picture += &format!("{}\n{}\n", first.trim_start(), error_chain(&ended.unwrap_err()));
    }
    expect![[r#"
        superstep 1: master_agent #1 failed, tried again in 500ms: the answer of model `gpt` broke off after 9 characters: the answer was cut off before the model had finished it
        run `test`: node `master_agent` failed in superstep 1, attempt 5: the answer of model `gpt` broke off after 9 characters (asked 5 times: start again, or retry a stored run, or choose another model for the agent): the answer was cut off before the model had finished it
        superstep 1: master_agent #1 failed, tried again in 500ms: the answer of model `gpt` broke off after 1 character: openai reported an error while answering: overloaded_error: too many calls
        run `test`: node `master_agent` failed in superstep 1, attempt 5: the answer of model `gpt` broke off after 1 character (asked 5 times: start again, or retry a stored run, or choose another model for the agent): openai reported an error while answering: overloaded_error: too many calls
        superstep 1: master_agent #1 failed, tried again in 500ms: model `gpt` gave no answer: openai sent an answer that cannot be read: EOF while parsing a string
        run `test`: node `master_agent` failed in superstep 1, attempt 5: model `gpt` gave no answer (asked 5 times: start again, or retry a stored run, or choose another model for the agent): openai sent an answer that cannot be read: EOF while parsing a string
        superstep 1: master_agent #1 failed, tried again in 500ms: model `gpt` gave no answer: openai sent no first token within 600 s
        run `test`: node `master_agent` failed in superstep 1, attempt 2: model `gpt` gave no answer (asked 2 times: start again, or retry a stored run, or choose another model for the agent): openai sent no first token within 600 s
        superstep 1: master_agent #1 failed, tried again in 500ms: model `gpt` gave an empty answer
        run `test`: node `master_agent` failed in superstep 1, attempt 5: model `gpt` gave an empty answer (asked 5 times: start again, or retry a stored run, or choose another model for the agent)
    "#]].assert_eq(&picture);
}
