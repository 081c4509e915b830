//! Properties of blueprints.

use council_core::Limits;
use council_llm::{Blueprint, BlueprintEdge, Council, EdgeKind, Environment, Models};
use proptest::prelude::*;
use proptest::sample::select;

use crate::picture::{Cast, agent, blueprint};

/// Few ids, so that they collide, with some that must be refused.
fn id() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "critic", "harsh critic", "a\nb", "ghost", "", "__end__"]).prop_map(str::to_owned)
}

fn edge() -> impl Strategy<Value = BlueprintEdge> {
    let kind = select(vec![EdgeKind::Linear, EdgeKind::Conditional]);
    let condition = prop::option::of(select(vec!["approve", "rework", "never", " "]).prop_map(str::to_owned));
    let ids = ("[a-e]{2}", id(), id());
    (ids, kind, condition).prop_map(|((id, source, target), kind, condition)| {
        let mut edge = BlueprintEdge::new(source, target).id(id);
        (edge.kind, edge.condition) = (kind, condition);
        edge
    })
}

fn any_blueprint() -> impl Strategy<Value = Blueprint> {
    let parts = (prop::option::of(id()), prop::collection::vec(id(), 0..6), prop::collection::vec(edge(), 0..9));
    parts.prop_map(|(start, ids, edges)| {
        let mut blueprint = blueprint(&[], &[]);
        blueprint.start = start;
        blueprint.nodes = ids.iter().map(|id| agent(id)).collect();
        blueprint.edges = edges;
        blueprint
    })
}

/// A blueprint without a fault, with any edges.
fn sound_blueprint() -> impl Strategy<Value = Blueprint> {
    const IDS: [&str; 5] = ["a", "b", "critic", "c", "harsh critic"];
    let end = || 0..IDS.len();
    let edge = (end(), end(), select(vec!["", "approve", "rework", "never"]));
    (1..=IDS.len(), end(), prop::collection::vec(edge, 0..12)).prop_map(|(count, start, edges)| {
        let edges = edges.into_iter().map(|(source, target, condition)| {
            let edge = BlueprintEdge::new(IDS[source % count], IDS[target % count]);
            if condition.is_empty() { edge } else { edge.condition(condition) }
        });
        let agents = blueprint(&IDS[..count], &[]).starting_with(IDS[start % count]);
        edges.fold(agents, Blueprint::edge).max_calls(u32::MAX)
    })
}

proptest! {
    #[test]
    fn a_blueprint_makes_a_graph_if_it_has_no_fault(blueprint in any_blueprint()) {
        let sound = blueprint.faults().is_empty() && !blueprint.nodes.is_empty();
        let graph = blueprint.graph(&Models::from(Environment::default()));
        prop_assert_eq!(graph.is_ok(), sound, "{:?}", graph.err());
    }

    #[test]
    fn every_run_reaches_its_end_or_its_limit(blueprint in sound_blueprint(), low in 0..10) {
        prop_assert_eq!(blueprint.faults(), []);
        let scores = [format!("SCORE: {low}"), "SCORE: 9".to_owned(), format!("SCORE: {low}")];
        let scores = scores.each_ref().map(String::as_str);
        let cast = Cast::new([("critic", &scores), ("harsh critic", &scores[2..]), ("a", &["a"]), ("b", &["b"]), ("c", &["c"])]);
        let graph = blueprint.graph(&cast.models()).unwrap();
        let run = graph.run(Council::of(blueprint, "Rust")).limits(Limits { supersteps: 30, ..Limits::default() });
        let outcome = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(run.into_future());
        let outcome = outcome.unwrap();
        prop_assert!(outcome.state().iteration <= 5);
        prop_assert_eq!(outcome.state().iteration == 0, outcome.state().draft.is_empty());
    }

    #[test]
    fn every_blueprint_that_is_read_can_be_checked_and_drawn(version in 0..4, json in "[\\[\\]{}:,\"a-z0-9-]{0,40}", text in "\\PC{0,20}", number in any::<f64>()) {
        let nested = serde_json::json!({
            "version": version, "id": text, "name": text,
            "nodes": [{"id": text, "label": text, "model": text, "systemPrompt": text, "temperature": number, "position": {"x": number, "y": 0}}],
            "edges": [{"id": text, "source": text, "target": json, "type": "linear", "condition": text}],
        });
        for json in [json, nested.to_string()] {
            if let Ok(blueprint) = serde_json::from_str::<Blueprint>(&json) {
                let _ = (blueprint.faults(), blueprint.entry(), blueprint.graph(&Models::from(Environment::default())).is_ok());
            }
        }
    }
}
