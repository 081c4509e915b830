//! The settings of one agent: the limits of its answers, and its retries.

use council_core::{Policy, Retry};

use super::retry;
use crate::chat::timeouts::CallTimeouts;

/// The settings of one agent of a council. A setting that is not set is that of all agents.
///
/// ```
/// use std::time::Duration;
/// use council_llm::{AgentSettings, CallTimeouts, CouncilBuilder, Rehearsal, agent_retry};
///
/// let writer = AgentSettings::default()
///     .max_tokens(16_000)
///     .timeouts(CallTimeouts::default().total(Duration::from_secs(1_800)))
///     .retry(agent_retry().total(Duration::from_secs(3_600)));
/// let graph = CouncilBuilder::new(Rehearsal::new()).max_tokens(4_000).writer_settings(writer).build()?;
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct AgentSettings {
    /// The limit of an answer, in tokens of the model, with its reasoning; 0 leaves it to the provider.
    pub max_tokens: Option<u32>,
    /// The time limits of each call. A limit that is `None` is that of the model's client.
    pub timeouts: CallTimeouts,
    /// When a failed call is retried.
    pub retry: Option<Retry>,
    /// How many calls the run may make, those of all its agents.
    pub(crate) max_calls: Option<u32>,
}

impl AgentSettings {
    /// Sets the limit of an answer, in tokens of the model; 0 leaves it to the provider.
    ///
    /// ```
    /// use council_llm::AgentSettings;
    ///
    /// assert_eq!(AgentSettings::default().max_tokens(16_000).max_tokens, Some(16_000));
    /// ```
    #[must_use]
    pub fn max_tokens(self, max_tokens: u32) -> Self {
        Self { max_tokens: Some(max_tokens), ..self }
    }

    /// Sets time limits of each call.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{AgentSettings, CallTimeouts};
    ///
    /// let timeouts = CallTimeouts::default().total(Duration::from_secs(1_800));
    /// assert_eq!(AgentSettings::default().timeouts(timeouts).timeouts, timeouts);
    /// ```
    #[must_use]
    pub fn timeouts(self, timeouts: CallTimeouts) -> Self {
        Self { timeouts, ..self }
    }

    /// Sets when a failed call is retried.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{AgentSettings, agent_retry};
    ///
    /// let settings = AgentSettings::default().retry(agent_retry().total(Duration::from_secs(3_600)));
    /// assert_eq!(settings.retry.unwrap().total, Duration::from_secs(3_600));
    /// ```
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry: Some(retry), ..self }
    }

    /// These settings, and those of all agents where there are none here.
    pub(crate) fn or(self, all: Self) -> Self {
        Self {
            max_tokens: self.max_tokens.or(all.max_tokens),
            timeouts: self.timeouts.or(all.timeouts),
            retry: self.retry.or(all.retry),
            max_calls: self.max_calls.or(all.max_calls),
        }
    }

    /// The policy of the agent's node.
    pub(crate) fn policy(&self) -> Policy {
        retry::policy(self.retry.unwrap_or_else(retry::agent_retry))
    }
}
