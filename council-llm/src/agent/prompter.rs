//! The work of an agent's model: the calls for a text, or for a verdict.

use std::sync::Arc;

use council_core::{Context, NodeError};
use serde::{Deserialize, Serialize};

use super::ask::{Answer, ask, show, withdraw_tokens};
use super::brief::Brief;
use super::error::AgentError;
use super::exchange::Exchange;
use super::verdict::Reading;
use crate::chat::event::{End, Usage};
use crate::chat::model::ChatModel;
use crate::chat::reasoning::Parts;
use crate::chat::stop::StopKind;
use crate::chat::timeouts::CallTimeouts;
use crate::state::call_record::CallRecord;
use crate::state::council::Council;
use crate::state::verdict::Verdict;

/// A model with the prompt and the limits of its agent.
pub(super) struct Prompter {
    pub(super) model: Arc<dyn ChatModel>,
    pub(super) brief: Brief,
    /// The time limits of each call. They are no part of the brief, because no answer depends on them.
    pub(super) timeouts: CallTimeouts,
}

impl Prompter {
    pub(super) fn new(model: Arc<dyn ChatModel>, brief: Brief) -> Self {
        Self { model, brief, timeouts: CallTimeouts::default() }
    }

    /// A text that is not blank, and the calls behind it.
    pub(super) async fn write(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(String, Vec<CallRecord>), NodeError> {
        let mut calls = Vec::new();
        let whole = self.whole(Exchange::default(), council, context, &mut calls, |_| true).await?;
        if whole.text.trim().is_empty() {
            return Err(AgentError::Empty { model: self.model.name().to_owned() }.into());
        }
        Ok((whole.text, calls))
    }

    /// The verdict on the draft. An answer without a score that is read for sure is asked for again, at most `clarifications`
    /// times.
    pub(super) async fn judge(
        &self,
        council: &Council,
        context: &Context<Council>,
        threshold: f64,
        clarifications: u32,
    ) -> Result<Judgement, NodeError> {
        let read = |parts: &Parts| Reading::of_parts(parts, &council.draft, threshold);
        let (mut calls, mut unreadable, mut exchange) = (Vec::new(), Vec::<String>::new(), Exchange::default());
        loop {
            let is_last = u32::try_from(unreadable.len()).unwrap_or(u32::MAX) >= clarifications;
            let is_enough = |parts: &Parts| is_last || matches!(read(parts), Reading::Score(_));
            let answer = self.whole(exchange, council, context, &mut calls, is_enough).await?;
            if is_enough(&answer) {
                return Ok(Judgement { verdict: read(&answer).into_verdict(), unreadable, calls });
            }
            withdraw_tokens(context, "the answer is asked for again");
            exchange = Exchange::clarifying(answer.text.clone());
            unreadable.push(answer.text);
        }
    }

    /// A whole answer: it is continued as long as it reaches the limit of its length.
    ///
    /// An answer that another call follows is recorded in the memory of the task, so it is paid for once, also if a later call fails. The
    /// last answer is in the update of the task. Answers that came to no end are recorded too, and the next attempt asks from the beginning.
    async fn whole(
        &self,
        mut begin: Exchange,
        council: &Council,
        context: &Context<Council>,
        calls: &mut Vec<CallRecord>,
        is_enough: impl Fn(&Parts) -> bool + Sync,
    ) -> Result<Parts, NodeError> {
        let (mut exchange, mut whole, mut records) = (begin.clone(), Parts::default(), Vec::new());
        // The text that the memory holds, and that watchers of this attempt have not seen.
        let (mut unseen, mut is_again) = (String::new(), false);
        loop {
            let (mut is_new, mut too_long) = (false, None);
            let called = context.once("call", async {
                is_new = true;
                show(&std::mem::take(&mut unseen), context);
                let answer = match self.call(&exchange, council, context).await {
                    Err(error @ AgentError::TooLong { had_begun: true, .. }) => {
                        too_long = Some(error);
                        return Ok(None);
                    }
                    answer => answer.map_err(Unrecorded::Failed)?,
                };
                let mut all = whole.clone();
                all.continue_with(&answer.parts, answer.record.repeated.len());
                let is_last = answer.record.kind != StopKind::Length && !was_reasoning(&whole, &answer.parts);
                if is_last && is_enough(&all) { Err(Unrecorded::Last(answer)) } else { Ok(Some(answer)) }
            });
            let answer = match called.await {
                Ok(answer) => answer,
                Err(error) => match *error.downcast::<Unrecorded>()? {
                    Unrecorded::Last(answer) => Some(answer),
                    Unrecorded::Failed(error) => return Err(error.into()),
                },
            };
            let was_reasoning = answer.as_ref().is_some_and(|answer| was_reasoning(&whole, &answer.parts));
            match answer {
                Some(RecordedAnswer { parts, record }) if !was_reasoning => {
                    exchange.feedback_left_out = record.feedback_left_out;
                    exchange.take(&parts.text, record.kind);
                    whole.continue_with(&parts, record.repeated.len());
                    if !is_new {
                        unseen.push_str(&parts.text[record.repeated.len()..]);
                    }
                    let is_cut = record.kind == StopKind::Length;
                    records.push(record);
                    if !is_cut {
                        break;
                    }
                    if records.len() <= MOST_CONTINUATIONS {
                        continue;
                    }
                }
                _ => {}
            }
            // The answer came to no end, or was reasoning.
            if is_new {
                match (too_long, records.last()) {
                    (Some(error), _) => return Err(error.into()),
                    (None, Some(last)) if is_again || !was_reasoning => return Err(self.cut(last).into()),
                    _ => withdraw_tokens(context, "the text so far was reasoning"),
                }
            }
            if was_reasoning {
                (begin, is_again) = (begin.with_more_room(), true);
            }
            (exchange, whole) = (begin.clone(), Parts::default());
            records.clear();
            unseen.clear();
        }
        show(&unseen, context);
        calls.append(&mut records);
        Ok(whole)
    }

    /// One answer. If the request is too long for the model, it is sent again with half of the feedback, the newest, until only the newest
    /// feedback is left.
    async fn call(
        &self,
        exchange: &Exchange,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<RecordedAnswer, AgentError> {
        let mut exchange = exchange.clone();
        loop {
            let request = exchange.request(&self.brief, council).timeouts(self.timeouts).run(context.run());
            let left = self.brief.feedback_in(council).saturating_sub(exchange.feedback_left_out);
            match ask(&*self.model, request, exchange.text(), context).await {
                Ok(answer) => return Ok(self.record(answer, exchange, context)),
                Err(AgentError::Chat { source, had_begun: false, .. }) if source.is_context_overflow() => {
                    if left < 2 {
                        let model = self.model.name().to_owned();
                        return Err(AgentError::TooLong { model, had_begun: exchange.is_begun(), source });
                    }
                    exchange.feedback_left_out += left - left / 2;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn record(&self, answer: Answer, mut exchange: Exchange, context: &Context<Council>) -> RecordedAnswer {
        let Answer { parts, end, duration, max_tokens } = answer;
        let reason = exchange.reason();
        let feedback_left_out = exchange.feedback_left_out;
        let (repeated, new) = parts.text.split_at(exchange.take(&parts.text, end.kind));
        let record = CallRecord {
            duration_ms: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
            attempt: context.attempt(),
            max_tokens,
            feedback_left_out,
            repeated: repeated.to_owned(),
            text_bytes: new.len(),
            ..CallRecord::new(context.node(), self.model.name(), reason, &end)
        };
        RecordedAnswer { parts, record }
    }

    /// The error of an answer that reached the limit of its length once more.
    fn cut(&self, record: &CallRecord) -> AgentError {
        AgentError::unusable(self.model.name(), End::new(record.stop_reason.as_str()).kind(record.kind))
    }
}

/// Whether the text so far was reasoning: it has no mark, and a mark in its continuation ends the reasoning. Some servers drop the mark at its
/// beginning.
fn was_reasoning(text_so_far: &Parts, continuation: &Parts) -> bool {
    !text_so_far.text.trim().is_empty() && !text_so_far.has_mark() && !continuation.withdrawn.is_empty()
}

/// The tokens of all calls.
pub(super) fn usage(calls: &[CallRecord]) -> Usage {
    calls.iter().fold(Usage::default(), |mut sum, call| {
        sum += call.usage;
        sum
    })
}

/// An answer as the memory of the task holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct RecordedAnswer {
    parts: Parts,
    record: CallRecord,
}

/// A call that the memory of the task does not hold.
#[derive(Debug, thiserror::Error)]
enum Unrecorded {
    /// The last answer of the task, or of the exchange. The update of the task holds it.
    #[error("the answer is the last one")]
    Last(RecordedAnswer),
    #[error(transparent)]
    Failed(AgentError),
}

/// The verdict of a critic, and the calls behind it.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The answers before it that could not be read for sure.
    pub(super) unreadable: Vec<String>,
    pub(super) calls: Vec<CallRecord>,
}

/// How often an answer that reached the limit of its length is continued.
const MOST_CONTINUATIONS: usize = 4;
