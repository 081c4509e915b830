//! One call of an agent's model, with its record.

use council_core::Context;
use tokio::time::Instant;

use super::ask::{Answered, Broken, Cause, ask};
use super::error::AgentError;
use super::exchange::Exchange;
use super::prompter::Prompter;
use super::recorded_call::{FailedCall, RecordedAnswer};
use crate::chat::event::{End, Usage};
use crate::chat::stop::StopKind;
use crate::state::call_record::CallRecord;
use crate::state::council::Council;

impl Prompter {
    /// One answer. If the request is too long for the model, it is sent again with half of the feedback, the newest, until only the newest
    /// feedback is left.
    ///
    /// An answer that was withheld, refused or broken off, and a call of a tool, are errors.
    pub(super) async fn call(
        &self,
        exchange: &Exchange,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<RecordedAnswer, Box<FailedCall>> {
        let (mut exchange, model) = (exchange.clone(), self.model.name());
        // The tokens of the requests that were too long.
        let mut earlier = Usage::default();
        loop {
            let request = exchange.request(&self.brief, council).timeouts(self.timeouts).run(context.run());
            let (max_tokens, began) = (request.max_tokens, Instant::now());
            let mut asked = ask(&*self.model, request, exchange.text(), self.patience, context).await;
            let (Ok(Answered { end: End { usage, .. }, .. }) | Err(Broken { spent: usage, .. })) = &mut asked;
            *usage += earlier;
            let record = |model: &str, end: &End| CallRecord {
                duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
                attempt: context.attempt(),
                max_tokens,
                feedback_left_out: exchange.feedback_left_out,
                ..CallRecord::new(context.node(), model, exchange.reason(), end)
            };
            // A fallback may have called another model.
            let called = match &asked {
                Ok(Answered { end, .. }) => end.model.as_deref(),
                Err(Broken { cause: Cause::Failed { source, .. }, .. }) => source.last_model().0,
                Err(Broken { cause: Cause::Held { .. }, .. }) => None,
            };
            let called = called.unwrap_or(model).to_owned();
            let (error, end) = match asked {
                Ok(Answered { parts, has_reasoning, end }) if is_answer(end.kind) => {
                    let mut record = record(&called, &end);
                    let (repeated, new) = parts.text.split_at(exchange.take(&parts.text, end.kind));
                    (record.repeated, record.text_bytes) = (repeated.to_owned(), new.len());
                    return Ok(RecordedAnswer { parts, has_reasoning, record });
                }
                Ok(Answered { end, .. }) => (AgentError::unusable(&called, end.clone()), end),
                Err(Broken { spent, cause: Cause::Failed { had_begun: false, source, .. } })
                    if source.is_context_overflow() =>
                {
                    let left = self.brief.feedback_in(council).saturating_sub(exchange.feedback_left_out);
                    if left >= 2 {
                        exchange.feedback_left_out += left - left / 2;
                        earlier = spent;
                        continue;
                    }
                    let (had_begun, calls) = (exchange.is_begun(), Vec::new());
                    let error = AgentError::TooLong { model: called.clone(), had_begun, source, calls };
                    (error, End::default().usage(spent))
                }
                Err(Broken { spent, cause }) => {
                    let (retries, calls) = (None, Vec::new());
                    let error = match cause {
                        Cause::Failed { had_begun, received, source } => {
                            AgentError::Chat { model: model.to_owned(), had_begun, received, retries, source, calls }
                        }
                        Cause::Held { wait, retry_after } => AgentError::Waiting { wait, retry_after, retries, calls },
                    };
                    (error, End::default().usage(spent))
                }
            };
            let may_have_cost = error.is_paid() || end.usage != Usage::default();
            let mut record = may_have_cost.then(|| record(&called, &end));
            if let Some(record) = &mut record {
                record.fail(error.fault());
            }
            return Err(Box::new(FailedCall { error, record }));
        }
    }
}

/// Whether an answer that ended in this way is usable: it is complete, or it was cut and can be continued.
fn is_answer(kind: StopKind) -> bool {
    !matches!(kind, StopKind::ContentFilter | StopKind::Refusal | StopKind::ToolCall | StopKind::Error)
}
