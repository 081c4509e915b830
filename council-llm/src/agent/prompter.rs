//! How an agent calls its model, and reads the answer.

use std::sync::Arc;

use council_core::Context;
use futures_util::StreamExt;

use super::brief::Brief;
use super::error::AgentError;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, Usage};
use crate::chat::model::ChatModel;
use crate::state::council::{Call, Council};
use crate::state::verdict::Verdict;

/// A model, and what it is told.
pub(super) struct Prompter {
    pub(super) model: Arc<dyn ChatModel>,
    pub(super) brief: Brief,
}

impl Prompter {
    /// Calls the model, and passes the answer on to the run's watchers as it is written.
    async fn ask(&self, council: &Council, context: &Context<Council>) -> Result<(Call, Usage), AgentError> {
        let model = &*self.model;
        let failed = |source| AgentError::Chat { model: model.name().to_owned(), source };
        let request = self.brief.request(council);
        let (system, user) = (request.system.clone().unwrap_or_default(), request.messages[0].content.clone());
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
                    return Ok((Call { system, user, answer }, end.usage));
                }
            }
        }
        Err(failed(ChatError::Truncated))
    }

    /// A text. Nothing but white space is none.
    pub(super) async fn write(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(String, Usage, Call), AgentError> {
        let (call, usage) = self.ask(council, context).await?;
        if call.answer.trim().is_empty() {
            return Err(AgentError::Empty { model: self.model.name().to_owned() });
        }
        Ok((call.answer.clone(), usage, call))
    }

    /// The verdict on the draft, and what it took: one call, or two if the first answer holds no score.
    pub(super) async fn judge(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(Verdict, Usage, Vec<Call>), AgentError> {
        let (first, mut usage) = self.ask(council, context).await?;
        if let Some(verdict) = Verdict::parse(&first.answer) {
            return Ok((verdict, usage, vec![first]));
        }
        let (second, more) = self.ask(council, context).await?;
        usage += more;
        let verdict = Verdict::parse(&second.answer).unwrap_or_else(|| Verdict::unreadable(&second.answer));
        Ok((verdict, usage, vec![first, second]))
    }
}
