//! The edges that a decision takes.

use expect_test::{Expect, expect};

use crate::picture::{Cast, blueprint, check as run};

/// A critic with this score, and the edges from it.
async fn check(score: &str, edges: &[&str], expected: Expect) {
    let cast = Cast::new([("critic", &[score])]);
    run(blueprint(&["critic", "a", "b", "c"], edges), &cast, expected).await;
}

#[tokio::test]
async fn a_decision_takes_the_edge_with_its_condition() {
    check(
        "SCORE: 9",
        &["critic -rework-> a", "critic -approve-> b", "critic -> c"],
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: b #1 completed
        finished after 2 supersteps
        round 1: "b1", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
    "#]],
    )
    .await;
    check(
        "SCORE: 2",
        &["critic -rework-> a", "critic -approve-> b", "critic -> c"],
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: a #1 completed
        finished after 2 supersteps
        round 1: "a1", score Some(2.0), Some(Rework)
        verdict: 2, "SCORE: 2"
        feedback: "Score: 2/10\nSCORE: 2"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_decision_takes_all_edges_with_its_condition() {
    check(
        "SCORE: 9",
        &["critic -approve-> a", "critic -rework-> b", "critic -approve-> c"],
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: a #1 completed
        superstep 2: c #1 completed
        finished after 2 supersteps
        round 1: "a1\n\n---\n\nc1", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn without_a_matching_condition_all_linear_edges_are_taken() {
    check(
        "SCORE: 9",
        &["critic -rework-> a", "critic -> c", "critic -> b"],
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: b #1 completed
        superstep 2: c #1 completed
        finished after 2 supersteps
        round 1: "b1\n\n---\n\nc1", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn without_a_linear_edge_the_first_conditional_edge_is_taken() {
    check(
        "SCORE: 9",
        &["critic -rework-> b", "critic -never-> a"],
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: b #1 completed
        finished after 2 supersteps
        round 1: "b1", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_condition_is_compared_without_its_case_and_outer_blanks() {
    check(
        "SCORE: 9",
        &["critic -Approve-> a", "critic -approve -> b", "critic -> c"],
        expect![[r#"
            superstep 1: critic #1 completed
            superstep 2: a #1 completed
            superstep 2: b #1 completed
            finished after 2 supersteps
            round 1: "a1\n\n---\n\nb1", score Some(9.0), Some(Approve)
            verdict: 9, "SCORE: 9"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn before_the_first_verdict_no_condition_holds() {
    let edges = ["author -approve-> a", "author -rework-> b", "author -> c"];
    run(
        blueprint(&["author", "a", "b", "c"], &edges),
        &Cast::new([]),
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: c #1 completed
        finished after 2 supersteps
        round 1: "c1", score None, None
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_decision_holds_until_the_next_verdict() {
    let cast = Cast::new([("critic", &["SCORE: 9"])]);
    let edges = ["critic -> author", "author -rework-> a", "author -approve-> b"];
    run(
        blueprint(&["critic", "author", "a", "b"], &edges),
        &cast,
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: author #1 completed
        superstep 3: b #1 completed
        finished after 3 supersteps
        round 1: "b1", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
    "#]],
    )
    .await;
}

/// A condition is compared without its case and the blanks around it, however the blueprint was made.
#[test]
fn a_condition_in_any_case_is_the_decision() {
    let json = r#"{"id": "b1", "name": "B", "nodes": [], "edges": [
        {"id": "e1", "source": "a", "target": "b", "type": "conditional", "condition": "Approve"},
        {"id": "e2", "source": "a", "target": "b", "type": "conditional", "condition": " REWORK "},
        {"id": "e3", "source": "a", "target": "b", "type": "conditional", "condition": "Maybe "},
        {"id": "e4", "source": "a", "target": "b", "type": "linear", "condition": null}
    ]}"#;
    let read: council_llm::Blueprint = serde_json::from_str(json).unwrap();
    let conditions: Vec<_> = read.edges.iter().map(|edge| edge.condition.as_deref()).collect();
    assert_eq!(conditions, [Some("approve"), Some("rework"), Some("Maybe "), None]);
    let built = council_llm::BlueprintEdge::new("a", "b").condition("\tApprove");
    assert_eq!(built.condition.as_deref(), Some("approve"));
}
