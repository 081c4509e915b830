//! The report of the migration of a blueprint: each guess.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::role::AgentRole;

/// The guesses that were made when a blueprint of version 1 was read.
///
/// It stays with the blueprint until version 2 of it is saved. It displays as a sentence:
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
///     "version 1 was read as version 2: the run starts with node \"author\"; \
///      by its prompt, node \"author\" is an agent and node \"judge\" is a critic"
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct MigrationReport {
    /// The version that was read.
    pub from: u32,
    /// The id of the agent that was guessed to run first; `None` if the blueprint named its start, or has no agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The agents that had no role, each with the role that was guessed from its prompt.
    pub guessed: Vec<GuessedRole>,
}

/// A role that was guessed from the words of a prompt.
///
/// ```
/// use council_llm::{AgentRole, Blueprint};
///
/// let blueprint: Blueprint = serde_json::from_str(r#"{
///     "id": "b1", "name": "Old",
///     "nodes": [{"id": "judge", "label": "Judge", "model": "rehearsal", "systemPrompt": "You review essays."}]
/// }"#)?;
/// let guessed = &blueprint.migrated.unwrap().guessed[0];
/// assert_eq!((guessed.node.as_str(), guessed.role), ("judge", AgentRole::Critic));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct GuessedRole {
    /// The id of the agent.
    pub node: String,
    /// The role that the agent has now.
    pub role: AgentRole,
}

impl fmt::Display for MigrationReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "version {} was read as version {VERSION}", self.from)?;
        if let Some(start) = &self.start {
            write!(formatter, ": the run starts with node {start:?}")?;
        }
        for (number, GuessedRole { node, role }) in self.guessed.iter().enumerate() {
            let joint = match number {
                0 if self.start.is_some() => "; by its prompt,",
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

/// The format of blueprints.
pub(super) const VERSION: u32 = 2;
