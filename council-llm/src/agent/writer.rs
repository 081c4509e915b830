//! The writer: polishes the draft into the document.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use super::prompter::Voice;
use super::prompts;
use crate::chat::model::ChatModel;
use crate::state::council::Council;

/// Polishes the draft into the final document. It sees no feedback.
///
/// Temperature 0.4, at most 4096 tokens. It writes `document`.
pub struct Writer {
    voice: Voice,
}

impl Writer {
    /// A writer who polishes with this model.
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        let system = Some(prompts::writer_system().to_owned());
        Self { voice: Voice { model, system, temperature: 0.4, max_tokens: 4_096 } }
    }
}

#[async_trait]
impl Node<Council> for Writer {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let user = prompts::writer_user(&council.topic, &council.draft);
        let (text, usage, call) = self.voice.write(user, context).await?;
        Ok(Council::update().document(text).usage(usage).calls(call))
    }
}
