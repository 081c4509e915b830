//! Critics whose answer has no score.

use council_llm::{Council, CouncilBuilder, ScriptedAnswer, ScriptedModel, Usage};
use expect_test::expect;

use crate::picture::{check, role, scripted};

#[tokio::test]
async fn a_critic_without_a_score_is_called_again() {
    let model = scripted(["Draft one.", "I like it.", "SCORE: 8.5\nFEEDBACK: Good.", "The document."]);
    check(
        CouncilBuilder::new(model.clone()),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "Draft one.", score Some(8.5), document Some("The document.")
        verdict: None, "Good."
    "#]],
    )
    .await;

    let requests = model.requests();
    let roles: Vec<_> = requests.iter().map(role).collect();
    assert_eq!(roles, ["Master AI", "Critic AI", "Critic AI", "Writer AI"]);
    assert_eq!(requests[1], requests[2], "the same question again");
}

#[tokio::test]
async fn a_critic_without_a_score_in_two_answers_scores_zero() {
    let critic = ScriptedModel::new("critic", ["I like it.", " I really do.\nVERDICT: APPROVE ", "SCORE: 9"]);
    let model = scripted(["Draft one.", "Draft two.", "The document."]);
    let council = CouncilBuilder::new(model.clone()).critic_model(critic.clone());
    check(
        council,
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
        draft 2: "Draft two.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
        feedback: "Score: 0/10\nI really do.\nVERDICT: APPROVE"
    "#]],
    )
    .await;
    assert_eq!(critic.requests().len(), 3);

    let second = &model.requests()[1].messages[0].content;
    assert!(second.contains("Score: 0/10\nI really do.\nVERDICT: APPROVE\n</feedback>"), "{second}");
}

#[tokio::test]
async fn the_verdict_of_an_unreadable_critic_has_score_zero_and_a_note() {
    let critic = ScriptedModel::new("critic", ["", "   "]);
    let model = scripted(["Draft one.", "The document."]);
    let council = CouncilBuilder::new(model).critic_model(critic).max_iterations(1);
    check(
        council,
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        valve: master_agent has had its 1 visits, on to writer_agent
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "Draft one.", score Some(0.0), document Some("The document.")
        verdict: None, unreadable, "(the critic gave an empty answer)"
        feedback: "Score: 0/10\n(the critic gave an empty answer)"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn both_calls_of_a_critic_count() {
    let cost = |input_tokens, output_tokens| Usage::new(input_tokens, output_tokens).cached(1);
    let critic =
        [ScriptedAnswer::from("I like it.").usage(cost(10, 2)), ScriptedAnswer::from("SCORE: 8").usage(cost(100, 20))];
    let graph = CouncilBuilder::new(scripted(["One.", "The document."]))
        .critic_model(ScriptedModel::new("critic", critic))
        .build()
        .unwrap();
    let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
    assert_eq!(council.usage, Usage::new(110, 22).cached(2));
}
