//! Agents one after the other, and critics who send them back.

use expect_test::expect;

use crate::picture::{Cast, blueprint, check};

const LOOP: [&str; 3] = ["author -> critic", "critic -rework-> author", "critic -approve-> editor"];

#[tokio::test]
async fn agents_in_a_row_rewrite_the_draft() {
    check(
        blueprint(&["a", "b", "c"], &["a -> b", "b -> c"]),
        &Cast::new([]),
        expect![[r#"
        superstep 1: a #1 completed
        superstep 2: b #1 completed
        superstep 3: c #1 completed
        finished after 3 supersteps
        round 1: "c1", score None, None
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_critic_sends_the_draft_back_until_it_is_good() {
    let cast = Cast::new([("critic", &["SCORE: 5\nFEEDBACK: Longer.", "SCORE: 8\nFEEDBACK: Good."])]);
    check(
        blueprint(&["author", "critic", "editor"], &LOOP),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: critic #1 completed
        superstep 3: author #2 completed
        superstep 4: critic #2 completed
        superstep 5: editor #1 completed
        finished after 5 supersteps
        round 2: "editor1", score Some(8.0), Some(Approve)
        verdict: 8, "Good."
        feedback: "Score: 5/10\nLonger."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_rework_of_the_fifth_round_becomes_an_approval() {
    let cast = Cast::new([("critic", &["SCORE: 5\nFEEDBACK: Longer."])]);
    check(
        blueprint(&["author", "critic", "editor"], &LOOP),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: critic #1 completed
        superstep 3: author #2 completed
        superstep 4: critic #2 completed
        superstep 5: author #3 completed
        superstep 6: critic #3 completed
        superstep 7: author #4 completed
        superstep 8: critic #4 completed
        superstep 9: author #5 completed
        superstep 10: critic #5 completed
        superstep 11: editor #1 completed
        finished after 11 supersteps
        round 5: "editor1", score Some(5.0), Some(Approve), by the valve
        verdict: 5, "Longer."
        feedback: "Score: 5/10\nLonger."
        feedback: "Score: 5/10\nLonger."
        feedback: "Score: 5/10\nLonger."
        feedback: "Score: 5/10\nLonger."
        feedback: "Score: 5/10\nLonger."
    "#]],
    )
    .await;
}
