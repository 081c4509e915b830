//! Limits and retries of a blueprint's agents.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use council_core::Failure;
use council_llm::{CallTimeouts, ChatError, Council, ModelSpec, Models, ScriptedAnswer, ScriptedModel, agent_retry};

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

#[tokio::test]
async fn the_limits_of_an_agent_come_before_those_of_its_model_spec() {
    let mut blueprint = blueprint(&["a", "b", "c"], &["a -> b", "b -> c"]);
    let (none, minutes) = (CallTimeouts::default(), |minutes: u32| Duration::from_secs(60 * u64::from(minutes)));
    for agent in &mut blueprint.nodes[..2] {
        agent.model = "ollama/a?first-token-timeout=20m&total-timeout=1h".to_owned();
    }
    blueprint.nodes[1].timeouts = none.first_token(minutes(1));
    blueprint.nodes[2].model = "ollama/a".to_owned();
    let (model, made) = (ScriptedModel::new("scripted", ["One.", "Two.", "Three."]), Arc::new(AtomicUsize::new(0)));
    let (answering, count) = (model.clone(), Arc::clone(&made));
    let models = Models::new(move |spec| {
        assert_eq!(*spec, ModelSpec::Ollama("a".to_owned()));
        count.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(answering.clone()))
    });
    blueprint.graph(&models).unwrap().run(Council::of(blueprint, "Rust")).await.unwrap();
    let timeouts: Vec<_> = model.requests().into_iter().map(|request| request.timeouts).collect();
    let of_spec = none.first_token(minutes(20)).total(minutes(60));
    assert_eq!(timeouts, [of_spec, of_spec.first_token(minutes(1)), none]);
    assert_eq!(made.load(Ordering::Relaxed), 1, "one model for all limits");
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
