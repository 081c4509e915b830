//! Settings of the builder, and settings that it refuses.

use std::time::Duration;

use council_core::Failure;
use council_llm::{AgentSettings, CallTimeouts, ChatError, CouncilBuilder, ScriptedAnswer, ScriptedModel, agent_retry};
use expect_test::expect;

use crate::picture::{check, scripted};

fn idle() -> CouncilBuilder {
    CouncilBuilder::new(scripted([]))
}

#[tokio::test]
async fn the_threshold_can_be_set() {
    let answers = || scripted(["One.", "SCORE: 6.5", "Two.", "SCORE: 9.5", "The document."]);
    assert_eq!(passes(CouncilBuilder::new(answers()).threshold(9.5)).await, (2, Some(9.5)));

    let answers = || scripted(["One.", "SCORE: 6.5", "The document."]);
    assert_eq!(passes(CouncilBuilder::new(answers()).threshold(6.5)).await, (1, Some(6.5)));
    assert_eq!(passes(CouncilBuilder::new(answers()).threshold(0.0)).await, (1, Some(6.5)));
}

/// The number of drafts and the last score of a council.
async fn passes(council: CouncilBuilder) -> (u32, Option<f64>) {
    let outcome = council.build().unwrap().run(council_llm::Council::new("Rust")).await.unwrap();
    assert!(outcome.is_finished());
    (outcome.state().iteration, outcome.state().score)
}

#[tokio::test]
async fn the_limit_of_drafts_can_be_two() {
    let critic = ScriptedModel::new("critic", ["SCORE: 5"]).repeating();
    let council = CouncilBuilder::new(scripted(["One.", "Two.", "The document."])).critic_model(critic);
    check(
        council.max_iterations(2),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        valve: master_agent has had its 2 visits, on to writer_agent
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
        draft 2: "Two.", score Some(5.0), document Some("The document.")
        verdict: None, "SCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
        feedback: "Score: 5/10\nSCORE: 5"
    "#]],
    )
    .await;
}

#[tokio::test]
async fn the_limit_of_drafts_can_be_one() {
    let council = CouncilBuilder::new(scripted(["One.", "SCORE: 5", "The document."]));
    assert_eq!(passes(council.max_iterations(1)).await, (1, Some(5.0)));
}

#[tokio::test]
async fn the_settings_of_an_agent_come_before_those_of_all_agents() {
    let seconds = Duration::from_secs;
    let all = CallTimeouts::default().first_token(seconds(60)).total(seconds(600));
    let writer = AgentSettings::default().timeouts(CallTimeouts::default().total(seconds(900)));
    let model = scripted(["One.", "SCORE: 9", "The document."]);
    let council = CouncilBuilder::new(model.clone())
        .max_tokens(1_000)
        .timeouts(all)
        .master_settings(AgentSettings::default().max_tokens(2_000))
        .critic_settings(AgentSettings::default().max_tokens(0))
        .writer_settings(writer);
    passes(council).await;
    let limits = model.requests().into_iter().map(|request| (request.max_tokens, request.timeouts)).collect::<Vec<_>>();
    assert_eq!(limits, [(2_000, all), (0, all), (1_000, all.total(seconds(900)))]);
}

#[tokio::test]
async fn an_agent_can_have_a_retry_of_its_own() {
    let broken = || ScriptedAnswer::error(|| ChatError::Truncated);
    let impatient = AgentSettings::default().retry(agent_retry().attempts(1));
    let answers = [broken(), "One.".into(), "SCORE: 9".into(), broken()];
    let council = CouncilBuilder::new(ScriptedModel::new("scripted", answers))
        .retry(agent_retry().pause(Duration::from_millis(1)))
        .writer_settings(impatient);
    let error = council.build().unwrap().run(council_llm::Council::new("Rust")).await.unwrap_err();
    let Failure::Node { node, .. } = error.failure() else { panic!("{error}") };
    assert_eq!(node, "writer_agent");
}

#[test]
fn an_invalid_threshold_is_refused() {
    let refused = [f64::NAN, -1.0, 10.1, f64::INFINITY].map(|threshold| refusal(idle().threshold(threshold)));
    expect![[r#"
        the threshold is NaN, which is not a score from 0 to 10
        the threshold is -1, which is not a score from 0 to 10
        the threshold is 10.1, which is not a score from 0 to 10
        the threshold is inf, which is not a score from 0 to 10"#]]
    .assert_eq(&refused.join("\n"));
    assert!([0.0, 10.0].into_iter().all(|threshold| idle().threshold(threshold).build().is_ok()));
}

#[test]
fn a_limit_of_no_drafts_is_refused() {
    expect!["the council needs at least one iteration"].assert_eq(&refusal(idle().max_iterations(0)));
}

#[test]
fn a_time_limit_of_0_is_refused() {
    let writer = AgentSettings::default().timeouts(CallTimeouts::default().total(Duration::ZERO));
    expect!["writer_agent has the time limit total of 0 seconds: give it a time above 0"]
        .assert_eq(&refusal(idle().writer_settings(writer)));
}

fn refusal(council: CouncilBuilder) -> String {
    council.build().unwrap_err().to_string()
}

#[test]
fn the_graph_shows_threshold_and_limit() {
    let graph = idle().threshold(7.5).max_iterations(3).build().unwrap();
    expect![[r#"
        flowchart TD
          n0(["start"])
          n1["master_agent"]
          n2["critic_agent"]
          n3["writer_agent"]
          n4(["end"])
          n0 --> n1
          n1 --> n2
          n1 --x|"after 3 visits"| n3
          n2 -.->|"score #lt; 7.5"| n1
          n2 -.->|"score #gt;= 7.5"| n3
          n3 --> n4
    "#]]
    .assert_eq(&graph.mermaid());
}
