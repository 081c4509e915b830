//! The limit of the calls of a run.

use super::adjacency::Adjacency;
use super::data::Blueprint;
use crate::models::registry::Models;

impl Blueprint {
    /// How many calls of models a run of the blueprint may make: its [`max_calls`](Self::max_calls), or else that of the
    /// [models](Models::max_calls).
    ///
    /// Without both it is [`DEFAULT_MAX_CALLS`]. If a critic closes every loop, it is 10 for each agent, if that is more.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint, BlueprintEdge, Environment, Models};
    ///
    /// let models = Models::from(Environment::default());
    /// let pair = Blueprint::new("pair", "Pair")
    ///     .agent(Agent::new("author", AgentRole::Agent, "rehearsal"))
    ///     .agent(Agent::new("editor", AgentRole::Agent, "rehearsal"))
    ///     .edge(BlueprintEdge::new("author", "editor"));
    /// assert_eq!(pair.call_limit(&models), 50);
    /// assert_eq!(pair.max_calls(8).call_limit(&models), 8);
    /// ```
    #[must_use]
    pub fn call_limit(&self, models: &Models) -> u32 {
        let limit = self.max_calls.or(models.max_calls_of_runs());
        limit.unwrap_or_else(|| match Adjacency::of(self).open_loop(self) {
            Some(_) => DEFAULT_MAX_CALLS,
            None => usual_max_calls(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)),
        })
    }
}

/// The limit of a run whose rounds end by themselves, with this number of drafts or of agents.
pub(crate) fn usual_max_calls(drafts_or_agents: u32) -> u32 {
    drafts_or_agents.saturating_mul(10).max(DEFAULT_MAX_CALLS)
}

/// How many calls of models a run may make, unless something else is set.
pub const DEFAULT_MAX_CALLS: u32 = 50;
