//! Requests to the models of a blueprint's agents.

use council_llm::{AgentRole, Tools};
use expect_test::expect;

use crate::picture::{Cast, blueprint, check};

#[tokio::test]
async fn authors_and_critics_get_different_parts_of_the_state() {
    let cast = Cast::new([
        ("author", &["Draft one.", "Draft two."]),
        ("critic", &["SCORE: 5\nFEEDBACK: Longer.", "SCORE: 9\nFEEDBACK: Good."]),
        ("editor", &["The document."]),
    ]);
    let edges = ["author -> critic", "critic -rework-> author", "critic -approve-> editor"];
    check(
        blueprint(&["author", "critic", "editor"], &edges),
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: critic #1 completed
        superstep 3: author #2 completed
        superstep 4: critic #2 completed
        superstep 5: editor #1 completed
        finished after 5 supersteps
        round 2: "The document.", score Some(9.0), Some(Approve)
        verdict: 9, "Good."
        feedback: "Score: 5/10\nLonger."
    "#]],
    )
    .await;
    expect![[r#"
        Some(0.7), 0 tokens
        You are the author.
        ---
        <topic>
        Rust
        </topic>

        Do your part on this topic. Answer with the whole text, and with nothing else.
        ======
        Some(0.7), 0 tokens
        You are the author.
        ---
        <topic>
        Rust
        </topic>

        <draft>
        Draft one.
        </draft>

        <feedback round="1">
        Score: 5/10
        Longer.
        </feedback>

        Do your part on this draft, and heed the feedback, the newest first. Answer with the whole text that is to take its place, and with nothing else.
    "#]].assert_eq(&cast.asked("author"));
    expect![[r#"
        Some(0.7), 0 tokens
        You are the critic.

        Answer in exactly this form, with the three labels as they stand here, and with nothing before them:

        SCORE: a number from 0 to 10, such as 6.5
        VERDICT: APPROVE if the score is 8 or higher, otherwise REWORK
        FEEDBACK: your points
        ---
        <topic>
        Rust
        </topic>

        <draft>
        Draft one.
        </draft>

        Judge this draft. Answer with SCORE, VERDICT and FEEDBACK.
        ======
        Some(0.7), 0 tokens
        You are the critic.

        Answer in exactly this form, with the three labels as they stand here, and with nothing before them:

        SCORE: a number from 0 to 10, such as 6.5
        VERDICT: APPROVE if the score is 8 or higher, otherwise REWORK
        FEEDBACK: your points
        ---
        <topic>
        Rust
        </topic>

        <draft>
        Draft two.
        </draft>

        Judge this draft. Answer with SCORE, VERDICT and FEEDBACK.
    "#]]
    .assert_eq(&cast.asked("critic"));
    expect![[r#"
        Some(0.7), 0 tokens
        You are the editor.
        ---
        <topic>
        Rust
        </topic>

        <draft>
        Draft two.
        </draft>

        <feedback round="1">
        Score: 5/10
        Longer.
        </feedback>

        Do your part on this draft, and heed the feedback, the newest first. Answer with the whole text that is to take its place, and with nothing else.
    "#]].assert_eq(&cast.asked("editor"));
}

#[tokio::test]
async fn the_settings_of_an_agent_are_in_its_requests() {
    let cast = Cast::new([("author", &["Draft."]), ("critic", &["SCORE: 9"])]);
    let mut blueprint = blueprint(&["author", "critic"], &["author -> critic"]);
    for (agent, temperature) in blueprint.nodes.iter_mut().zip([0.0, 1.5]) {
        agent.temperature = Some(temperature);
        agent.max_tokens = Some(100);
        agent.system_prompt = " ".to_owned();
        agent.tools = Tools::default().web_search(true).pdf_reader(true);
    }
    blueprint.nodes[1].role = Some(AgentRole::Critic);
    check(
        blueprint,
        &cast,
        expect![[r#"
        superstep 1: author #1 completed
        superstep 2: critic #1 completed
        finished after 2 supersteps
        round 1: "Draft.", score Some(9.0), Some(Approve)
        verdict: 9, "SCORE: 9"
    "#]],
    )
    .await;
    expect![[r#"
        Some(0.0), 100 tokens
        (none)
        ---
        <topic>
        Rust
        </topic>

        Do your part on this topic. Answer with the whole text, and with nothing else.
    "#]]
    .assert_eq(&cast.asked("author"));
    expect![[r#"
        Some(1.5), 100 tokens
        Answer in exactly this form, with the three labels as they stand here, and with nothing before them:

        SCORE: a number from 0 to 10, such as 6.5
        VERDICT: APPROVE if the score is 8 or higher, otherwise REWORK
        FEEDBACK: your points
        ---
        <topic>
        Rust
        </topic>

        <draft>
        Draft.
        </draft>

        Judge this draft. Answer with SCORE, VERDICT and FEEDBACK.
    "#]]
    .assert_eq(&cast.asked("critic"));
}
