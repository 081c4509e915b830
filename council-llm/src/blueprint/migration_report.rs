//! What the migration of a blueprint guessed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::role::AgentRole;

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

/// The format of blueprints.
pub(super) const VERSION: u32 = 2;
