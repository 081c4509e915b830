//! The graph of a blueprint.

use std::sync::Arc;

use council_core::{Graph, NodeId, StateGraph};

use super::choice::Choice;
use crate::agent::critic::Critic;
use crate::agent::master::Master;
use crate::agent::retry::agent_retry;
use crate::agent::settings::AgentSettings;
use crate::blueprint::adjacency::{Adjacency, OutEdge, labelled};
use crate::blueprint::check;
use crate::blueprint::data::{Agent, Blueprint};
use crate::blueprint::fault::{BlueprintError, BlueprintFault};
use crate::chat::model::ChatModel;
use crate::models::registry::Models;
use crate::models::spec_error::SpecError;
use crate::state::council::Council;
use crate::state::decision::{DEFAULT_THRESHOLD, Decision, THRESHOLD};

impl Blueprint {
    /// The name of the graphs of all blueprints.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint, Environment, Models};
    ///
    /// let blueprint = Blueprint::new("solo", "Solo").agent(Agent::new("author", AgentRole::Agent, "rehearsal"));
    /// let graph = blueprint.graph(&Models::from(Environment::default()))?;
    /// assert_eq!(graph.name(), Blueprint::GRAPH);
    /// # Ok::<(), council_llm::BlueprintError>(())
    /// ```
    pub const GRAPH: &str = "blueprint";

    /// The graph of the blueprint. It has a node for each agent that can be reached from the [entry](Self::entry), named by its id.
    ///
    /// The successors of an agent:
    ///
    /// - An agent without edges has none: the branch of the run ends there.
    /// - If all edges are linear, all targets run in parallel.
    /// - If there are conditional edges, the run takes the edges whose condition is its [`decision`](Council::decision). If no condition
    ///   is met, it takes all linear edges. If there are no linear edges, it takes the first conditional edge.
    ///
    /// A critic sends a draft back whose score is below 8. In round 5 it approves every draft. A loop without a critic ends only at the
    /// [limit of calls](Self::call_limit).
    ///
    /// # Errors
    ///
    /// The [faults](Self::faults) of the blueprint, no agents, or unavailable models of agents that can be reached:
    ///
    /// ```
    /// use council_llm::{Blueprint, Environment, Models};
    ///
    /// let blueprint: Blueprint = serde_json::from_str(r#"{"id": "b1", "name": "Nobody", "nodes": []}"#)?;
    /// let error = blueprint.graph(&Models::from(Environment::default())).unwrap_err();
    /// assert_eq!(error.to_string(), r#"blueprint "Nobody" cannot run: it has no nodes"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn graph(&self, models: &Models) -> Result<Graph<Council>, BlueprintError> {
        let mut faults = self.faults();
        faults.extend(self.nodes.is_empty().then(check::empty));
        self.refuse(faults)?;

        let adjacency = Adjacency::of(self);
        let mut graph = StateGraph::<Council>::new(Self::GRAPH);
        graph.endless();
        let nodes = self.add_agents(&adjacency, models, &mut graph)?;
        if let Some(entry) = adjacency.entry().and_then(|place| nodes[place]) {
            graph.start(entry);
        }
        for (place, node) in nodes.iter().enumerate() {
            if let Some(node) = node {
                connect(&mut graph, *node, adjacency.leaving(place), &nodes);
            }
        }
        Ok(graph.compile()?)
    }

    /// Adds a node for each agent that can be reached. Returns the nodes by the indices of the agents.
    fn add_agents(
        &self,
        adjacency: &Adjacency<'_>,
        models: &Models,
        graph: &mut StateGraph<Council>,
    ) -> Result<Vec<Option<NodeId<Council>>>, BlueprintError> {
        let mut unavailable = Vec::new();
        let mut nodes = vec![None; self.nodes.len()];
        let max_calls = self.call_limit(models);
        let reached = adjacency.reached();
        let critics = self.nodes.iter().filter(|agent| agent.is_critic()).map(|agent| agent.id.clone());
        let critics: Arc<[String]> = critics.collect();
        for (place, agent) in self.nodes.iter().enumerate().filter(|(place, _)| reached[*place]) {
            match model(agent, models) {
                Ok(model) => {
                    let node = add_agent(agent, model, &settings(agent, models, max_calls), graph);
                    if !agent.is_critic() && adjacency.leaving(place).is_empty() {
                        let critics = Arc::clone(&critics);
                        graph.on_error(node, (), move |council, failure, ()| {
                            Master::keep_draft(council, failure, &critics)
                        });
                    }
                    nodes[place] = Some(node);
                }
                Err(error) => unavailable.push((place, agent, error)),
            }
            self.warn_of_tools(agent);
        }
        self.refuse(check::models(unavailable))?;
        Ok(nodes)
    }

    fn refuse(&self, faults: Vec<BlueprintFault>) -> Result<(), BlueprintError> {
        if faults.is_empty() { Ok(()) } else { Err(BlueprintError::Faults { blueprint: self.name.clone(), faults }) }
    }

    fn warn_of_tools(&self, agent: &Agent) {
        for (tool, is_on) in [("webSearch", agent.tools.web_search), ("pdfReader", agent.tools.pdf_reader)] {
            if is_on {
                let (blueprint, node) = (&self.id, &agent.id);
                tracing::warn!(blueprint, node, tool, "the agent has a tool switched on that does not exist yet");
            }
        }
    }
}

fn model(agent: &Agent, models: &Models) -> Result<Arc<dyn ChatModel>, SpecError> {
    models.model(&agent.model.parse()?)
}

/// The settings of an agent, and those of all agents where it has none.
fn settings(agent: &Agent, models: &Models, max_calls: u32) -> AgentSettings {
    let retry = models.retry_of_agents().unwrap_or_else(agent_retry);
    AgentSettings {
        max_tokens: agent.max_tokens.or(models.max_tokens_of_agents()),
        timeouts: agent.timeouts,
        retry: Some(retry.total(agent.patience.unwrap_or(retry.total))),
        max_calls: Some(max_calls),
    }
}

fn add_agent(
    agent: &Agent,
    model: Arc<dyn ChatModel>,
    settings: &AgentSettings,
    graph: &mut StateGraph<Council>,
) -> NodeId<Council> {
    let node = if agent.is_critic() {
        let critic = graph.node(&agent.id, Critic::of(agent, model).limited(settings));
        graph.metadata(critic, THRESHOLD, &DEFAULT_THRESHOLD);
        critic
    } else {
        graph.node(&agent.id, Master::of(agent, model).limited(settings))
    };
    graph.policy(node, settings.policy());
    node
}

/// Adds the edges that leave a node.
fn connect(
    graph: &mut StateGraph<Council>,
    node: NodeId<Council>,
    edges: &[OutEdge<'_>],
    nodes: &[Option<NodeId<Council>>],
) {
    if edges.is_empty() {
        graph.end(node);
    } else if edges.iter().all(|edge| edge.condition.is_none()) {
        for target in edges.iter().filter_map(|edge| nodes[edge.target]) {
            graph.edge(node, target);
        }
    } else {
        let choice = Choice::among(edges, |place| nodes[place]);
        let (targets, labels): (Vec<_>, Vec<_>) =
            labelled(edges).into_iter().filter_map(|(place, label)| Some((nodes[place]?, label))).unzip();
        graph.route(node, targets, move |council, _| choice.by(decision(council))).labels(labels);
    }
}

/// The critic's decision. If a chair has changed only the score, the decision for this score.
fn decision(council: &Council) -> Option<Decision> {
    council.decision.or_else(|| Some(Decision::of(Some(council.score?), DEFAULT_THRESHOLD)))
}
