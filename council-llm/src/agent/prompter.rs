//! How an agent asks its model: one system prompt and one message, the answer passed on as it is written, and read.

use std::sync::Arc;

use council_core::Context;
use futures_util::StreamExt;

use crate::agent::error::AgentError;
use crate::agent::prompts;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, Usage};
use crate::chat::model::ChatModel;
use crate::chat::request::ChatRequest;
use crate::state::council::{Call, Council};
use crate::state::verdict::Verdict;

/// A model, and what is the same in all of an agent's calls.
pub(crate) struct Voice {
    pub(crate) model: Arc<dyn ChatModel>,
    pub(crate) system: Option<String>,
    pub(crate) temperature: f32,
    pub(crate) max_tokens: u32,
}

impl Voice {
    /// Asks, and lets whoever watches the run read along.
    async fn ask(&self, user: String, context: &Context<Council>) -> Result<(Call, Usage), AgentError> {
        let model = &*self.model;
        let failed = |source| AgentError::Chat { model: model.name().to_owned(), source };
        let request = ChatRequest {
            system: self.system.clone(),
            max_tokens: self.max_tokens,
            temperature: Some(self.temperature),
            ..ChatRequest::user(user.as_str())
        };
        let mut stream = model.stream(request).await.map_err(failed)?;
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
                    let system = self.system.clone().unwrap_or_default();
                    return Ok((Call { system, user, answer }, end.usage));
                }
            }
        }
        Err(failed(ChatError::Truncated))
    }

    /// A text. Nothing but white space is none.
    pub(crate) async fn write(
        &self,
        user: String,
        context: &Context<Council>,
    ) -> Result<(String, Usage, Call), AgentError> {
        let (call, usage) = self.ask(user, context).await?;
        if call.answer.trim().is_empty() {
            return Err(AgentError::Empty { model: self.model.name().to_owned() });
        }
        Ok((call.answer.clone(), usage, call))
    }

    /// The verdict on the draft, and what it took: one call, or two if the first answer holds no score.
    pub(crate) async fn judge(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(Verdict, Usage, Vec<Call>), AgentError> {
        let user = prompts::critic_user(&council.topic, &council.draft);
        let (first, mut usage) = self.ask(user.clone(), context).await?;
        if let Some(verdict) = Verdict::parse(&first.answer) {
            return Ok((verdict, usage, vec![first]));
        }
        let (second, more) = self.ask(user, context).await?;
        usage += more;
        let verdict = Verdict::parse(&second.answer).unwrap_or_else(|| Verdict::unreadable(&second.answer));
        Ok((verdict, usage, vec![first, second]))
    }
}
