//! The work of an agent's model: the calls for a text, or for a verdict.

use std::sync::Arc;
use std::time::Duration;

use council_core::{Context, NodeError};

use super::ask::withdraw_tokens;
use super::brief::Brief;
use super::exchange::Exchange;
use super::retry::DEFAULT_PATIENCE;
use super::verdict::Reading;
use crate::chat::blank::is_blank;
use crate::chat::event::Usage;
use crate::chat::model::ChatModel;
use crate::chat::reasoning::Parts;
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
    /// How long a model that does not answer is called again. After that time the node is not retried.
    pub(super) patience: Duration,
    /// How many calls the run may make; no limit if it is `None`.
    pub(super) max_calls: Option<u32>,
}

impl Prompter {
    pub(super) fn new(model: Arc<dyn ChatModel>, brief: Brief) -> Self {
        Self { model, brief, timeouts: CallTimeouts::default(), patience: DEFAULT_PATIENCE, max_calls: None }
    }

    /// A text that is not blank, and the calls behind it.
    pub(super) async fn write(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(String, Vec<CallRecord>), NodeError> {
        let mut calls = Vec::new();
        let read = |parts: &Parts| if is_blank(&parts.text) { Use::Empty } else { Use::Taken };
        let whole = self.whole(Exchange::default(), council, context, &mut calls, read).await?;
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
        let reading = |parts: &Parts| Reading::of_parts(parts, &council.draft, threshold);
        let (mut calls, mut unreadable, mut exchange) = (Vec::new(), Vec::<String>::new(), Exchange::default());
        loop {
            let is_last = u32::try_from(unreadable.len()).unwrap_or(u32::MAX) >= clarifications;
            let read = |parts: &Parts| match reading(parts) {
                Reading::Score(_) => Use::Taken,
                _ if is_last => Use::TakenUnclear,
                _ => Use::Unclear,
            };
            let answer = self.whole(exchange, council, context, &mut calls, read).await?;
            if matches!(read(&answer), Use::Taken | Use::TakenUnclear) {
                return Ok(Judgement { verdict: reading(&answer).into_verdict(), unreadable, calls });
            }
            withdraw_tokens(context, "the answer is asked for again");
            exchange = Exchange::clarifying(answer.text.clone());
            unreadable.push(answer.text);
        }
    }
}

/// What an agent does with a whole answer.
pub(super) enum Use {
    /// The answer is the agent's text.
    Taken,
    /// The answer is the agent's text, although it is not clear: it was the last clarification.
    TakenUnclear,
    /// The agent asks for a clear answer, in the same attempt.
    Unclear,
    /// The answer is empty, and the attempt fails.
    Empty,
}

/// The tokens of all calls.
pub(super) fn usage(calls: &[CallRecord]) -> Usage {
    calls.iter().map(|call| call.usage).sum()
}

/// The verdict of a critic, and the calls behind it.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The previous answers, which could not be read for sure.
    pub(super) unreadable: Vec<String>,
    pub(super) calls: Vec<CallRecord>,
}
