//! Models that fail and are not called again, and runs that are resumed afterwards.

use council_core::{Outcome, error_chain};
use council_llm::{ChatError, Council, CouncilBuilder, ScriptedAnswer, ScriptedModel, agent_retry};
use expect_test::{Expect, expect};

use crate::picture::{drawn, role, scripted, watched};

fn refusal() -> ChatError {
    ChatError::status("anthropic", 529, "Overloaded", None)
}

/// Runs a council that fails, and shows its events, the error with its causes, and its state. Then it resumes the run,
/// and shows that too.
async fn check<A: Into<ScriptedAnswer>>(answers: impl IntoIterator<Item = A>, expected: Expect) -> Vec<&'static str> {
    let model = ScriptedModel::new("anthropic/claude", answers);
    let graph = CouncilBuilder::new(model.clone()).retry(agent_retry().attempts(1)).build().unwrap();

    let (mut picture, failed) = watched(graph.run(Council::new("Rust"))).await;
    let error = failed.unwrap_err();
    picture += &format!("\n{}\n\n", error_chain(&error));
    let position = error.into_position();
    picture += &drawn(position.state());

    let (events, ended) = watched(graph.resume(position)).await;
    let Outcome::Finished(council) = ended.unwrap() else { panic!("the run was stopped") };
    expected.assert_eq(&format!("{picture}\n{events}{}", drawn(&council)));
    model.requests().iter().map(role).collect()
}

#[tokio::test]
async fn a_failure_names_its_node_and_keeps_the_updates() {
    let answers = [
        ScriptedAnswer::from("Draft one."),
        ScriptedAnswer::from("SCORE: 5\nFEEDBACK: Too short."),
        ScriptedAnswer::from("Draft two."),
        ScriptedAnswer::error(refusal),
        ScriptedAnswer::from("SCORE: 9\nFEEDBACK: Good."),
        ScriptedAnswer::from("The document."),
    ];
    let roles = check(answers, expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 failed: model `anthropic/claude` gave no answer (start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded
        failed: node `critic_agent` failed in superstep 4, attempt 1: model `anthropic/claude` gave no answer (start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded

        run `test`: node `critic_agent` failed in superstep 4, attempt 1: model `anthropic/claude` gave no answer (start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded

        draft 2: "Draft two.", score Some(5.0), document None
        verdict: None, "Too short."
        feedback: "Score: 5/10\nToo short."

        superstep 4: critic_agent #2 (attempt 2) completed
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
        draft 2: "Draft two.", score Some(9.0), document Some("The document.")
        verdict: None, "Good."
        feedback: "Score: 5/10\nToo short."
    "#]]).await;
    assert_eq!(roles, ["Master AI", "Critic AI", "Master AI", "Critic AI", "Critic AI", "Writer AI"]);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_no_draft() {
    let answers = [
        ScriptedAnswer::from("Draft o").then_error(|| ChatError::Truncated),
        ScriptedAnswer::from("Draft one."),
        ScriptedAnswer::from("SCORE: 9"),
        ScriptedAnswer::from("The document."),
    ];
    check(answers, expect![[r#"
        superstep 1: master_agent #1 failed: the answer of model `anthropic/claude` broke off after 7 characters (start again, or retry a stored run, or choose another model for the agent): the answer was cut off before the model had finished it
        failed: node `master_agent` failed in superstep 1, attempt 1: the answer of model `anthropic/claude` broke off after 7 characters (start again, or retry a stored run, or choose another model for the agent): the answer was cut off before the model had finished it

        run `test`: node `master_agent` failed in superstep 1, attempt 1: the answer of model `anthropic/claude` broke off after 7 characters (start again, or retry a stored run, or choose another model for the agent): the answer was cut off before the model had finished it

        draft 0: "", score None, document None

        superstep 1: master_agent #1 (attempt 2) completed
        superstep 2: critic_agent #1 completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "Draft one.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
    "#]]).await;
}

#[tokio::test]
async fn a_second_question_that_fails_leaves_no_verdict() {
    let answers = [
        ScriptedAnswer::from("Draft one."),
        ScriptedAnswer::from("I like it."),
        ScriptedAnswer::error(refusal),
        ScriptedAnswer::from("SCORE: 9"),
        ScriptedAnswer::from("The document."),
    ];
    let roles = check(answers, expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
        superstep 2: critic_agent #1 failed: model `anthropic/claude` gave no answer (start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded
        failed: node `critic_agent` failed in superstep 2, attempt 1: model `anthropic/claude` gave no answer (start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded

        run `test`: node `critic_agent` failed in superstep 2, attempt 1: model `anthropic/claude` gave no answer (start again, or retry a stored run, or choose another model for the agent): anthropic answered HTTP 529: Overloaded

        draft 1: "Draft one.", score None, document None

        superstep 2: critic_agent #1 (attempt 2) says tokens_withdrawn: "the answer is asked for again"
        superstep 2: critic_agent #1 (attempt 2) completed
        superstep 3: writer_agent #1 completed
        finished after 3 supersteps
        draft 1: "Draft one.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
    "#]]).await;
    assert_eq!(roles, ["Master AI", "Critic AI", "Critic AI", "Critic AI", "Writer AI"]);
}

#[tokio::test]
async fn an_empty_draft_is_a_failure() {
    check(
        [" \n\t", "Draft one.", "SCORE: 9", "The document."],
        expect![[r#"
            superstep 1: master_agent #1 failed: model `anthropic/claude` gave an empty answer (start again, or retry a stored run, or choose another model for the agent)
            failed: node `master_agent` failed in superstep 1, attempt 1: model `anthropic/claude` gave an empty answer (start again, or retry a stored run, or choose another model for the agent)

            run `test`: node `master_agent` failed in superstep 1, attempt 1: model `anthropic/claude` gave an empty answer (start again, or retry a stored run, or choose another model for the agent)

            draft 0: "", score None, document None

            superstep 1: master_agent #1 (attempt 2) completed
            superstep 2: critic_agent #1 completed
            superstep 3: writer_agent #1 completed
            finished after 3 supersteps
            draft 1: "Draft one.", score Some(9.0), document Some("The document.")
            verdict: None, "SCORE: 9"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn an_old_draft_is_not_taken_for_a_new_one() {
    check(
        ["Draft one.", "SCORE: 5", "", "Draft two.", "SCORE: 9", "The document."],
        expect![[r#"
            superstep 1: master_agent #1 completed
            superstep 2: critic_agent #1 completed
            superstep 3: master_agent #2 failed: model `anthropic/claude` gave an empty answer (start again, or retry a stored run, or choose another model for the agent)
            failed: node `master_agent` failed in superstep 3, attempt 1: model `anthropic/claude` gave an empty answer (start again, or retry a stored run, or choose another model for the agent)

            run `test`: node `master_agent` failed in superstep 3, attempt 1: model `anthropic/claude` gave an empty answer (start again, or retry a stored run, or choose another model for the agent)

            draft 1: "Draft one.", score Some(5.0), document None
            verdict: None, "SCORE: 5"
            feedback: "Score: 5/10\nSCORE: 5"

            superstep 3: master_agent #2 (attempt 2) completed
            superstep 4: critic_agent #2 completed
            superstep 5: writer_agent #1 completed
            finished after 5 supersteps
            draft 2: "Draft two.", score Some(9.0), document Some("The document.")
            verdict: None, "SCORE: 9"
            feedback: "Score: 5/10\nSCORE: 5"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_failed_attempt_does_not_count_as_a_draft() {
    let critic = ScriptedModel::new("critic", ["SCORE: 5"]).repeating();
    let master = [
        ScriptedAnswer::from("One."),
        ScriptedAnswer::error(refusal),
        ScriptedAnswer::from("Two."),
        ScriptedAnswer::from("Three."),
    ];
    let master = ScriptedModel::new("master", master);
    let council = CouncilBuilder::new(master.clone()).critic_model(critic).writer_model(scripted(["The document."]));
    let graph = council.max_iterations(3).retry(agent_retry().attempts(1)).build().unwrap();

    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    let council = graph.resume(error.into_position()).await.unwrap().into_state();
    assert_eq!((council.iteration, council.draft.as_str()), (3, "Three."));
    assert_eq!(master.requests().len(), 4);
}
