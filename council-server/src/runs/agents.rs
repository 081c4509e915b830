//! The agents of a projection: their roles, labels and rounds, and the agent that decides.

use std::sync::Arc;

use council_llm::{Agent, CRITIC, MASTER};

use super::projection::CouncilProjection;

impl CouncilProjection {
    /// The role of a node, if it is an agent of a blueprint.
    pub(super) fn role(&self, node: &str) -> Option<&'static str> {
        let agents = &self.blueprint()?.nodes;
        let is_critic = agents.iter().find(|agent| agent.id == node).is_some_and(Agent::is_critic);
        Some(if is_critic { "critic" } else { "agent" })
    }

    /// Whether the node that completed last is a critic of a blueprint.
    pub(super) fn last_is_critic(&self) -> bool {
        self.last().and_then(|node| self.agent(node)).is_some_and(Agent::is_critic)
    }

    /// The agent whose decision counts, if several ran in the superstep: the last critic in its order, or the last agent if none is a
    /// critic.
    pub(super) fn decider(&self) -> Option<Arc<str>> {
        let agents: Vec<_> = self.run.nodes().collect();
        let several = Some(&agents).filter(|agents| agents.len() > 1)?;
        several.iter().rfind(|agent| self.is_critic(agent)).or(several.last()).map(|agent| Arc::clone(agent))
    }

    /// The round of a node that runs next. In the built-in council each draft of the master starts a round. In a blueprint the first agent
    /// starts the first round, and each rework the next.
    pub(super) fn round_of(&self, node: &str) -> u32 {
        match self.blueprint() {
            Some(_) => self.council().iteration.max(1),
            None => self.council().iteration.saturating_add((node == MASTER).into()),
        }
    }

    fn agent(&self, node: &str) -> Option<&Agent> {
        self.blueprint()?.nodes.iter().find(|agent| agent.id == *node)
    }

    /// The label of a node.
    pub(super) fn label<'n>(&'n self, node: &'n str) -> &'n str {
        self.agent(node).map_or(node, |agent| &agent.label)
    }

    pub(super) fn is_critic(&self, node: &str) -> bool {
        self.agent(node).map_or(node == CRITIC, Agent::is_critic)
    }
}
