//! Short descriptions of blueprints, and their runs as readable text.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use council_core::{Event, EventKind, Limits, Outcome};
use council_llm::{Agent, AgentRole, Blueprint, BlueprintEdge, ChatModel, Council, ModelSpec, Models, ScriptedModel};
use expect_test::Expect;

/// A blueprint of agents and edges. An agent is its id; one that has `critic` in it is a critic. Each has the model
/// `ollama/<id>`. It starts with the first agent that no edge leads to, else with the first. An edge is `a -> b`, or `a -approve-> b`
/// where it is conditional.
pub(crate) fn blueprint(agents: &[&str], edges: &[&str]) -> Blueprint {
    let edges: Vec<_> = edges.iter().zip(1..).map(|(edge, number)| self::edge(number, edge)).collect();
    let is_first = |id: &&&str| !edges.iter().any(|edge| edge.target == **id);
    let mut blueprint = Blueprint::new("b1", "Test");
    blueprint.start = agents.iter().find(is_first).or(agents.first()).map(|&id| id.to_owned());
    blueprint.nodes = agents.iter().map(|id| agent(id)).collect();
    blueprint.edges = edges;
    blueprint
}

pub(crate) fn agent(id: &str) -> Agent {
    let role = if id.contains("critic") { AgentRole::Critic } else { AgentRole::Agent };
    Agent::new(id, role, format!("ollama/{id}")).label(id.to_uppercase()).system_prompt(format!("You are the {id}."))
}

fn edge(number: usize, edge: &str) -> BlueprintEdge {
    let (source, rest) = edge.split_once(" -").unwrap();
    let (condition, target) = rest.split_once("> ").unwrap();
    let condition = condition.strip_suffix('-').filter(|condition| !condition.is_empty());
    let edge = BlueprintEdge::new(source, target).id(format!("e{number}"));
    match condition {
        Some(condition) => edge.condition(condition),
        None => edge,
    }
}

/// The scripted models of a blueprint's agents.
pub(crate) struct Cast {
    models: HashMap<String, ScriptedModel>,
}

impl Cast {
    /// The answers of each agent, the last one again and again. An agent that is not among them says its id and the number of its
    /// call: `a1`, `a2`.
    pub(crate) fn new<const N: usize>(answers: [(&str, &[&str]); N]) -> Self {
        let model = |(id, answers): (&str, &[&str])| {
            (id.to_owned(), ScriptedModel::new(id, answers.iter().copied()).repeating())
        };
        Self { models: answers.into_iter().map(model).collect() }
    }

    pub(crate) fn models(&self) -> Models {
        let models = self.models.clone();
        Models::new(move |spec| {
            let ModelSpec::Ollama(id) = spec else { panic!("no model has the spec {spec}") };
            let counting = || ScriptedModel::new(id, (1..=9).map(|call| format!("{id}{call}")));
            let model: Arc<dyn ChatModel> = Arc::new(models.get(id).cloned().unwrap_or_else(counting));
            Ok(model)
        })
    }

    /// The system prompts and messages that an agent was sent.
    pub(crate) fn asked(&self, id: &str) -> String {
        let requests = self.models[id].requests();
        let asked = requests.iter().map(|request| {
            let (system, message) = (request.system.as_deref().unwrap_or("(none)"), &request.messages[0].content);
            format!("{:?}, {} tokens\n{system}\n---\n{message}\n", request.temperature, request.max_tokens)
        });
        asked.collect::<Vec<_>>().join("======\n")
    }
}

/// Runs a blueprint to its end, or to its limit of supersteps, and compares the nodes of each superstep, and where the council
/// stands at last, with the picture.
pub(crate) async fn check(blueprint: Blueprint, cast: &Cast, expected: Expect) -> Council {
    let graph = blueprint.graph(&cast.models()).unwrap();
    let lines = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&lines);
    let observer = move |event: &Event<Council>| {
        if !matches!(event.kind, EventKind::Token { .. } | EventKind::NodeStarted { .. }) {
            *log.lock().unwrap() += &format!("{event}\n");
        }
    };
    let limits = Limits { supersteps: 20, ..Limits::default() };
    let run = graph.run(Council::of(blueprint, "Rust")).id("test").limits(limits).observe(observer);
    let council = match run.await {
        Ok(Outcome::Finished(council)) => council,
        Ok(outcome) => outcome.state().clone(),
        Err(error) => error.into_position().state().clone(),
    };
    let mut picture = lines.lock().unwrap().clone();
    picture += &drawn(&council);
    expected.assert_eq(&picture);
    council
}

/// Where a council stands.
fn drawn(council: &Council) -> String {
    let Council { draft, iteration, score, decision, valve_opened, .. } = council;
    let valve = if *valve_opened { ", by the valve" } else { "" };
    let mut drawn = format!("round {iteration}: {draft:?}, score {score:?}, {decision:?}{valve}\n");
    if let Some(verdict) = council.verdict() {
        let score = verdict.score.map_or("none".to_owned(), |score| score.to_string());
        drawn += &format!("verdict: {score}, {:?}\n", verdict.feedback);
    }
    for entry in council.feedback_history() {
        drawn += &format!("feedback: {entry:?}\n");
    }
    drawn
}
