//! Agents in a row, and critics that send the draft back.

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
async fn a_critic_sends_the_draft_back_until_it_passes() {
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

#[tokio::test]
async fn each_author_of_a_round_writes_the_same_round() {
    let cast = Cast::new([("critic", &["SCORE: 5\nFEEDBACK: Longer.", "SCORE: 8\nFEEDBACK: Good."])]);
    let edges = ["a -> b", "b -> critic", "critic -rework-> b", "critic -approve-> c"];
    check(
        blueprint(&["a", "b", "critic", "c"], &edges),
        &cast,
        expect![[r#"
        superstep 1: a #1 completed
        superstep 2: b #1 completed
        superstep 3: critic #1 completed
        superstep 4: b #2 completed
        superstep 5: critic #2 completed
        superstep 6: c #1 completed
        finished after 6 supersteps
        round 2: "c1", score Some(8.0), Some(Approve)
        verdict: 8, "Good."
        feedback: "Score: 5/10\nLonger."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn two_loops_share_the_rounds() {
    let cast = Cast::new([
        ("first critic", &["SCORE: 5", "SCORE: 9", "SCORE: 9"]),
        ("second critic", &["SCORE: 6", "SCORE: 9"]),
    ]);
    let edges = [
        "author -> first critic",
        "first critic -rework-> author",
        "first critic -approve-> second critic",
        "second critic -rework-> author",
        "second critic -approve-> editor",
    ];
    check(
        blueprint(&["author", "first critic", "second critic", "editor"], &edges),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: first critic #1 completed
        superstep 3: author #2 completed
        superstep 4: first critic #2 completed
        superstep 5: second critic #1 completed
        superstep 6: author #3 completed
        superstep 7: first critic #3 completed
        superstep 8: second critic #2 completed
        superstep 9: editor #1 completed
        finished after 9 supersteps
        round 3: "editor1", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 6/10\nSCORE: 6"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_approval_after_the_valve_opened_closes_it() {
    let cast = Cast::new([("critic", &["SCORE: 5"]), ("last critic", &["SCORE: 9"])]);
    let edges = ["author -> critic", "critic -rework-> author", "critic -approve-> last critic"];
    check(
        blueprint(&["author", "critic", "last critic"], &edges),
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
        superstep 11: last critic #1 completed
        finished after 11 supersteps
        round 5: "author5", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_critic_before_the_first_draft_starts_no_round() {
    let cast = Cast::new([("critic", &["SCORE: 0\nFEEDBACK: There is nothing."])]);
    check(
        blueprint(&["critic", "author"], &["critic -> author"]),
        &cast,
        expect![[r#"
        superstep 1: critic #1 completed
        superstep 2: author #1 completed
        finished after 2 supersteps
        round 1: "author1", score Some(0.0), Some(Rework)
        verdict: 0, "There is nothing."
        feedback: "Score: 0/10\nThere is nothing."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn an_answer_without_a_score_is_asked_for_again() {
    let cast = Cast::new([("critic", &["Nice.", "Very nice.", "Nice!", "SCORE: 9"])]);
    check(
        blueprint(&["author", "critic", "editor"], &LOOP),
        &cast,
        expect![[r#"
            superstep 1: author #1 completed
            superstep 2: critic #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic #1 completed
            superstep 3: author #2 completed
            superstep 4: critic #2 completed
            superstep 5: editor #1 completed
            finished after 5 supersteps
            round 2: "editor1", score Some(9.0), Some(Approve)
            verdict: 9, "SCORE: 9"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_loop_without_a_critic_ends_at_the_limit_and_keeps_its_draft() {
    check(blueprint(&["a", "b"], &["a -> b", "b -> a"]), &Cast::new([("b", &["The last."])]), expect![[r#"
        superstep 1: a #1 completed
        superstep 2: b #1 completed
        superstep 3: a #2 completed
        superstep 4: b #2 completed
        superstep 5: a #3 completed
        superstep 6: b #3 completed
        superstep 7: a #4 completed
        superstep 8: b #4 completed
        superstep 9: a #5 completed
        superstep 10: b #5 completed
        superstep 11: a #6 completed
        superstep 12: b #6 completed
        superstep 13: a #7 completed
        superstep 14: b #7 completed
        superstep 15: a #8 completed
        superstep 16: b #8 completed
        superstep 17: a #9 completed
        superstep 18: b #9 completed
        superstep 19: a #10 failed: model `a` gave no answer: the script of `a` has no answer left for call 10
        failed: node `a` failed in superstep 19, attempt 1: model `a` gave no answer: the script of `a` has no answer left for call 10
        round 1: "The last.", score None, None
    "#]]).await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_draft_is_asked_for_again() {
    let graph = blueprint(&["a", "b"], &["a -> b"]).graph(&Cast::new([("b", &[" ", "At last."])]).models()).unwrap();
    let council = graph.run(council_llm::Council::new("Rust")).await.unwrap().into_state();
    assert_eq!((council.draft.as_str(), council.calls.len()), ("At last.", 3));
}
