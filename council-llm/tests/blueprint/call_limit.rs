//! The limit of the calls of a run.

use council_core::Graph;
use council_llm::{Blueprint, Council, CouncilBuilder, ScriptedModel};
use expect_test::{Expect, expect};

use crate::picture::{Cast, blueprint};

/// Two agents in a loop that no critic closes.
fn pair() -> Blueprint {
    blueprint(&["a", "b"], &["a -> b", "b -> a"])
}

fn cast() -> Cast {
    Cast::new([("a", &["A draft."]), ("b", &["Another draft."]), ("critic", &["SCORE: 5\nFEEDBACK: More."])])
}

/// Runs a council that fails, and compares the error. Returns the number of its calls and its draft.
async fn failed(graph: Graph<Council>, council: Council, expected: Expect) -> (usize, String) {
    let error = graph.run(council).await.unwrap_err();
    expected.assert_eq(&error.failure().cause());
    let council = error.into_position().state().clone();
    (council.calls.len(), council.draft)
}

async fn failed_pair(pair: Blueprint, expected: Expect) -> (usize, String) {
    failed(pair.graph(&cast().models()).unwrap(), Council::of(pair, "Rust"), expected).await
}

#[tokio::test]
async fn a_loop_that_no_critic_closes_ends_after_50_calls_and_keeps_its_draft() {
    let ended = failed_pair(
        pair(),
        expect![
            "the run has made 50 calls of models, which is its limit: raise `maxCalls` of the blueprint, or `max_calls(..)` (`--max-calls` at the command line) for all councils, then start again, or retry a stored run"
        ],
    );
    assert_eq!(ended.await, (50, "Another draft.".to_owned()));
}

#[tokio::test]
async fn the_limit_of_calls_can_be_set() {
    let ended = failed_pair(
        pair().max_calls(7),
        expect![
            "the run has made 7 calls of models, which is its limit: raise `maxCalls` of the blueprint, or `max_calls(..)` (`--max-calls` at the command line) for all councils, then start again, or retry a stored run"
        ],
    );
    assert_eq!(ended.await, (7, "A draft.".to_owned()));
    let models = cast().models().max_calls(9);
    let limits = [pair(), pair().max_calls(7)].map(|pair| pair.call_limit(&models));
    assert_eq!(limits, [9, 7], "the blueprint's own limit counts");
}

/// A critic ends the rounds of its loop, so a wide council has enough calls for five rounds.
#[tokio::test]
async fn a_council_whose_critic_closes_the_loop_has_10_calls_for_each_agent() {
    let wide = blueprint(
        &["start", "a", "b", "c", "d", "e", "critic", "end"],
        &[
            "start -> a",
            "start -> b",
            "start -> c",
            "start -> d",
            "start -> e",
            "a -> critic",
            "b -> critic",
            "c -> critic",
            "d -> critic",
            "e -> critic",
            "critic -rework-> start",
            "critic -approve-> end",
        ],
    );
    assert_eq!(wide.call_limit(&cast().models()), 80);
}

/// What was paid for is not thrown away.
#[tokio::test]
async fn the_draft_is_the_document_if_the_writer_has_no_call_left() {
    let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9"]);
    let graph = CouncilBuilder::new(model).max_calls(2).build().unwrap();
    let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
    assert_eq!((council.document.as_deref(), council.calls.len()), (Some("A draft."), 2));
    assert!(council.document_fault.unwrap().starts_with("the run has made 2 calls of models"));
}

#[tokio::test]
async fn a_run_that_has_reached_its_limit_goes_on_with_a_higher_one() {
    let low = pair().max_calls(3);
    let error = low.graph(&cast().models()).unwrap().run(Council::of(low, "Rust")).await.unwrap_err();
    let high = pair().max_calls(5);
    let error = high.graph(&cast().models()).unwrap().resume(error.into_position()).await.unwrap_err();
    assert_eq!(error.into_position().state().calls.len(), 5);
}

#[tokio::test]
async fn the_built_in_council_has_a_limit_too() {
    let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 5\nFEEDBACK: More."]).repeating();
    let graph = CouncilBuilder::new(model.clone()).max_calls(4).build().unwrap();
    let (calls, _) = failed(graph, Council::new("Rust"), expect!["the run has made 4 calls of models, which is its limit: raise `maxCalls` of the blueprint, or `max_calls(..)` (`--max-calls` at the command line) for all councils, then start again, or retry a stored run"]).await;
    assert_eq!((calls, model.requests().len()), (4, 4));
    let none = CouncilBuilder::new(model).max_calls(0).build().map(drop).unwrap_err();
    assert_eq!(none.to_string(), "the council needs at least one call of a model");
}
