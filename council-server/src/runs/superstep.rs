//! The current superstep of a run, as far as its records tell.

use std::sync::Arc;

use council_core::{MergeError, State, merge};
use council_llm::Council;

/// The updates of the agents that have completed. They are merged into the state when all have completed, in the order of the agents in
/// the superstep.
#[derive(Default)]
pub(super) struct Superstep {
    /// The agents, in the order of the superstep.
    agents: Vec<Arc<str>>,
    /// The updates so far, each with the index of its agent and the item.
    written: Vec<(Task, <Council as State>::Update)>,
}

type Task = (usize, Option<u32>);

impl Superstep {
    pub(super) fn of(agents: &[Arc<str>]) -> Self {
        Self { agents: agents.to_vec(), written: Vec::new() }
    }

    /// Adds the update of an agent that has completed.
    pub(super) fn wrote(&mut self, node: &str, item: Option<u32>, update: <Council as State>::Update) {
        // Workers come after the agents. No council of the server has workers.
        let place = self.agents.iter().position(|agent| **agent == *node).unwrap_or(self.agents.len());
        self.written.push(((place, item), update));
    }

    /// The agent whose decision counts, if there are several: the last critic in the order of the superstep, or the last agent if none is a
    /// critic.
    pub(super) fn decider(&self, is_critic: impl Fn(&str) -> bool) -> Option<&Arc<str>> {
        let several = Some(&self.agents).filter(|agents| agents.len() > 1)?;
        several.iter().rfind(|agent| is_critic(agent)).or(several.last())
    }

    /// Merges the updates into the state, when all agents have completed.
    pub(super) fn end(&mut self, council: &mut Council) -> Result<(), MergeError> {
        self.written.sort_by_key(|(task, _)| *task);
        merge(council, self.written.drain(..).map(|(_, update)| update))
    }
}
