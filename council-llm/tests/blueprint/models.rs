//! The models of many blueprints.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use council_llm::{ChatModel, Environment, ModelSpec, Models, ScriptedModel, SpecError};

use crate::picture::blueprint;

/// Models by their specs, and the number of created models.
fn counted() -> (Models, Arc<AtomicUsize>) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let models = Models::new(move |spec| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(ScriptedModel::new(&spec.to_string(), ["SCORE: 9"])))
    });
    (models, made)
}

#[test]
fn agents_and_blueprints_of_one_model_share_it() {
    let (models, made) = counted();
    let mut blueprint = blueprint(&["a", "b", "critic"], &["a -> b", "b -> critic"]);
    blueprint.nodes[0].model = "claude-3-5-sonnet".to_owned();
    blueprint.nodes[1].model = "anthropic/claude-3-5-sonnet-20241022".to_owned();
    blueprint.graph(&models).unwrap();
    blueprint.graph(&models.clone()).unwrap();
    assert_eq!(made.load(Ordering::Relaxed), 2);
}

#[test]
fn a_model_that_could_not_be_made_is_tried_again() {
    let asked = AtomicUsize::new(0);
    let models = Models::new(move |spec| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Err(SpecError::MissingKey { spec: spec.clone(), variable: "KEY".into() }),
        _ => Ok(Arc::new(ScriptedModel::new("late", ["SCORE: 9"]))),
    });
    assert!(models.model(&ModelSpec::Rehearsal).is_err());
    assert_eq!(models.model(&ModelSpec::Rehearsal).unwrap().name(), "late");
}

#[test]
fn unused_models_are_dropped() {
    let (models, _) = counted();
    let spec = |number: usize| ModelSpec::Ollama(format!("m{number}"));
    let in_use = models.model(&spec(0)).unwrap();
    let others: Vec<Weak<dyn ChatModel>> =
        (1..=1_000).map(|number| Arc::downgrade(&models.model(&spec(number)).unwrap())).collect();
    let kept = others.iter().filter(|model| model.strong_count() > 0).count();
    assert!(kept < 64, "{kept} models are kept");
    assert!(Arc::ptr_eq(&in_use, &models.model(&spec(0)).unwrap()));
}

#[test]
fn an_agent_without_a_model_gets_the_model_of_the_environment() {
    let keyed = Environment::default().openai_api_key("k");
    assert_eq!(Models::from(keyed).default_spec(), ModelSpec::OpenAi("gpt-4o".into()));
    assert_eq!(counted().0.default_spec(), ModelSpec::Rehearsal);
}
