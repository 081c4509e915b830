//! How an agent calls its model, and reads the answer.

use std::sync::Arc;

use council_core::Context;
use futures_util::StreamExt;

use super::brief::Brief;
use super::error::AgentError;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, Usage};
use crate::chat::model::ChatModel;
use crate::state::council::Council;
use crate::state::verdict::Verdict;

/// A model with the prompt and the limits of its agent.
pub(super) struct Prompter {
    pub(super) model: Arc<dyn ChatModel>,
    pub(super) brief: Brief,
}

impl Prompter {
    /// Calls the model, and passes the answer on to the run's watchers as it is written.
    async fn ask(&self, council: &Council, context: &Context<Council>) -> Result<(String, Usage), AgentError> {
        let model = &*self.model;
        let failed = |source| AgentError::Chat { model: model.name().to_owned(), source };
        let mut stream = model.stream(self.brief.request(council)).await.map_err(failed)?;
        let mut answer = String::new();
        while let Some(event) = stream.next().await {
            match event.map_err(failed)? {
                ChatEvent::Delta(delta) => {
                    answer.push_str(&delta);
                    context.token(delta);
                }
                ChatEvent::Done(end) => {
                    if end.is_cut() {
                        tracing::warn!(
                            model = model.name(),
                            node = context.node(),
                            stop_reason = end.stop_reason,
                            "the answer was cut and may be unfinished"
                        );
                    }
                    return Ok((answer, end.usage));
                }
            }
        }
        Err(failed(ChatError::Truncated))
    }

    /// A text that is not blank, and what it took.
    pub(super) async fn write(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(String, Usage), AgentError> {
        let (text, usage) = self.ask(council, context).await?;
        if text.trim().is_empty() {
            return Err(AgentError::Empty { model: self.model.name().to_owned() });
        }
        Ok((text, usage))
    }

    /// The verdict on the draft: of the first answer, or where that holds no score, of a second one.
    pub(super) async fn judge(&self, council: &Council, context: &Context<Council>) -> Result<Judgement, AgentError> {
        let (first, usage) = self.ask(council, context).await?;
        if let Some(verdict) = Verdict::parse(&first) {
            return Ok(Judgement { verdict, unreadable: None, usage });
        }
        let (second, more) = self.ask(council, context).await?;
        let mut total = usage;
        total += more;
        let verdict = Verdict::parse(&second).unwrap_or_else(|| Verdict::unreadable(&second));
        Ok(Judgement { verdict, unreadable: Some(first), usage: total })
    }
}

/// What a critic's model said.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The first answer, if it holds no score.
    pub(super) unreadable: Option<String>,
    /// What the calls took.
    pub(super) usage: Usage,
}
