//! The settings of the agents of a council: limits of their answers, and retries.

use council_core::Retry;

use super::builder::CouncilBuilder;
use crate::agent::settings::AgentSettings;
use crate::chat::timeouts::CallTimeouts;

impl CouncilBuilder {
    /// Sets the limit of an answer of every agent, in tokens of the model. By default, and with 0, the provider decides.
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9", "The document."]);
    /// CouncilBuilder::new(model.clone()).max_tokens(8_000).build()?.run(Council::new("Rust")).await?;
    /// assert!(model.requests().iter().all(|request| request.max_tokens == 8_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_tokens(mut self, max_tokens: u32) -> Self {
        self.all.max_tokens = Some(max_tokens);
        self
    }

    /// Sets how many calls of models a run may make, those of all its agents; 50 by default, or 10 for each draft if that is more.
    ///
    /// The run fails before the next call. If that is a call of the writer, the draft is the document. Calls that cannot have cost anything
    /// do not count. Agents that work at the same time do not see each other's calls, so the limit can be exceeded by their number.
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 6", "Another draft."]);
    /// let error = CouncilBuilder::new(model).max_calls(3).build()?.run(Council::new("Rust")).await.unwrap_err();
    /// assert!(error.failure().cause().starts_with("the run has made 3 calls of models"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_calls(mut self, calls: u32) -> Self {
        self.all.max_calls = Some(calls);
        self
    }

    /// Sets time limits of each call of every agent, instead of those of the models' clients ([`CallLimits`](crate::CallLimits)).
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{CallTimeouts, CouncilBuilder, Rehearsal};
    ///
    /// let patient = CallTimeouts::default().first_token(Duration::from_secs(7_200));
    /// let graph = CouncilBuilder::new(Rehearsal::new()).timeouts(patient).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn timeouts(mut self, timeouts: CallTimeouts) -> Self {
        self.all.timeouts = timeouts;
        self
    }

    /// Sets when a failed call of a model is retried, for every agent; [`agent_retry`](crate::agent_retry) by default.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::{ChatError, Council, CouncilBuilder, ScriptedAnswer, ScriptedModel, agent_retry};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let broken = ScriptedAnswer::error(|| ChatError::Truncated);
    /// let model = ScriptedModel::new("scripted", [broken, "A draft.".into(), "SCORE: 9".into(), "The document.".into()]);
    /// let graph = CouncilBuilder::new(model).retry(agent_retry().pause(Duration::from_millis(1))).build()?;
    /// let council = graph.run(Council::new("Rust")).await?.into_state();
    /// assert_eq!(council.document.as_deref(), Some("The document."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn retry(mut self, retry: Retry) -> Self {
        self.all.retry = Some(retry);
        self
    }

    /// Sets the settings of the master. They come before those of every agent.
    ///
    /// ```
    /// use council_llm::{AgentSettings, CouncilBuilder, Rehearsal};
    ///
    /// let master = AgentSettings::default().max_tokens(16_000);
    /// let graph = CouncilBuilder::new(Rehearsal::new()).max_tokens(4_000).master_settings(master).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn master_settings(mut self, settings: AgentSettings) -> Self {
        self.master_settings = settings;
        self
    }

    /// Sets the settings of the critic. They come before those of every agent.
    ///
    /// ```
    /// use council_llm::{AgentSettings, CouncilBuilder, Rehearsal};
    ///
    /// let critic = AgentSettings::default().max_tokens(16_000);
    /// let graph = CouncilBuilder::new(Rehearsal::new()).max_tokens(4_000).critic_settings(critic).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn critic_settings(mut self, settings: AgentSettings) -> Self {
        self.critic_settings = settings;
        self
    }

    /// Sets the settings of the writer. They come before those of every agent.
    ///
    /// ```
    /// use council_llm::{AgentSettings, CouncilBuilder, Rehearsal};
    ///
    /// let writer = AgentSettings::default().max_tokens(16_000);
    /// let graph = CouncilBuilder::new(Rehearsal::new()).max_tokens(4_000).writer_settings(writer).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn writer_settings(mut self, settings: AgentSettings) -> Self {
        self.writer_settings = settings;
        self
    }
}
