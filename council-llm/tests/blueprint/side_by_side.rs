//! Agents that run in the same superstep.

use council_llm::Council;
use expect_test::expect;

use crate::picture::{Cast, blueprint, check};

#[tokio::test]
async fn parallel_drafts_are_joined_for_the_next_agent() {
    let cast = Cast::new([("synthesiser", &["Both in one."])]);
    let edges = ["planner -> left", "planner -> right", "left -> synthesiser", "right -> synthesiser"];
    let agents = blueprint(&["planner", "right", "left", "synthesiser"], &edges);
    check(
        agents,
        &cast,
        expect![[r#"
        superstep 1: planner #1 completed
        superstep 2: right #1 completed
        superstep 2: left #1 completed
        superstep 3: synthesiser #1 completed
        finished after 3 supersteps
        round 1: "Both in one.", score None, None
    "#]],
    )
    .await;
    expect![[r#"
        Some(0.7), 0 tokens
        You are the synthesiser.
        ---
        <topic>
        Rust
        </topic>

        <draft>
        right1

        ---

        left1
        </draft>

        Do your part on this draft. Answer with the whole text that is to take its place, and with nothing else.
    "#]]
    .assert_eq(&cast.asked("synthesiser"));
}

#[tokio::test]
async fn parallel_drafts_at_the_end_are_joined() {
    check(
        blueprint(&["a", "b", "c"], &["a -> b", "a -> c"]),
        &Cast::new([]),
        expect![[r#"
        superstep 1: a #1 completed
        superstep 2: b #1 completed
        superstep 2: c #1 completed
        finished after 2 supersteps
        round 1: "b1\n\n---\n\nc1", score None, None
    "#]],
    )
    .await;
}

/// An author, two critics and an editor.
const PANEL: [&str; 6] = [
    "author -> mild critic",
    "author -> harsh critic",
    "mild critic -rework-> author",
    "mild critic -approve-> editor",
    "harsh critic -rework-> author",
    "harsh critic -approve-> editor",
];

#[tokio::test]
async fn the_lowest_score_of_a_panel_counts() {
    let cast = Cast::new([
        ("mild critic", &["SCORE: 9\nFEEDBACK: Fine.", "SCORE: 8\nFEEDBACK: Good."]),
        ("harsh critic", &["SCORE: 4\nFEEDBACK: No figures.", "SCORE: 8.5\nFEEDBACK: At last."]),
    ]);
    let agents = ["author", "mild critic", "harsh critic", "editor"];
    check(
        blueprint(&agents, &PANEL),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: mild critic #1 completed
        superstep 2: harsh critic #1 completed
        superstep 3: author #2 completed
        superstep 4: mild critic #2 completed
        superstep 4: harsh critic #2 completed
        superstep 5: editor #1 completed
        finished after 5 supersteps
        round 2: "editor1", score Some(8.0), Some(Approve)
        verdict: 8, "Good."
        feedback: "Score: 4/10\nNo figures."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_order_of_a_panel_does_not_matter() {
    let answers = [["SCORE: 9", "SCORE: 8"], ["SCORE: 4", "SCORE: 8.5"]];
    for [mild, harsh] in [["mild critic", "harsh critic"], ["harsh critic", "mild critic"]] {
        let cast = Cast::new([("mild critic", &answers[0]), ("harsh critic", &answers[1])]);
        let blueprint = blueprint(&["author", mild, harsh, "editor"], &PANEL);
        let run = blueprint.graph(&cast.models()).unwrap().run(Council::of(blueprint, "Rust"));
        let council = run.await.unwrap().finished().unwrap();
        assert_eq!((council.iteration, council.score, council.feedback_history().len()), (2, Some(8.0), 1));
        assert_eq!(council.verdict().and_then(|verdict| verdict.score), Some(8.0));
    }
}

#[tokio::test]
async fn two_critics_that_both_send_the_draft_back_start_one_round() {
    let both = ["SCORE: 5\nFEEDBACK: Longer.", "SCORE: 9\nFEEDBACK: Good."];
    let cast = Cast::new([("mild critic", &both), ("harsh critic", &both)]);
    let agents = ["author", "mild critic", "harsh critic", "editor"];
    check(
        blueprint(&agents, &PANEL),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: mild critic #1 completed
        superstep 2: harsh critic #1 completed
        superstep 3: author #2 completed
        superstep 4: mild critic #2 completed
        superstep 4: harsh critic #2 completed
        superstep 5: editor #1 completed
        finished after 5 supersteps
        round 2: "editor1", score Some(9.0), Some(Approve)
        verdict: 9, "Good."
        feedback: "Score: 5/10\nLonger."
        feedback: "Score: 5/10\nLonger."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_valve_opens_for_a_panel_if_it_opens_for_one() {
    let cast = Cast::new([("mild critic", &["SCORE: 9"]), ("harsh critic", &["SCORE: 5"])]);
    let agents = ["author", "mild critic", "harsh critic", "editor"];
    let council = check(
        blueprint(&agents, &PANEL),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: mild critic #1 completed
        superstep 2: harsh critic #1 completed
        superstep 3: author #2 completed
        superstep 4: mild critic #2 completed
        superstep 4: harsh critic #2 completed
        superstep 5: author #3 completed
        superstep 6: mild critic #3 completed
        superstep 6: harsh critic #3 completed
        superstep 7: author #4 completed
        superstep 8: mild critic #4 completed
        superstep 8: harsh critic #4 completed
        superstep 9: author #5 completed
        superstep 10: mild critic #5 completed
        superstep 10: harsh critic #5 completed
        superstep 11: editor #1 completed
        finished after 11 supersteps
        round 5: "editor1", score Some(5.0), Some(Approve), by the valve
        verdict: 5, "SCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
    "#]],
    )
    .await;
    assert!(council.valve_opened);
}

#[tokio::test]
async fn an_agent_behind_paths_of_different_lengths_runs_for_each_path() {
    let edges = ["a -> b", "a -> long", "long -> b"];
    check(
        blueprint(&["a", "b", "long"], &edges),
        &Cast::new([]),
        expect![[r#"
        superstep 1: a #1 completed
        superstep 2: b #1 completed
        superstep 2: long #1 completed
        superstep 3: b #2 completed
        finished after 3 supersteps
        round 1: "b2", score None, None
    "#]],
    )
    .await;
}
