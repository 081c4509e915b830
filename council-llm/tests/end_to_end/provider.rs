//! The providers of these tests, and what they answer.

use std::time::Duration;

use council_core::Retry;
use council_llm::{CallLimits, ChatModel, agent_retry};

use crate::dialect::{Dialect, Say};
use crate::server::{Reply, Server};

/// The retry policy of agents, in a hurry.
pub(crate) fn hurried() -> Retry {
    agent_retry().pause(Duration::from_millis(1)).longest(Duration::from_millis(1)).jitter(false)
}

/// A provider that is asked in one way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provider {
    pub(crate) dialect: Dialect,
    pub(crate) streaming: bool,
}

impl Provider {
    pub(crate) const ALL: [Self; 6] = [
        Self { dialect: Dialect::Anthropic, streaming: true },
        Self { dialect: Dialect::Anthropic, streaming: false },
        Self { dialect: Dialect::OpenAi, streaming: true },
        Self { dialect: Dialect::OpenAi, streaming: false },
        Self { dialect: Dialect::Ollama, streaming: true },
        Self { dialect: Dialect::Ollama, streaming: false },
    ];

    pub(crate) fn streaming() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|provider| provider.streaming)
    }

    /// A model at `server`.
    pub(crate) fn model(self, server: &Server) -> impl ChatModel {
        self.dialect.model(server, CallLimits::default(), self.streaming)
    }

    /// The model's name.
    pub(crate) fn name(self) -> String {
        format!("{}/{}", self.dialect.provider(), self.model_id())
    }

    pub(crate) fn model_id(self) -> &'static str {
        match self.dialect {
            Dialect::Anthropic => "claude-test",
            Dialect::OpenAi => "gpt-test",
            Dialect::Ollama => "llama-test",
        }
    }

    /// The reply that gives this answer: a token a word where it is streamed, and three bytes at a time in any case.
    pub(crate) fn answer(self, text: &'static str) -> Reply {
        if !self.streaming {
            return Reply::json(200, &self.dialect.reply(text));
        }
        Reply::events(self.dialect.events(&said(text)) + &self.dialect.events(&[Say::Stop, Say::End]))
    }

    /// The reply with this text that ends for this reason, in the words of Anthropic or of OpenAI.
    pub(crate) fn ending(self, text: &'static str, anthropic: &str, openai: &str) -> Reply {
        let reason = if self.dialect == Dialect::Anthropic { anthropic } else { openai };
        let ended = |body: String| body.replace(&format!("{:?}", self.dialect.stop()), &format!("{reason:?}"));
        if !self.streaming {
            let body = ended(self.dialect.reply(text).to_string());
            return Reply::json(200, &serde_json::from_str(&body).unwrap());
        }
        let end = ended(self.dialect.events(&[Say::Stop, Say::End]));
        Reply::events(self.dialect.events(&said(text)) + &end)
    }

    /// The reply that begins like this and then breaks off.
    pub(crate) fn beginning(self, text: &'static str) -> Reply {
        Reply::events(self.dialect.events(&said(text)))
    }

    /// The reply that refuses to answer.
    pub(crate) fn refusal(self, status: u16, kind: &str, message: &str) -> Reply {
        Reply::json(status, &self.dialect.error(kind, message))
    }
}

fn said(text: &'static str) -> Vec<Say> {
    std::iter::once(Say::Start).chain(text.split_inclusive(' ').map(Say::Text)).collect()
}
