//! Drafts that pass at once, that are reworked, or that go to the writer after the last round.

use council_llm::{CouncilBuilder, ScriptedModel};
use expect_test::expect;

use crate::picture::{check, role, scripted};

#[tokio::test]
async fn a_good_draft_passes_at_once() {
    let model = scripted(["Draft one.", "SCORE: 9\nVERDICT: APPROVE\nFEEDBACK: Good.", "The document."]);
    check(
        CouncilBuilder::new(model),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "Draft one.", score Some(9.0), document Some("The document.")
        verdict: Some("APPROVE"), "Good."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_draft_is_reworked_until_it_passes() {
    let model = scripted([
        "Draft one.",
        "SCORE: 5\nVERDICT: REWORK\nFEEDBACK: Too short.",
        "Draft two.",
        "SCORE: 6.5\nVERDICT: REWORK\nFEEDBACK: No example.\n\nAnd no end.",
        "Draft three.",
        "SCORE: 8\nVERDICT: APPROVE\nFEEDBACK: Good.",
        "The document.",
    ]);
    check(
        CouncilBuilder::new(model),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: master_agent #3 completed
        superstep 6: critic_agent #3 completed
        superstep 7: writer_agent #1 completed
        finished after 7 supersteps
        draft 3: "Draft three.", score Some(8.0), document Some("The document.")
        verdict: Some("APPROVE"), "Good."
        feedback: "Score: 5/10\nToo short."
        feedback: "Score: 6.5/10\nNo example.\n\nAnd no end."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_fifth_draft_is_judged_and_goes_to_the_writer_whatever_its_score() {
    let master = ScriptedModel::new("master", ["One.", "Two.", "Three.", "Four.", "Five."]);
    let critic =
        ScriptedModel::new("critic", ["SCORE: 3\nFEEDBACK: a", "SCORE: 7\nFEEDBACK: b", "SCORE: 5\nFEEDBACK: c"]);
    let critic = critic.repeating();
    let writer = ScriptedModel::new("writer", ["The document."]);
    let council = CouncilBuilder::new(master.clone()).critic_model(critic.clone()).writer_model(writer.clone());
    check(
        council,
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: master_agent #3 completed
        superstep 6: critic_agent #3 completed
        superstep 7: master_agent #4 completed
        superstep 8: critic_agent #4 completed
        superstep 9: master_agent #5 completed
        superstep 10: critic_agent #5 completed
        valve: master_agent has had its 5 visits, on to writer_agent
        superstep 11: writer_agent #1 completed
        finished after 11 supersteps
        draft 5: "Five.", score Some(5.0), document Some("The document.")
        verdict: None, "c"
        feedback: "Score: 3/10\na"
        feedback: "Score: 7/10\nb"
        feedback: "Score: 5/10\nc"
        feedback: "Score: 5/10\nc"
        feedback: "Score: 5/10\nc"
    "#]],
    )
    .await;
    assert_eq!([master, critic, writer].map(|model| model.requests().len()), [5, 5, 1]);
}

#[tokio::test]
async fn a_fifth_draft_that_passes_opens_no_valve() {
    let critic = ScriptedModel::new("critic", ["SCORE: 5", "SCORE: 5", "SCORE: 5", "SCORE: 5", "SCORE: 9"]);
    let model = scripted(["The same."]).repeating();
    check(
        CouncilBuilder::new(model).critic_model(critic),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: master_agent #3 completed
        superstep 6: critic_agent #3 completed
        superstep 7: master_agent #4 completed
        superstep 8: critic_agent #4 completed
        superstep 9: master_agent #5 completed
        superstep 10: critic_agent #5 completed
        superstep 11: writer_agent #1 completed
        finished after 11 supersteps
        draft 5: "The same.", score Some(9.0), document Some("The same.")
        verdict: None, "SCORE: 9"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_score_decides_and_not_the_word_of_the_critic() {
    let model = scripted([
        "Draft one.",
        "SCORE: 3\nVERDICT: APPROVE\nFEEDBACK: Wrong.",
        "Draft two.",
        "SCORE: 8\nVERDICT: meh\nFEEDBACK: Right.",
        "The document.",
    ]);
    check(
        CouncilBuilder::new(model),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
        draft 2: "Draft two.", score Some(8.0), document Some("The document.")
        verdict: Some("meh"), "Right."
        feedback: "Score: 3/10\nWrong."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_score_at_the_threshold_passes_and_a_score_below_does_not() {
    let model = scripted(["One.", "SCORE: 7.99", "Two.", "SCORE: 8.0", "The document."]);
    let council = check(
        CouncilBuilder::new(model),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
        draft 2: "Two.", score Some(8.0), document Some("The document.")
        verdict: None, "SCORE: 8.0"
        feedback: "Score: 7.99/10\nSCORE: 7.99"
    "#]],
    )
    .await;
    assert_eq!(council.iteration, 2);
}

#[tokio::test]
async fn each_agent_asks_its_own_model() {
    let master = ScriptedModel::new("master", ["Draft one."]);
    let critic = ScriptedModel::new("critic", ["SCORE: 8"]);
    let writer = ScriptedModel::new("writer", ["The document."]);
    let other = scripted([]);
    let council = CouncilBuilder::new(other.clone())
        .writer_model(writer.clone())
        .critic_model(critic.clone())
        .master_model(master.clone());
    check(
        council,
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "Draft one.", score Some(8.0), document Some("The document.")
        verdict: None, "SCORE: 8"
    "#]],
    )
    .await;
    let asked = [&master, &critic, &writer].map(|model| model.requests().iter().map(role).collect::<Vec<_>>());
    assert_eq!(asked, [["Master AI"], ["Critic AI"], ["Writer AI"]]);
    assert!(other.requests().is_empty());
}
