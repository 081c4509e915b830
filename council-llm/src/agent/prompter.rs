//! The work of an agent's model: a text, or a verdict.

use std::sync::Arc;

use council_core::Context;

use super::ask::{Answer, withdraw_tokens};
use super::brief::Brief;
use super::error::AgentError;
use super::verdict::Reading;
use crate::chat::event::Usage;
use crate::chat::model::ChatModel;
use crate::chat::timeouts::CallTimeouts;
use crate::state::call_record::{CallReason, CallRecord};
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
    ) -> Result<(String, Vec<CallRecord>), AgentError> {
        let answer = self.ask(self.brief.request(council), context).await?;
        let record = self.record(&answer, context, CallReason::First);
        let text = answer.parts.text;
        if text.trim().is_empty() {
            return Err(AgentError::Empty { model: self.model.name().to_owned() });
        }
        Ok((text, vec![record]))
    }

    /// The verdict on the draft. An answer without a score that is read for sure is asked for again, at most `clarifications`
    /// times.
    pub(super) async fn judge(
        &self,
        council: &Council,
        context: &Context<Council>,
        threshold: f64,
        clarifications: u32,
    ) -> Result<Judgement, AgentError> {
        let mut answer = self.ask(self.brief.request(council), context).await?;
        let mut calls = vec![self.record(&answer, context, CallReason::First)];
        let mut unreadable = Vec::new();
        for _ in 0..clarifications {
            if matches!(Reading::of_parts(&answer.parts, &council.draft, threshold), Reading::Score(_)) {
                break;
            }
            withdraw_tokens(context, "the answer is asked for again");
            let next = self.ask(self.brief.clarification(council, &answer.parts.text), context).await?;
            calls.push(self.record(&next, context, CallReason::Clarification));
            unreadable.push(std::mem::replace(&mut answer, next).parts.text);
        }
        let verdict = Reading::of_parts(&answer.parts, &council.draft, threshold).into_verdict();
        Ok(Judgement { verdict, unreadable, calls })
    }

    fn record(&self, answer: &Answer, context: &Context<Council>, reason: CallReason) -> CallRecord {
        CallRecord {
            duration_ms: u64::try_from(answer.duration.as_millis()).unwrap_or(u64::MAX),
            attempt: context.attempt(),
            max_tokens: answer.max_tokens,
            text_bytes: answer.parts.text.len(),
            ..CallRecord::new(context.node(), self.model.name(), reason, &answer.end)
        }
    }
}

/// The tokens of all calls.
pub(super) fn usage(calls: &[CallRecord]) -> Usage {
    calls.iter().fold(Usage::default(), |mut sum, call| {
        sum += call.usage;
        sum
    })
}

/// The verdict of a critic, and the calls behind it.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The answers before it that could not be read for sure.
    pub(super) unreadable: Vec<String>,
    pub(super) calls: Vec<CallRecord>,
}
