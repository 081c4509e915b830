//! Warnings about a blueprint.

use council_llm::{Blueprint, Environment, Models};
use expect_test::{Expect, expect};

use crate::picture::blueprint;

fn check(blueprint: &Blueprint, expected: &Expect) {
    assert!(blueprint.faults().is_empty(), "a blueprint with warnings has no faults");
    let warnings = blueprint.warnings(&Models::from(Environment::default()));
    let lines: Vec<_> = warnings.iter().map(|warning| format!("{} {warning}", warning.kind.word())).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn a_blueprint_as_intended_has_no_warning() {
    check(&blueprint(&["a"], &[]), &expect![[""]]);
    check(
        &blueprint(&["a", "critic", "b"], &["a -> critic", "critic -rework-> a", "critic -approve-> b"]),
        &expect![[""]],
    );
    // A draft that is not approved goes back.
    check(&blueprint(&["a", "critic", "b"], &["a -> critic", "critic -approve-> b", "critic -> a"]), &expect![[""]]);
}

#[test]
fn a_blueprint_without_agents_has_a_warning() {
    check(&blueprint(&[], &[]), &expect!["no_nodes nodes: there are no nodes, and a run needs at least one"]);
}

#[test]
fn unreachable_agents_have_a_warning() {
    check(
        &blueprint(&["a", "b", "c"], &["b -> c"]),
        &expect![[r#"
        unreachable nodes/1: no edge leads from the start to node "b": it never runs
        unreachable nodes/2: no edge leads from the start to node "c": it never runs"#]],
    );
}

#[test]
fn an_unavailable_model_has_a_warning() {
    let mut blueprint = blueprint(&["a"], &[]);
    blueprint.nodes[0].model = "claude-sonnet-4-5".to_owned();
    check(
        &blueprint,
        &expect![[
            r#"model_unavailable nodes/0/model: the model of node "a" is not available: `anthropic/claude-sonnet-4-5` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, which needs none"#
        ]],
    );
}

#[test]
fn a_decision_without_an_edge_has_a_warning() {
    check(
        &blueprint(&["a", "critic"], &["a -> critic", "critic -rework-> a"]),
        &expect![[r#"
        endless nodes/0: no edge leads from node "a" to an end: a run goes on until it reaches a limit
        no_edge_for nodes/1: node "critic" has no edge for "approve": the run takes its first edge, to "a""#]],
    );
    check(
        &blueprint(&["a", "critic", "b"], &["a -> critic", "critic -approve-> b"]),
        &expect![[
            r#"no_edge_for nodes/1: node "critic" has no edge for "rework": the run takes its first edge, to "b""#
        ]],
    );
}

#[test]
fn a_loop_without_an_exit_has_a_warning() {
    check(
        &blueprint(&["start", "a", "b"], &["start -> a", "a -> b", "b -> a"]),
        &expect![[r#"
        open_loop nodes/1: no critic closes the loop of "a", "b": a run repeats it until it has made 50 calls of models, and then fails with its last draft
        endless nodes/0: no edge leads from node "start" to an end: a run goes on until it reaches a limit"#]],
    );
}

/// Linear edges are all taken, so a loop with an exit is endless too. A critic outside the loop does not close it.
#[test]
fn a_loop_that_no_critic_closes_has_a_warning() {
    let loops = blueprint(&["a", "b", "c", "critic"], &["a -> b", "b -> c", "c -> b", "c -> critic"]);
    check(
        &loops.max_calls(8),
        &expect![[
            r#"open_loop nodes/1: no critic closes the loop of "b", "c": a run repeats it until it has made 8 calls of models, and then fails with its last draft"#
        ]],
    );
    check(
        &blueprint(&["a"], &["a -> a"]),
        &expect![[r#"
        open_loop nodes/0: no critic closes the loop of "a": a run repeats it until it has made 50 calls of models, and then fails with its last draft
        endless nodes/0: no edge leads from node "a" to an end: a run goes on until it reaches a limit"#]],
    );
}

#[test]
fn a_condition_that_is_no_decision_has_a_warning() {
    check(
        &blueprint(&["critic", "a", "b"], &["critic - Rework -> a", "critic -aprove-> b", "critic -> b"]),
        &expect![[
            r#"unknown_condition edges/1/condition: edge "e2" has the condition "aprove", and a critic decides "approve" or "rework""#
        ]],
    );
}

#[test]
fn a_condition_without_a_critic_has_a_warning() {
    check(
        &blueprint(&["a", "b"], &["a -approve-> b"]),
        &expect![[r#"no_critic edges/0/condition: edge "e1" is conditional, and no node is a critic that decides"#]],
    );
}

#[test]
fn a_duplicate_edge_has_a_warning() {
    let edges = ["a -> b", "a -> b", "critic -approve-> b", "critic -approve-> b", "critic -rework-> b", "b -> critic"];
    let mut blueprint = blueprint(&["a", "b", "critic", "c"], &edges);
    blueprint.edges.push(council_llm::BlueprintEdge::new("critic", "c").id("e7"));
    check(
        &blueprint,
        &expect![[r#"
        same_edge edges/1: edge "e2" is the same as edge "e1"
        same_edge edges/3: edge "e4" is the same as edge "e3""#]],
    );
}
