//! Blueprints played by the rehearsal model.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_core::{Event, EventKind, State};
use council_llm::{Agent, AgentRole, Blueprint, Council, Models, Rehearsal, prompts};
use expect_test::{Expect, expect};

use crate::picture::blueprint;

/// Runs a blueprint with the rehearsal, and shows the first line of each draft and each score.
async fn check(blueprint: Blueprint, expected: Expect) -> Council {
    let models = Models::new(|_| Ok(Arc::new(Rehearsal::new().pace(Duration::ZERO))));
    let graph = blueprint.graph(&models).unwrap();
    let lines = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&lines);
    let observer = move |event: &Event<Council>| {
        if let EventKind::NodeCompleted { task, update: Some(update), .. } = &event.kind {
            let mut council = Council::default();
            council.apply(update.clone());
            let note = council.draft.lines().find(|line| line.starts_with("> ")).unwrap_or_default();
            let gave = council.score.map_or_else(|| note.to_owned(), |score| format!("{score} of 10"));
            *log.lock().unwrap() += &format!("{}: {gave}\n", task.node);
        }
    };
    let outcome = graph.run(Council::of(blueprint, "Rust for newcomers")).observe(observer).await.unwrap();
    let council = outcome.finished().unwrap();
    let picture = lines.lock().unwrap().clone();
    expected.assert_eq(&picture);
    council
}

#[tokio::test]
async fn the_rehearsal_ends_its_rounds_by_the_score_or_the_limit() {
    let edges = ["author -> critic", "critic -rework-> author", "critic -approve-> editor"];
    let council = check(blueprint(&["author", "critic", "editor"], &edges), expect![[r#"
        author: > Draft 1, by the rehearsal model: rules, not a language model. It arranges the words of the topic and knows no facts about them.
        critic: 4.8 of 10
        author: > Draft 2, by the rehearsal model: rules, not a language model. New: An example, Objections and risks.
        critic: 7.7 of 10
        author: > Draft 3, by the rehearsal model: rules, not a language model. New: Where to look it up, In short.
        critic: 9.6 of 10
        editor: > Draft 3, by the rehearsal model: rules, not a language model. Nothing was added: what is still asked for, rules cannot write.
    "#]]).await;
    assert!(!council.valve_opened && council.score >= Some(8.0));
}

#[tokio::test]
async fn the_rehearsal_runs_a_panel_to_its_end() {
    let edges = [
        "left -> critic",
        "left -> second critic",
        "start -> left",
        "start -> right",
        "right -> critic",
        "right -> second critic",
        "critic -rework-> left",
        "critic -approve-> editor",
        "second critic -rework-> right",
        "second critic -approve-> editor",
    ];
    let agents = ["start", "left", "right", "critic", "second critic", "editor"];
    check(blueprint(&agents, &edges), expect![[r#"
        start: > Draft 1, by the rehearsal model: rules, not a language model. It arranges the words of the topic and knows no facts about them.
        left: > Draft 1, by the rehearsal model: rules, not a language model. New: An example.
        right: > Draft 1, by the rehearsal model: rules, not a language model. New: An example.
        critic: 7.2 of 10
        second critic: 7.2 of 10
        left: > Draft 3, by the rehearsal model: rules, not a language model. New: Objections and risks, In short.
        right: > Draft 3, by the rehearsal model: rules, not a language model. New: Objections and risks, In short.
        critic: 9.2 of 10
        second critic: 9.2 of 10
        editor: > Draft 3, by the rehearsal model: rules, not a language model. Nothing was added: what is still asked for, rules cannot write.
    "#]]).await;
}

/// The text of a prompt has no effect: the prompt of the author is about judging, and that of the critic is not.
#[tokio::test]
async fn the_rehearsal_answers_by_role() {
    let with = |id: &str, prompt: &str, role| Agent::new(id, role, format!("ollama/{id}")).system_prompt(prompt);
    let edges = ["m -> c", "c -rework-> m", "c -approve-> w"];
    let nodes = vec![
        with("m", &prompts::critic_system(8.0), AgentRole::Agent),
        with("c", "Say what you think.", AgentRole::Critic),
        with("w", prompts::writer_system(), AgentRole::Agent),
    ];
    let mut blueprint = blueprint(&["m", "c", "w"], &edges);
    blueprint.nodes = nodes;
    check(blueprint, expect![[r#"
        m: > Draft 1, by the rehearsal model: rules, not a language model. It arranges the words of the topic and knows no facts about them.
        c: 4.8 of 10
        m: > Draft 2, by the rehearsal model: rules, not a language model. New: An example, Objections and risks.
        c: 7.7 of 10
        m: > Draft 3, by the rehearsal model: rules, not a language model. New: Where to look it up, In short.
        c: 9.6 of 10
        w: > Draft 3, by the rehearsal model: rules, not a language model. Nothing was added: what is still asked for, rules cannot write.
    "#]]).await;
}
