//! A whole answer of an agent's model: an answer that was cut is continued, and the calls of earlier attempts are not repeated.

use std::mem::take;

use council_core::{Context, NodeError};

use super::ask::{show, withdraw_tokens};
use super::error::AgentError;
use super::exchange::Exchange;
use super::prompter::{Prompter, Use};
use super::recorded_call::{FailedCall, RecordedAnswer, RecordedCall, Unrecorded};
use crate::chat::reasoning::Parts;
use crate::chat::stop::StopKind;
use crate::state::call_record::CallRecord;
use crate::state::council::Council;

impl Prompter {
    /// A whole answer: it is continued as long as it reaches the limit of its length. Its calls are added to `calls`.
    ///
    /// An answer that another call follows is recorded in the memory of the task, so it is paid for once, also if a later call fails. The
    /// last answer is in the update of the task. Answers that stayed incomplete are recorded too, and the next attempt asks from the
    /// beginning. So are failed calls that may have cost something: the update of the attempt that succeeds has their records.
    pub(super) async fn whole(
        &self,
        mut begin: Exchange,
        council: &Council,
        context: &Context<Council>,
        calls: &mut Vec<CallRecord>,
        read: impl Fn(&Parts) -> Use + Sync,
    ) -> Result<Parts, NodeError> {
        let (mut so_far, mut is_again) = (AnswerSoFar::begin(&begin, calls), false);
        loop {
            let made = council.calls.len() + calls.len();
            let (answer, is_new) = match self.next_call(&mut so_far, made, council, context, &read).await? {
                NextCall::New(answer) => (answer, true),
                NextCall::Known(RecordedCall::Answer(answer)) => (answer, false),
                NextCall::Known(RecordedCall::Failed { failed }) => {
                    calls.push(failed);
                    continue;
                }
                NextCall::Known(known @ (RecordedCall::TooLongPaid { .. } | RecordedCall::TooLong)) => {
                    fail_all(&mut calls[so_far.first..], CANNOT_BE_CONTINUED);
                    if let RecordedCall::TooLongPaid { too_long } = known {
                        calls.push(too_long);
                    }
                    so_far = AnswerSoFar::begin(&begin, calls);
                    continue;
                }
                NextCall::Failed(call) => {
                    if call.cannot_be_continued() {
                        fail_all(&mut calls[so_far.first..], CANNOT_BE_CONTINUED);
                    }
                    calls.extend(call.record);
                    return Err(call.error.after(take(calls)).into());
                }
            };
            let was_reasoning = so_far.was_reasoning(&answer.parts);
            let is_cut = answer.record.kind == StopKind::Length;
            calls.push(answer.record.clone());
            let error = if was_reasoning {
                begin = begin.with_more_room();
                std::mem::replace(&mut is_again, true).then(|| self.incomplete(&calls[so_far.first..], true))
            } else {
                so_far.take(&answer, is_new);
                if !is_cut {
                    show(&so_far.unseen, context);
                    return Ok(so_far.parts);
                }
                if so_far.answers <= MOST_CONTINUATIONS {
                    continue;
                }
                let calls = &calls[so_far.first..];
                Some(self.incomplete(calls, !has_text(calls)))
            };
            let fault = match has_text(&calls[so_far.first..]) {
                _ if was_reasoning => WAS_REASONING,
                true => STILL_INCOMPLETE,
                false => ONLY_REASONING,
            };
            fail_all(&mut calls[so_far.first..], fault);
            if is_new {
                match error {
                    Some(error) => return Err(error.after(take(calls)).into()),
                    None => withdraw_tokens(context, "the text so far was the model's reasoning"),
                }
            }
            so_far = AnswerSoFar::begin(&begin, calls);
        }
    }

    /// The next call: from the memory of the task if an earlier attempt made it, and else a new one. `made` is the number of calls that
    /// the run has made.
    async fn next_call(
        &self,
        so_far: &mut AnswerSoFar,
        made: usize,
        council: &Council,
        context: &Context<Council>,
        read: &(impl Fn(&Parts) -> Use + Sync),
    ) -> Result<NextCall, NodeError> {
        let mut new = None;
        let called = context.once("call", async {
            let (call, recorded) = match self.call_limit(made) {
                Some(error) => (NextCall::Failed(Box::new(FailedCall { error, record: None })), None),
                None => self.new_call(so_far, council, context, read).await,
            };
            new = Some(call);
            recorded.ok_or_else(|| Unrecorded.into())
        });
        match (called.await, new) {
            (Ok(known), None) => Ok(NextCall::Known(known)),
            (Ok(_), Some(new)) => Ok(new),
            (Err(error), Some(new)) if error.is::<Unrecorded>() => Ok(new),
            (Err(error), _) => Err(error),
        }
    }

    /// The error of a run that has made all its calls; `None` if it has calls left.
    fn call_limit(&self, made: usize) -> Option<AgentError> {
        let limit = self.max_calls.filter(|limit| made >= *limit as usize)?;
        Some(AgentError::CallLimit { limit, calls: Vec::new() })
    }

    /// A new call, and what the memory of the task records of it.
    async fn new_call(
        &self,
        so_far: &mut AnswerSoFar,
        council: &Council,
        context: &Context<Council>,
        read: &(impl Fn(&Parts) -> Use + Sync),
    ) -> (NextCall, Option<RecordedCall>) {
        show(&take(&mut so_far.unseen), context);
        let mut answer = match self.call(&so_far.exchange, council, context).await {
            Ok(answer) => answer,
            Err(call) => {
                let recorded = match (call.record.clone(), call.cannot_be_continued()) {
                    (Some(too_long), true) => Some(RecordedCall::TooLongPaid { too_long }),
                    (Some(failed), false) => Some(RecordedCall::Failed { failed }),
                    (None, true) => Some(RecordedCall::TooLong),
                    (None, false) => None,
                };
                return (NextCall::Failed(call), recorded);
            }
        };
        let mut parts = so_far.parts.clone();
        parts.continue_with(&answer.parts, answer.record.repeated.len());
        let is_last = answer.record.kind != StopKind::Length && !so_far.was_reasoning(&answer.parts);
        let used = read(&parts);
        if is_last && !matches!(used, Use::Taken) {
            so_far.exchange.feedback_left_out = answer.record.feedback_left_out;
            self.model.forget(&so_far.exchange.request(&self.brief, council));
        }
        match used {
            Use::Taken | Use::TakenUnclear if is_last => (NextCall::New(answer), None),
            Use::Empty if is_last => {
                let error = AgentError::Empty {
                    model: answer.record.model.clone(),
                    only_reasoning: answer.has_reasoning,
                    retries: None,
                    calls: Vec::new(),
                };
                answer.record.fail(error.fault());
                let recorded = RecordedCall::Failed { failed: answer.record.clone() };
                let call = FailedCall { error, record: Some(answer.record) };
                (NextCall::Failed(Box::new(call)), Some(recorded))
            }
            _ => (NextCall::New(answer.clone()), Some(RecordedCall::Answer(answer))),
        }
    }

    /// The error of an answer that is still incomplete after these calls, or was only reasoning.
    fn incomplete(&self, calls: &[CallRecord], only_reasoning: bool) -> AgentError {
        let cut = calls.iter().rfind(|call| call.kind == StopKind::Length);
        let (model, stop_reason) =
            cut.map_or((self.model.name(), ""), |call| (call.model.as_str(), call.stop_reason.as_str()));
        let (model, stop_reason) = (model.to_owned(), stop_reason.to_owned());
        let (kind, words, retries, calls) = (StopKind::Length, None, None, Vec::new());
        AgentError::Unusable { model, kind, stop_reason, only_reasoning, words, retries, calls }
    }
}

/// A call of an answer.
enum NextCall {
    /// An earlier attempt made it.
    Known(RecordedCall),
    New(RecordedAnswer),
    Failed(Box<FailedCall>),
}

/// The calls of an answer so far.
struct AnswerSoFar {
    exchange: Exchange,
    parts: Parts,
    /// The number of its calls with an answer.
    answers: usize,
    /// The index of its first call among those of the task.
    first: usize,
    /// The text that the memory of the task holds, and that watchers of this attempt have not seen.
    unseen: String,
}

impl AnswerSoFar {
    /// An answer without calls; `calls` are the earlier calls of the task.
    fn begin(exchange: &Exchange, calls: &[CallRecord]) -> Self {
        let (exchange, first) = (exchange.clone(), calls.len());
        Self { exchange, parts: Parts::default(), answers: 0, first, unseen: String::new() }
    }

    /// Adds the next answer.
    fn take(&mut self, RecordedAnswer { parts, record, .. }: &RecordedAnswer, is_new: bool) {
        self.exchange.feedback_left_out = record.feedback_left_out;
        self.exchange.take(&parts.text, record.kind);
        self.parts.continue_with(parts, record.repeated.len());
        self.answers += 1;
        if !is_new {
            self.unseen.push_str(&parts.text[record.repeated.len()..]);
        }
    }

    /// Whether the text so far was the model's reasoning: it has no mark, and a mark in its continuation ends the reasoning. Some servers
    /// drop the mark at its beginning.
    fn was_reasoning(&self, continuation: &Parts) -> bool {
        !self.parts.text.trim().is_empty() && !self.parts.has_mark() && !continuation.withdrawn.is_empty()
    }
}

/// Whether an answer of these calls has text.
fn has_text(calls: &[CallRecord]) -> bool {
    calls.iter().any(|call| call.text_bytes > 0 || !call.repeated.trim().is_empty())
}

/// Says of all calls without a fault why their text is not used.
fn fail_all(calls: &mut [CallRecord], fault: &str) {
    calls.iter_mut().filter(|call| call.fault.is_none()).for_each(|call| call.fail(fault));
}

/// How often an answer that reached the limit of its length is continued.
const MOST_CONTINUATIONS: usize = 4;

const WAS_REASONING: &str = "the text was the model's reasoning";
const STILL_INCOMPLETE: &str = "the answer was still incomplete after the last allowed continuation";
const ONLY_REASONING: &str = "the model used all its room for reasoning";
const CANNOT_BE_CONTINUED: &str = "the answer was cut, and is too long to be continued";
