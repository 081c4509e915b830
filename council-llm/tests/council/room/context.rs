//! Requests that are too long for the model.

use council_core::error_chain;
use council_llm::{ChatRequest, Council, CouncilBuilder, ScriptedModel};
use expect_test::expect;

use super::{check, cut, too_long};
use crate::picture::watched;

#[tokio::test(start_paused = true)]
async fn the_oldest_feedback_is_left_out_of_a_request_that_is_too_long() {
    let round =
        |number: u32| [format!("Draft {number}.").into(), format!("SCORE: 5\nFEEDBACK: Point {number}.").into()];
    let answers = (1..=4).flat_map(round).chain([
        too_long(),
        too_long(),
        "Draft 5.".into(),
        "SCORE: 9".into(),
        "The document.".into(),
    ]);
    let (_, requests) = check(
        answers,
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
        draft 5: "Draft 5.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
        feedback: "Score: 5/10\nPoint 1."
        feedback: "Score: 5/10\nPoint 2."
        feedback: "Score: 5/10\nPoint 3."
        feedback: "Score: 5/10\nPoint 4."
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 27 bytes
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 27 bytes
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 27 bytes
        master_agent, attempt 1: First, end_turn, "" + 8 bytes
        critic_agent, attempt 1: First, end_turn, "" + 27 bytes
        master_agent, attempt 1: First, end_turn, "" + 8 bytes, 3 feedbacks left out
        critic_agent, attempt 1: First, end_turn, "" + 8 bytes
        writer_agent, attempt 1: First, end_turn, "" + 13 bytes
    "#]],
    )
    .await;
    let points = |request: &ChatRequest| {
        let message = &request.messages[0].content;
        (1..=4).filter(|point| message.contains(&format!("Point {point}."))).collect::<Vec<_>>()
    };
    assert_eq!(requests[8..11].iter().map(points).collect::<Vec<_>>(), [vec![1, 2, 3, 4], vec![3, 4], vec![4]]);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_stays_too_long_is_told_with_advice() {
    let mut picture = String::new();
    for answers in [vec![too_long()], (0..5).flat_map(|_| [cut("A dra"), too_long()]).collect()] {
        let model = ScriptedModel::new("gpt", answers);
        let (_, ended) = watched(CouncilBuilder::new(model).build().unwrap().run(Council::new("Rust"))).await;
        picture += &format!("{}\n", error_chain(&ended.unwrap_err()));
    }
    expect![[r#"
        run `test`: node `master_agent` failed in superstep 1, attempt 1: the request is too long for model `gpt`: choose a model with a longer context, make the context of a local model longer, or shorten the topic: openai answered HTTP 400: prompt is too long: 213462 tokens > 200000 maximum
        run `test`: node `master_agent` failed in superstep 1, attempt 1: the answer of model `gpt` was cut, and is too long to be continued: choose a model with a longer context, or make the context of a local model longer: openai answered HTTP 400: prompt is too long: 213462 tokens > 200000 maximum
    "#]].assert_eq(&picture);
}
