//! Version 1 of a blueprint, read as version 2.

use council_llm::{AgentRole, Blueprint};
use expect_test::expect;

/// A blueprint of version 1 with these nodes and edges, as JSON, read.
fn read(nodes: &str, edges: &str) -> Blueprint {
    let json = format!(r#"{{"id": "b1", "name": "Old", "nodes": [{nodes}], "edges": [{edges}]}}"#);
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_prompt_about_judging_makes_a_critic() {
    let prompts = ["You CRITICise.", "Kritiker", "Bewerte es.", "Evaluate it.", "A reviewer.", "Give a score."];
    for (prompt, expected) in prompts.map(|prompt| (prompt, true)).into_iter().chain([("Write.", false), ("", false)]) {
        let agent =
            |role| format!(r#"{{"id": "a", "label": "A", "model": "rehearsal", "systemPrompt": "{prompt}"{role}}}"#);
        assert_eq!(read(&agent(""), "").nodes[0].is_critic(), expected, "{prompt}");
        assert!(!read(&agent(r#", "role": "agent""#), "").nodes[0].is_critic(), "{prompt}");
        assert!(read(&agent(r#", "role": "critic""#), "").nodes[0].is_critic(), "{prompt}");
    }
}

#[test]
fn the_start_is_an_agent_without_an_incoming_edge_or_the_first() {
    let nodes = r#"{"id": "a", "label": "A", "model": "rehearsal"}, {"id": "b", "label": "B", "model": "rehearsal"}"#;
    let edge = |source, target| {
        format!(r#"{{"id": "{source}{target}", "source": "{source}", "target": "{target}", "type": "linear"}}"#)
    };
    let start = |edges: &[String]| read(nodes, &edges.join(",")).start.unwrap();
    assert_eq!(start(&[]), "a");
    assert_eq!(start(&[edge("b", "a")]), "b");
    assert_eq!(start(&[edge("a", "b"), edge("b", "a")]), "a");
    assert_eq!(read("", "").start, None);
}

#[test]
fn guesses_are_reported_until_the_blueprint_is_saved() {
    let nodes = r#"
        {"id": "author", "label": "A", "model": "rehearsal", "role": "agent", "systemPrompt": "Ask a critic."},
        {"id": "judge", "label": "J", "model": "rehearsal", "systemPrompt": "You are a critic."},
        {"id": "editor", "label": "E", "model": "rehearsal", "systemPrompt": "Mend the spelling."}"#;
    let blueprint = read(nodes, "");
    let migrated = blueprint.migrated.clone().unwrap();
    expect![[
        r#"version 1 was read as version 2: the run starts with node "author"; by its prompt, node "judge" is a critic and node "editor" is an agent"#
    ]]
    .assert_eq(&migrated.to_string());
    let written = serde_json::to_string(&blueprint).unwrap();
    expect![[r#"{"version":2,"id":"b1","name":"Old","start":"author","nodes":[{"id":"author","label":"A","systemPrompt":"Ask a critic.","model":"rehearsal","tools":{"webSearch":false,"pdfReader":false},"position":{"x":0.0,"y":0.0},"role":"agent"},{"id":"judge","label":"J","systemPrompt":"You are a critic.","model":"rehearsal","tools":{"webSearch":false,"pdfReader":false},"position":{"x":0.0,"y":0.0},"role":"critic"},{"id":"editor","label":"E","systemPrompt":"Mend the spelling.","model":"rehearsal","tools":{"webSearch":false,"pdfReader":false},"position":{"x":0.0,"y":0.0},"role":"agent"}],"edges":[],"migrated":{"from":1,"start":"author","guessed":[{"node":"judge","role":"critic"},{"node":"editor","role":"agent"}]}}"#]]
        .assert_eq(&written);
    assert_eq!(serde_json::from_str::<Blueprint>(&written).unwrap(), blueprint);
}

#[test]
fn a_blueprint_with_roles_and_a_start_is_migrated_without_a_guess() {
    let mut blueprint = read(r#"{"id": "a", "label": "A", "model": "rehearsal", "role": "critic"}"#, "");
    blueprint.version = 1;
    blueprint.migrate();
    assert_eq!(blueprint.migrated.unwrap().to_string(), "version 1 was read as version 2");
}

#[test]
fn version_2_says_roles_and_start_itself() {
    let json = |start: &str, role: &str| {
        let nodes =
            format!(r#"{{"id": "a", "label": "A", "model": "rehearsal", "systemPrompt": "You are a critic."{role}}}"#);
        format!(r#"{{"version": 2, "id": "b1", "name": "New"{start}, "nodes": [{nodes}]}}"#)
    };
    let read = |json: String| serde_json::from_str::<Blueprint>(&json).unwrap();
    let faults = |blueprint: &Blueprint| blueprint.faults().iter().map(ToString::to_string).collect::<Vec<_>>();

    let whole = read(json(r#", "start": "a""#, r#", "role": "agent""#));
    assert_eq!((faults(&whole), whole.nodes[0].role, whole.migrated), (vec![], Some(AgentRole::Agent), None));
    assert_eq!(
        faults(&read(json("", ""))),
        [
            "start: the start is missing: name the node that runs first",
            r#"nodes/0/role: node "a" has no role: give it "agent" or "critic""#,
        ]
    );
    assert_eq!(
        faults(&read(json(r#", "start": "ghost""#, r#", "role": "agent""#))),
        [r#"start: the start is "ghost", and no node has that id"#]
    );
    assert!(serde_json::from_str::<Blueprint>(&json("", r#", "role": "king""#)).is_err());
}

#[test]
fn a_start_without_a_version_is_kept() {
    let blueprint: Blueprint = serde_json::from_str(
        r#"{
            "id": "b1", "name": "Two", "start": "second",
            "nodes": [
                {"id": "first", "label": "First", "role": "agent", "model": "rehearsal"},
                {"id": "second", "label": "Second", "role": "agent", "model": "rehearsal"}
            ]
        }"#,
    )
    .unwrap();
    assert_eq!((blueprint.version, blueprint.start.as_deref()), (2, Some("second")));
}
