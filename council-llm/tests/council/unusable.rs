//! Answers that cannot be used: withheld, refused, broken off, or a call of a tool. They become no draft, no verdict and no document.

use council_core::error_chain;
use council_llm::{Council, CouncilBuilder, End, ScriptedAnswer, ScriptedModel, StopKind};
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
        model `gpt` gave no answer that can be used: the provider withheld it or a part of it (`content_filter`); change the topic, or choose another model
        model `gpt` gave no answer that can be used: the model refused to answer (`refusal`); change the topic, or choose another model
        model `gpt` gave no answer that can be used: the model refused to answer (`stop`), in these words: "I cannot help with that."; change the topic, or choose another model
        model `gpt` gave no answer that can be used: the model called a tool instead of an answer, and it has no tools (`tool_use`); choose another model
        model `gpt` gave no answer that can be used: the provider broke it off (`aborted`); try again later
    "#]].assert_eq(&picture);
}
