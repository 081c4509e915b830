//! Migration of version 1 of a blueprint to version 2: roles and the start become data.

use std::collections::HashSet;

use super::data::{Agent, Blueprint};
use super::migration_report::{GuessedRole, MigrationReport, VERSION};
use super::role::AgentRole;

impl Blueprint {
    /// Migrates version 1 to version 2. Every other version stays as it is.
    ///
    /// - An agent without a role is a critic if its prompt speaks of judging (critic, kritik, bewert, evaluat, review, score), and an
    ///   agent otherwise.
    /// - A blueprint without a `start` starts with the first agent that no edge leads to. If there is no such agent, it starts with the
    ///   first agent.
    ///
    /// [`migrated`](Self::migrated) names each guess. Reading a blueprint with serde does this already.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint};
    ///
    /// let agent = Agent::new("a", AgentRole::Agent, "rehearsal").system_prompt("Du BEWERTEST den Text.");
    /// let mut blueprint = Blueprint::new("b1", "Small").agent(agent);
    /// blueprint.version = 1;
    /// blueprint.nodes[0].role = None;
    /// blueprint.migrate();
    /// assert_eq!(blueprint.nodes[0].role, Some(AgentRole::Critic));
    /// ```
    pub fn migrate(&mut self) {
        if self.version != 1 {
            return;
        }
        self.version = VERSION;
        let start = match &self.start {
            Some(_) => None,
            None => first_agent(self).map(|agent| agent.id.clone()),
        };
        if start.is_some() {
            self.start.clone_from(&start);
        }
        let mut guessed = Vec::new();
        for agent in self.nodes.iter_mut().filter(|agent| agent.role.is_none()) {
            let role = guess(&agent.system_prompt);
            agent.role = Some(role);
            guessed.push(GuessedRole { node: agent.id.clone(), role });
        }
        self.migrated = Some(MigrationReport { from: 1, start, guessed });
    }
}

/// The agent that a blueprint of version 1 starts with.
fn first_agent(blueprint: &Blueprint) -> Option<&Agent> {
    let targets: HashSet<&str> = blueprint.edges.iter().map(|edge| edge.target.as_str()).collect();
    blueprint.nodes.iter().find(|agent| !targets.contains(agent.id.as_str())).or(blueprint.nodes.first())
}

/// The role of an agent, guessed from the words of its prompt.
fn guess(prompt: &str) -> AgentRole {
    let prompt = prompt.to_lowercase();
    let is_critic = WORDS_OF_JUDGING.iter().any(|word| prompt.contains(word));
    if is_critic { AgentRole::Critic } else { AgentRole::Agent }
}

const WORDS_OF_JUDGING: [&str; 6] = ["critic", "kritik", "bewert", "evaluat", "review", "score"];
