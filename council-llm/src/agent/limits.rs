//! The limits of an agent's answers: the methods that all agents have.

/// Implements the methods for an agent with a `prompter`.
macro_rules! limits {
    ($agent:ident, $new:literal) => {
        impl $agent {
            /// Sets the limit of an answer, in tokens of the model; 0 leaves it to the provider. Reasoning counts too.
            ///
            /// ```
            /// use std::sync::Arc;
            #[doc = concat!("use council_llm::{Council, ", stringify!($agent), ", ScriptedModel};")]
            ///
            /// let model = Arc::new(ScriptedModel::new("scripted", ["An answer."]));
            #[doc = concat!("let agent = ", $new, ".max_tokens(16_000);")]
            /// assert_eq!(agent.request(&Council::new("Rust")).max_tokens, 16_000);
            /// ```
            #[must_use]
            pub fn max_tokens(mut self, max_tokens: u32) -> Self {
                self.prompter.brief.max_tokens = max_tokens;
                self
            }

            /// Sets time limits of each call, instead of those of the model's client.
            ///
            /// ```
            /// use std::sync::Arc;
            /// use std::time::Duration;
            #[doc = concat!("use council_llm::{CallTimeouts, ", stringify!($agent), ", ScriptedModel};")]
            ///
            /// let model = Arc::new(ScriptedModel::new("scripted", ["An answer."]));
            /// let patient = CallTimeouts::default().first_token(Duration::from_secs(3_600));
            #[doc = concat!("let agent = ", $new, ".timeouts(patient);")]
            /// ```
            #[must_use]
            pub fn timeouts(mut self, timeouts: $crate::chat::timeouts::CallTimeouts) -> Self {
                self.prompter.timeouts = timeouts;
                self
            }

            /// Sets the limits that these settings hold.
            pub(crate) fn limited(self, settings: &$crate::agent::settings::AgentSettings) -> Self {
                let mut limited = self.timeouts(settings.timeouts);
                if let Some(retry) = settings.retry {
                    limited.prompter.patience = retry.total;
                }
                limited.prompter.max_calls = settings.max_calls;
                match settings.max_tokens {
                    Some(max_tokens) => limited.max_tokens(max_tokens),
                    None => limited,
                }
            }
        }
    };
}

pub(super) use limits;
