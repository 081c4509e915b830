//! The role of an agent.

use serde::{Deserialize, Serialize};

/// The role of an agent.
///
/// ```
/// use council_llm::AgentRole;
///
/// assert_eq!(serde_json::to_string(&AgentRole::Critic)?, r#""critic""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AgentRole {
    /// The agent writes the draft.
    Agent,
    /// The agent scores the draft, and decides whether it passes.
    Critic,
}
