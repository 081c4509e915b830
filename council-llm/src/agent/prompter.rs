//! The call of an agent's model, with the answer as a text or as a verdict.

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
    /// Calls the model, and passes each delta of the answer on to the observers of the run.
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
                ChatEvent::Waiting { .. } => {}
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

    /// Returns a text that is not blank, and the tokens of the call.
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

    /// Returns the verdict on the draft. If no score can be read in the answer, the model is called once more.
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

/// The verdict of a critic's model.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The first answer, if no score could be read in it.
    pub(super) unreadable: Option<String>,
    /// The tokens of all calls.
    pub(super) usage: Usage,
}
