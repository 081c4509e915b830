//! The superstep that a run is in, as its records tell of it.

use std::sync::Arc;

use council_core::{MergeError, State, merge};
use council_llm::Council;

/// What its agents have written so far. It is in the state once all have ended, in the order in which they stand in the superstep,
/// whichever ended first.
#[derive(Default)]
pub(super) struct Superstep {
    /// The agents, in their order.
    agents: Vec<Arc<str>>,
    /// What those have written that have ended: each with its place, and the item that it was for.
    written: Vec<(Task, <Council as State>::Update)>,
}

type Task = (usize, Option<u32>);

impl Superstep {
    pub(super) fn of(agents: &[Arc<str>]) -> Self {
        Self { agents: agents.to_vec(), written: Vec::new() }
    }

    /// An agent has ended.
    pub(super) fn wrote(&mut self, node: &str, item: Option<u32>, update: <Council as State>::Update) {
        // Workers stand behind the agents; none of our councils has one.
        let place = self.agents.iter().position(|agent| **agent == *node).unwrap_or(self.agents.len());
        self.written.push(((place, item), update));
    }

    /// The agent whose word counts of several: the last critic, or where nobody judges, the last agent. It is the same one, whichever
    /// ended first. `None` of a single agent, or of none.
    pub(super) fn decider(&self, is_critic: impl Fn(&str) -> bool) -> Option<&Arc<str>> {
        let several = Some(&self.agents).filter(|agents| agents.len() > 1)?;
        several.iter().rfind(|agent| is_critic(agent)).or(several.last())
    }

    /// All have ended.
    pub(super) fn end(&mut self, council: &mut Council) -> Result<(), MergeError> {
        self.written.sort_by_key(|(task, _)| *task);
        merge(council, self.written.drain(..).map(|(_, update)| update))
    }
}
