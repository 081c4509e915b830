//! Limits and retries of a blueprint's agents.

use std::sync::Arc;
use std::time::Duration;

use council_core::Failure;
use council_llm::{CallTimeouts, ChatError, Council, Models, ScriptedAnswer, ScriptedModel, agent_retry};

use crate::picture::blueprint;

fn models(model: &ScriptedModel) -> Models {
    let model = model.clone();
    Models::new(move |_| Ok(Arc::new(model.clone())))
}

#[tokio::test]
async fn the_limits_of_an_agent_come_before_those_of_all_agents() {
    let mut blueprint = blueprint(&["a", "b"], &["a -> b"]);
    let slow = CallTimeouts::default().first_token(Duration::from_secs(7_200));
    (blueprint.nodes[0].max_tokens, blueprint.nodes[0].timeouts) = (Some(100), slow);
    let model = ScriptedModel::new("scripted", ["One.", "Two."]);
    let graph = blueprint.graph(&models(&model).max_tokens(500)).unwrap();
    graph.run(Council::of(blueprint, "Rust")).await.unwrap();
    let limits = model.requests().into_iter().map(|request| (request.max_tokens, request.timeouts));
    assert_eq!(limits.collect::<Vec<_>>(), [(100, slow), (500, CallTimeouts::default())]);
}

#[tokio::test(start_paused = true)]
async fn the_patience_of_an_agent_comes_before_that_of_all_agents() {
    let away = || ScriptedAnswer::error(|| ChatError::status("local", 503, "away", None));
    let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    for (all, patience, failed) in [
        (minute, None, None),
        (minute, Some(Duration::ZERO), Some("b")),
        (second, None, Some("b")),
        (second, Some(Duration::MAX), None),
    ] {
        let mut blueprint = blueprint(&["a", "b"], &["a -> b"]);
        blueprint.nodes[1].patience = patience;
        let model = ScriptedModel::new("scripted", ["One.".into(), away(), away(), away(), "Two.".into()]);
        let models = models(&model).retry(agent_retry().total(all));
        let ended = blueprint.graph(&models).unwrap().run(Council::of(blueprint, "Rust")).await;
        let node = ended.err().map(|error| match error.failure() {
            Failure::Node { node, .. } => node.clone(),
            failure => panic!("{failure}"),
        });
        assert_eq!(node.as_deref(), failed, "{all:?} {patience:?}");
    }
}
