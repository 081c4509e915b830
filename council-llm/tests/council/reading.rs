//! A critic that cannot be read for sure.

use council_llm::{Council, CouncilBuilder, ScriptedAnswer, ScriptedModel, Usage};
use expect_test::expect;

use crate::picture::{check, role, scripted};

#[tokio::test]
async fn a_critic_without_a_score_is_asked_again() {
    let model = scripted(["Draft one.", "I like it.", "SCORE: 8.5\nFEEDBACK: Good.", "The document."]);
    check(
        CouncilBuilder::new(model.clone()),
        expect![[r#"
            superstep 1: master_agent #1 completed
            superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
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
    assert_eq!(requests[1].system, requests[2].system);
    expect![[r#"
        <topic>
        Rust
        </topic>

        <draft>
        Draft one.
        </draft>

        <answer>
        I like it.
        </answer>

        Your answer to this draft cannot be used: there is no score in it. Say your score again as one number, your verdict in one word, and your points in full, in exactly this form and with nothing else:
        SCORE: a number from 0 to 10, such as 6.5
        VERDICT: APPROVE if the score is 8 or higher, otherwise REWORK
        FEEDBACK: your points"#]].assert_eq(&requests[2].messages[0].content);
}

#[tokio::test]
async fn a_score_that_its_word_contradicts_is_asked_about() {
    let model = scripted([
        "Draft one.",
        "SCORE: 9\nVERDICT: REWORK\nFEEDBACK: More.",
        "SCORE: 6\nVERDICT: REWORK\nFEEDBACK: More.",
        "Draft two.",
        "SCORE: 9",
        "The document.",
    ]);
    check(
        CouncilBuilder::new(model.clone()),
        expect![[r#"
            superstep 1: master_agent #1 completed
            superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic_agent #1 completed
            superstep 3: master_agent #2 completed
            superstep 4: critic_agent #2 completed
            superstep 5: writer_agent #1 completed
            finished after 5 supersteps
            draft 2: "Draft two.", score Some(9.0), document Some("The document.")
            verdict: None, "SCORE: 9"
            feedback: "Score: 6/10\nMore."
        "#]],
    )
    .await;
    let asked = &model.requests()[2].messages[0].content;
    assert!(asked.contains("cannot be used: its score is 9, and its verdict says otherwise."), "{asked}");
}

#[tokio::test]
async fn a_critic_that_is_never_clear_gives_no_score_and_no_approval() {
    let critic = ScriptedModel::new("critic", ["I like it.", "I do.", " I really do.\nVERDICT: APPROVE ", "SCORE: 9"]);
    let model = scripted(["Draft one.", "Draft two.", "The document."]);
    let council = CouncilBuilder::new(model.clone()).critic_model(critic.clone());
    check(
        council,
        expect![[r#"
            superstep 1: master_agent #1 completed
            superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic_agent #1 completed
            superstep 3: master_agent #2 completed
            superstep 4: critic_agent #2 completed
            superstep 5: writer_agent #1 completed
            finished after 5 supersteps
            draft 2: "Draft two.", score Some(9.0), document Some("The document.")
            verdict: None, "SCORE: 9"
        "#]],
    )
    .await;
    assert_eq!(critic.requests().len(), 4);

    let second = &model.requests()[1].messages[0].content;
    assert!(!second.contains("<feedback") && second.contains("Draft one."), "{second}");
}

#[tokio::test]
async fn feedback_behind_its_label_is_criticism_without_a_score_too() {
    let critic = ScriptedModel::new("critic", ["SCORE: 85\nFEEDBACK: Name a source.", "SCORE: 9"]);
    let model = scripted(["Draft one.", "Draft two.", "The document."]);
    let council = CouncilBuilder::new(model.clone()).critic_model(critic).clarifications(0);
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
        feedback: "Name a source."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn a_verdict_without_a_score_says_so() {
    let critic = ScriptedModel::new("critic", ["", "   ", "<think>A 9."]);
    let model = scripted(["Draft one.", "The document."]);
    let council = CouncilBuilder::new(model).critic_model(critic).max_iterations(1);
    check(
        council,
        expect![[r#"
            superstep 1: master_agent #1 completed
            superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic_agent #1 says tokens_withdrawn: "the answer is asked for again"
            superstep 2: critic_agent #1 completed
            valve: master_agent has had its 1 visits, on to writer_agent
            superstep 3: writer_agent #1 completed
            finished after 3 supersteps
            draft 1: "Draft one.", score None, document Some("The document.")
            verdict: None, unreadable, "(the critic gave an empty answer)"
        "#]],
    )
    .await;
}

#[tokio::test]
async fn a_critic_is_asked_as_often_as_it_is_said() {
    for (clarifications, calls) in [(0, 1), (1, 2), (5, 6)] {
        let critic = ScriptedModel::new("critic", ["I like it."]).repeating();
        let council = CouncilBuilder::new(scripted(["Draft one.", "The document."])).critic_model(critic.clone());
        let graph = council.clarifications(clarifications).max_iterations(1).build().unwrap();
        let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
        assert_eq!((critic.requests().len(), council.score, council.calls.len()), (calls, None, 2 + calls));
    }
}

#[tokio::test]
async fn thinking_is_in_no_text() {
    let model = scripted([
        "<think>Let me see.</think>\n\nDraft one.",
        "The draft is short. SCORE: 9?\n</think>\nSCORE: 6\nFEEDBACK: More.",
        "<|channel|>analysis<|message|>More.<|end|><|start|>assistant<|channel|>final<|message|>Draft two.<|return|>",
        "<thinking>Good.</thinking>SCORE: 9",
        "Polish it.</think>The document.",
    ]);
    check(
        CouncilBuilder::new(model),
        expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 completed
        superstep 4: critic_agent #2 completed
        superstep 5: writer_agent #1 says tokens_withdrawn: "the text so far was the model's reasoning"
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
        draft 2: "Draft two.", score Some(9.0), document Some("The document.")
        verdict: None, "SCORE: 9"
        feedback: "Score: 6/10\nMore."
    "#]],
    )
    .await;
}

#[tokio::test]
async fn all_calls_of_a_critic_count() {
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
