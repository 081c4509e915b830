//! Faults of blueprints.

use std::time::Duration;

use council_llm::{Blueprint, BlueprintError, CallTimeouts, CanvasPosition, Environment, Models};
use expect_test::{Expect, expect};

use crate::picture::{Cast, agent, blueprint};

fn check(blueprint: &Blueprint, expected: &Expect) {
    expected.assert_eq(&faults_of(blueprint).join("\n"));
}

fn faults_of(blueprint: &Blueprint) -> Vec<String> {
    blueprint.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn all_faults_are_reported_together() {
    let mut all = blueprint(&["a", "a", "", "__start__"], &["a -> ghost", "ghost -> a", "a -x-> a", "a -> a"]);
    all.version = 3;
    all.name = String::new();
    all.edges[2].condition = None;
    all.edges[3].id = "e1".to_owned();
    all.nodes[0].model = "llama".to_owned();
    all.nodes[1].temperature = Some(2.5);
    all.nodes[1].max_tokens = Some(0);
    check(
        &all,
        &expect![[r#"
            version: the version is 3, and only 1 and 2 can be read
            name: the name is empty
            nodes/0/model: node "a" has no usable model: unknown model `llama` (`ollama/llama`, or `llama/MODEL` if `llama` is a provider?): a model is `anthropic/...`, `openai/...`, `ollama/...`, `rehearsal`, or a name that begins with `claude-`, `gpt-`, `chatgpt-`, `o1`, `o3` or `o4`
            nodes/1/temperature: node "a" has the temperature 2.5, which is not between 0 and 2
            nodes/1/maxTokens: node "a" has a limit of 0 tokens, and needs at least 1
            nodes/1/id: node number 2 has the id "a", which node number 1 has already
            nodes/2/id: node number 3 has an empty id
            nodes/2/model: node "" has no usable model: `ollama/` names a provider and no model: write `ollama/MODEL`
            nodes/3/id: the id "__start__" is reserved for the graph; give the node another id
            edges/0/target: edge "e1" leads to "ghost", and no node has that id
            edges/1/source: edge "e2" leaves "ghost", and no node has that id
            edges/2/condition: edge "e3" is conditional and has no condition: give it "approve" or "rework"
            edges/3/id: edge number 4 has the id "e1", which edge number 1 has already"#]],
    );
}

#[test]
fn a_blueprint_of_version_1_in_memory_is_migrated_first() {
    let mut blueprint = blueprint(&["a"], &[]);
    blueprint.version = 1;
    check(&blueprint, &expect![[r#"version: the version is 1, which has to be migrated to 2"#]]);
}

#[test]
fn a_name_may_have_255_characters() {
    let of_length = |length| faults_of(&Blueprint::new("b1", "ä".repeat(length)).agent(agent("a")));
    assert!(of_length(1).is_empty() && of_length(255).is_empty());
    assert_eq!(of_length(256), ["name: the name has 256 characters, and may have 255"]);
}

#[test]
fn the_limits_of_a_range_are_allowed() {
    let mut blueprint = blueprint(&["a", "b"], &["a -> b", "a -anything-> a"]);
    (blueprint.nodes[0].temperature, blueprint.nodes[1].temperature) = (Some(0.0), Some(2.0));
    blueprint.nodes[0].max_tokens = Some(1);
    assert_eq!(blueprint.faults(), []);
}

#[test]
fn a_wrong_time_limit_in_a_model_spec_is_a_fault() {
    let mut blueprint = blueprint(&["a", "b"], &["a -> b"]);
    blueprint.nodes[0].model = "openai/gpt-5?first-token-timeout=20m".to_owned();
    blueprint.nodes[1].model = "openai/gpt-5?first-token-timout=20m".to_owned();
    check(
        &blueprint,
        &expect![[
            r#"nodes/1/model: node "b" has no usable model: the time limits of `openai/gpt-5?first-token-timout=20m` cannot be used: unknown limit `first-token-timout`: did you mean `first-token-timeout`?"#
        ]],
    );
}

#[test]
fn a_time_limit_of_0_is_a_fault() {
    let mut blueprint = blueprint(&["a", "b"], &["a -> b"]);
    let none = Duration::ZERO;
    blueprint.nodes[0].timeouts = CallTimeouts::default().first_token(none).between_tokens(none).total(none);
    blueprint.nodes[1].timeouts = CallTimeouts::default().total(Duration::from_nanos(1));
    blueprint.nodes[1].patience = Some(none);
    check(
        &blueprint,
        &expect![[r#"
        nodes/0/timeouts/firstToken: node "a" has the time limit firstToken of 0 seconds: give it a time above 0
        nodes/0/timeouts/betweenTokens: node "a" has the time limit betweenTokens of 0 seconds: give it a time above 0
        nodes/0/timeouts/total: node "a" has the time limit total of 0 seconds: give it a time above 0"#]],
    );
}

#[test]
fn a_temperature_that_is_not_a_number_is_a_fault() {
    let mut blueprint = blueprint(&["a"], &[]);
    blueprint.nodes[0].temperature = Some(f32::NAN);
    check(
        &blueprint,
        &expect![[r#"nodes/0/temperature: node "a" has the temperature NaN, which is not between 0 and 2"#]],
    );
}

/// A drawing of far more agents, or of agents far away, would block the editor.
#[test]
fn numbers_out_of_bounds_are_faults() {
    let mut blueprint = blueprint(&["a", "b"], &["a -> b"]);
    blueprint.nodes[0].position = CanvasPosition { x: 1e300, y: f64::NAN };
    blueprint.nodes[0].max_tokens = Some(u32::MAX);
    blueprint.nodes[1].position = CanvasPosition { x: -100_000.0, y: 100_000.0 };
    blueprint.nodes[1].max_tokens = Some(10_000_000);
    check(
        &blueprint,
        &expect![[r#"
            nodes/0/maxTokens: node "a" has a limit of 4294967295 tokens, and may have 10000000
            nodes/0/position/x: node "a" has the position x = 1e300, which is not between -100000 and 100000
            nodes/0/position/y: node "a" has the position y = NaN, which is not between -100000 and 100000"#]],
    );
}

#[test]
fn a_blueprint_may_have_200_agents_and_1000_edges() {
    let names: Vec<_> = (0..201).map(|number| format!("a{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    check(&blueprint(&names[..200], &["a0 -> a1"; 1_000]), &expect![[""]]);
    check(
        &blueprint(&names, &["a0 -> a1"; 1_001]),
        &expect![[r#"
            nodes: it has 201 nodes, and may have 200: make several blueprints of it
            edges: it has 1001 edges, and may have 1000: make several blueprints of it"#]],
    );
}

#[test]
fn each_further_agent_with_the_same_id_is_a_fault() {
    check(
        &blueprint(&["a", "a", "a"], &[]),
        &expect![[r#"
            nodes/1/id: node number 2 has the id "a", which node number 1 has already
            nodes/2/id: node number 3 has the id "a", which node number 1 has already"#]],
    );
}

#[test]
fn the_place_of_a_fault_is_a_path_into_the_json() {
    let faults = blueprint(&["a"], &["a -> ghost"]).faults();
    assert_eq!(serde_json::to_string(&faults[0].at).unwrap(), r#"["edges",0,"target"]"#);
}

/// Compares the error of making a graph, with these keys and addresses.
fn refusal(blueprint: &Blueprint, environment: Environment, expected: &Expect) {
    let error = blueprint.graph(&Models::from(environment)).unwrap_err();
    assert!(matches!(error, BlueprintError::Faults { .. }));
    expected.assert_eq(&error.to_string());
}

#[test]
fn a_blueprint_without_agents_can_be_saved_but_not_run() {
    let nobody = blueprint(&[], &[]);
    assert_eq!(nobody.faults(), []);
    refusal(&nobody, Environment::default(), &expect![[r#"blueprint "Test" cannot run: it has no nodes"#]]);
}

#[test]
fn a_blueprint_with_faults_makes_no_graph() {
    refusal(
        &blueprint(&["a", "a"], &["a -> ghost"]),
        Environment::default(),
        &expect![[r#"
        blueprint "Test" cannot run, 2 faults:
          - node number 2 has the id "a", which node number 1 has already
          - edge "e1" leads to "ghost", and no node has that id"#]],
    );
}

#[test]
#[cfg(all(feature = "anthropic", feature = "openai"))]
fn every_unavailable_model_of_a_reachable_agent_is_named() {
    let mut blueprint = blueprint(&["a", "b", "c", "lost"], &["a -> b", "b -> c", "lost -> a", "lost -> lost"]);
    for (agent, model) in blueprint.nodes.iter_mut().zip(["claude-3-5-sonnet", "gpt-4o", "llama", "gpt-4o"]) {
        agent.model = model.to_owned();
    }
    blueprint.nodes[2].model = "ollama/llama3.2".to_owned();
    blueprint.edges.truncate(2);
    let environment = Environment::default().ollama_host("ftp://here");
    refusal(
        &blueprint,
        environment,
        &expect![[r#"
        blueprint "Test" cannot run, 3 faults:
          - node "a" has no usable model: `anthropic/claude-3-5-sonnet-20241022` needs a key: set ANTHROPIC_API_KEY, or choose `rehearsal`, which needs none
          - node "b" has no usable model: `openai/gpt-4o` needs a key: set OPENAI_API_KEY, or choose `rehearsal`, which needs none
          - node "c" has no usable model: OLLAMA_HOST cannot be used: `ftp://here/` is not an address of a chat model: it has to begin with http:// or https://"#]],
    );
}

#[test]
fn an_unreachable_agent_needs_no_model() {
    let mut blueprint = blueprint(&["a", "b", "lost"], &["a -> b", "lost -> lost"]);
    blueprint.nodes[2].model = "gpt-4o".to_owned();
    blueprint.graph(&Cast::new([]).models()).unwrap();
}

#[test]
fn a_list_of_faults_ends_with_the_number_of_the_others() {
    let agents: Vec<_> = (0..200).map(|number| format!("a{number}")).collect();
    let agents: Vec<_> = agents.iter().map(String::as_str).collect();
    let mut blueprint = blueprint(&agents, &[]);
    for agent in &mut blueprint.nodes {
        agent.max_tokens = Some(0);
    }
    let faults = faults_of(&blueprint);
    assert_eq!((faults.len(), faults.last().unwrap().as_str()), (101, "and 100 more"));
    let error = blueprint.graph(&Models::from(Environment::default())).unwrap_err().to_string();
    assert!(
        error.starts_with(r#"blueprint "Test" cannot run, 200 faults:"#) && error.ends_with("and 100 more"),
        "{error}"
    );
}

#[test]
fn a_list_of_warnings_ends_with_the_number_of_the_others() {
    let blueprint = blueprint(&["a", "b"], &["a -> b"; 150]);
    let warnings = blueprint.warnings(&Models::from(Environment::default()));
    assert_eq!((warnings.len(), warnings.last().unwrap().to_string().as_str()), (101, "and 49 more"));
}
