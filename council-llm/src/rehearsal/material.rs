//! What an agent was given to work with, read back out of its user message.

use crate::agent::prompts::sections;

/// The sections of a user message.
#[derive(Debug, Default)]
pub(super) struct Material {
    pub(super) topic: String,
    pub(super) draft: Option<String>,
    /// Oldest first.
    pub(super) feedback: Vec<String>,
}

impl Material {
    /// Reads a message that `prompts` wrote; `None` if it has no topic.
    pub(super) fn read(message: &str) -> Option<Self> {
        let mut topic = None;
        let mut material = Self::default();
        for (name, content) in sections(message) {
            match name {
                "topic" => topic = Some(content.to_owned()),
                "draft" => material.draft = Some(content.to_owned()).filter(|draft| !draft.trim().is_empty()),
                "feedback" => material.feedback.push(content.to_owned()),
                _ => {}
            }
        }
        Some(Self { topic: topic?, ..material })
    }

    /// Takes a message of any other form as the topic.
    pub(super) fn plain(message: &str) -> Self {
        Self { topic: message.to_owned(), ..Self::default() }
    }
}
