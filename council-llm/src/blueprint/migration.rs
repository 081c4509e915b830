//! Migration of version 1 of a blueprint to version 2: roles and the start become data.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::data::{Agent, AgentRole, Blueprint, VERSION};

/// What was guessed when a blueprint of version 1 was read.
///
/// It stays with the blueprint until somebody saves one of version 2 in its place, and displays as a sentence:
///
/// ```
/// use council_llm::Blueprint;
///
/// let blueprint: Blueprint = serde_json::from_str(r#"{
///     "version": 1, "id": "b1", "name": "Essays",
///     "nodes": [
///         {"id": "author", "label": "Author", "model": "rehearsal", "systemPrompt": "You write essays."},
///         {"id": "judge", "label": "Judge", "model": "rehearsal", "systemPrompt": "You are a strict critic."}
///     ],
///     "edges": [{"id": "e1", "source": "author", "target": "judge", "type": "linear"}]
/// }"#)?;
/// assert_eq!((blueprint.version, blueprint.start.as_deref()), (2, Some("author")));
/// assert_eq!(
///     blueprint.migrated.unwrap().to_string(),
///     r#"version 1 was read as version 2: by its prompt, node "author" is an agent and node "judge" is a critic"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Migration {
    /// The version that was read.
    pub from: u32,
    /// The agents that had no role, each with the role that its prompt was taken for.
    pub guessed: Vec<GuessedRole>,
}

/// A role that was guessed by the words of a prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct GuessedRole {
    /// The id of the agent.
    pub node: String,
    /// The role that it has now.
    pub role: AgentRole,
}

impl Blueprint {
    /// Makes version 2 of version 1, and leaves every other version as it is.
    ///
    /// - An agent without a role is a critic if its prompt speaks of judging (critic, kritik, bewert, evaluat, review, score), and an
    ///   agent otherwise.
    /// - It starts with the first agent that no edge leads to, or if there is none, with the first.
    ///
    /// What was guessed is in [`migrated`](Self::migrated). Reading a blueprint with serde does this already.
    ///
    /// ```
    /// use council_llm::{Agent, AgentRole, Blueprint};
    ///
    /// let agent: Agent = serde_json::from_str(
    ///     r#"{"id": "a", "label": "A", "model": "rehearsal", "systemPrompt": "Du BEWERTEST den Text."}"#,
    /// )?;
    /// let empty: Blueprint = serde_json::from_str(r#"{"id": "b1", "name": "Small", "nodes": []}"#)?;
    /// let mut blueprint = Blueprint { version: 1, nodes: vec![agent], ..empty };
    /// blueprint.migrate();
    /// assert_eq!(blueprint.nodes[0].role, Some(AgentRole::Critic));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn migrate(&mut self) {
        if self.version != 1 {
            return;
        }
        self.version = VERSION;
        self.start = first_agent(self).map(|agent| agent.id.clone());
        let mut guessed = Vec::new();
        for agent in self.nodes.iter_mut().filter(|agent| agent.role.is_none()) {
            let role = guess(&agent.system_prompt);
            agent.role = Some(role);
            guessed.push(GuessedRole { node: agent.id.clone(), role });
        }
        self.migrated = Some(Migration { from: 1, guessed });
    }
}

/// The agent that a blueprint of version 1 starts with.
fn first_agent(blueprint: &Blueprint) -> Option<&Agent> {
    let targets: HashSet<&str> = blueprint.edges.iter().map(|edge| edge.target.as_str()).collect();
    blueprint.nodes.iter().find(|agent| !targets.contains(agent.id.as_str())).or(blueprint.nodes.first())
}

/// The role of an agent, by the words of its prompt.
fn guess(prompt: &str) -> AgentRole {
    let prompt = prompt.to_lowercase();
    let is_critic = WORDS_OF_JUDGING.iter().any(|word| prompt.contains(word));
    if is_critic { AgentRole::Critic } else { AgentRole::Agent }
}

impl fmt::Display for Migration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "version {} was read as version {VERSION}", self.from)?;
        for (number, GuessedRole { node, role }) in self.guessed.iter().enumerate() {
            let joint = match number {
                0 => ": by its prompt,",
                _ if number + 1 == self.guessed.len() => " and",
                _ => ",",
            };
            let role = match role {
                AgentRole::Agent => "an agent",
                AgentRole::Critic => "a critic",
            };
            write!(formatter, "{joint} node {node:?} is {role}")?;
        }
        Ok(())
    }
}

const WORDS_OF_JUDGING: [&str; 6] = ["critic", "kritik", "bewert", "evaluat", "review", "score"];
