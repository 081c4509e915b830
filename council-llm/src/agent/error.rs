//! The errors of an agent.

use std::time::Duration;

use council_core::{RetriesExhausted, error_chain};

use super::call_wait::CallWait;
use super::error_text::{asked, call_limit, empty, exhausted, no_answer, too_long};
use crate::chat::error::ChatError;
use crate::chat::event::End;
use crate::chat::stop::StopKind;
use crate::state::call_record::CallRecord;

/// The error of an agent. If it fails a run, it is the source of [`Failure::Node`](council_core::Failure::Node).
///
/// ```
/// use council_core::Failure;
/// use council_llm::{AgentError, ScriptedAnswer, ChatError, Council, CouncilBuilder, ScriptedModel};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let model = ScriptedModel::new("anthropic/claude", [ScriptedAnswer::error(|| ChatError::status("anthropic", 401, "wrong key", None))]);
/// let error = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await.unwrap_err();
/// let Failure::Node { node, source, .. } = error.failure() else { panic!("{error}") };
/// assert_eq!(node, "master_agent");
///
/// let agent: &AgentError = source.downcast_ref().unwrap();
/// assert_eq!(agent.to_string(), "model `anthropic/claude` gave no answer");
/// assert!(matches!(agent, AgentError::Chat { source, .. } if !source.is_retryable()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The model gave no answer, or broke its answer off.
    #[error("{}{}", no_answer(model, *received), exhausted(*retries, source.retry_after()))]
    #[non_exhaustive]
    Chat {
        /// The name of the model.
        model: String,
        /// Whether a part of the answer had arrived.
        had_begun: bool,
        /// The number of characters of the answer that had arrived.
        received: usize,
        /// Why the model is not called again. `None` if it is, and if the policy of the agent does not retry this error.
        retries: Option<RetriesExhausted>,
        /// The error of the call.
        #[source]
        source: ChatError,
        /// The calls of the task so far, oldest first: see [`AgentError::calls`].
        calls: Vec<CallRecord>,
    },
    /// The model answered with only white space, or with only reasoning.
    #[error("model `{model}` gave {}{}", empty(*only_reasoning), exhausted(*retries, None))]
    #[non_exhaustive]
    Empty {
        /// The name of the model.
        model: String,
        /// Whether the answer was only reasoning.
        only_reasoning: bool,
        /// Why the model is not called again: see [`Chat`](Self::Chat).
        retries: Option<RetriesExhausted>,
        /// The calls of the task so far, oldest first: see [`AgentError::calls`].
        calls: Vec<CallRecord>,
    },
    /// The request is too long for the model, also without the older feedback.
    #[error("{}", too_long(model, *had_begun))]
    #[non_exhaustive]
    TooLong {
        /// The name of the model.
        model: String,
        /// Whether a part of the answer had arrived, which the request continues.
        had_begun: bool,
        /// The error of the call.
        #[source]
        source: ChatError,
        /// The calls of the task so far, oldest first: see [`AgentError::calls`].
        calls: Vec<CallRecord>,
    },
    /// The model's answer is not whole, or is none: it was cut, withheld or refused, or the model called a tool.
    #[error("model `{model}` gave no answer that can be used: {}", unusable(*kind, stop_reason, *only_reasoning, words.as_deref(), *retries))]
    #[non_exhaustive]
    Unusable {
        /// The name of the model.
        model: String,
        /// Why the answer ended.
        kind: StopKind,
        /// The provider's name for that reason.
        stop_reason: String,
        /// Whether the model used all its room for reasoning, so that the answer has no text.
        only_reasoning: bool,
        /// The words of the model, if it refused and the provider sends them apart from the text.
        words: Option<String>,
        /// Why the model is not called again: see [`Chat`](Self::Chat).
        retries: Option<RetriesExhausted>,
        /// The calls of the task so far, oldest first: see [`AgentError::calls`].
        calls: Vec<CallRecord>,
    },
    /// The call was not made, because the run has made as many calls as it may.
    #[error("{}", call_limit(*limit))]
    #[non_exhaustive]
    CallLimit {
        /// The limit of the calls of a run.
        limit: u32,
        /// The calls of the task so far, oldest first: see [`AgentError::calls`].
        calls: Vec<CallRecord>,
    },
    /// The call was not made. Its provider had asked to wait, in the answer to another call.
    #[error("{wait}, as its provider has asked{}", exhausted(*retries, Some(*retry_after)))]
    #[non_exhaustive]
    Waiting {
        /// The wait.
        wait: CallWait,
        /// How long the call has to wait.
        retry_after: Duration,
        /// Why the model is not called: see [`Chat`](Self::Chat).
        retries: Option<RetriesExhausted>,
        /// The calls of the task so far, oldest first: see [`AgentError::calls`].
        calls: Vec<CallRecord>,
    },
}

impl AgentError {
    /// The error of an answer that ended in this way.
    pub(super) fn unusable(model: &str, end: End) -> Self {
        let End { stop_reason, kind, refusal, .. } = end;
        Self::Unusable {
            model: model.to_owned(),
            kind,
            stop_reason,
            only_reasoning: false,
            words: refusal,
            retries: None,
            calls: Vec::new(),
        }
    }

    /// The calls of the agent's task so far, oldest first, for an error handler that adds them to [`Council::calls`](crate::Council::calls)
    /// and their tokens to [`Council::usage`](crate::Council::usage), as [`Writer::draft_as_document`](crate::Writer::draft_as_document) does.
    ///
    /// The task has failed, so no text of them is used, and each has a [`fault`](CallRecord::fault). If the task is tried again, its update
    /// contains them. A call that cannot have cost anything is no part of it.
    ///
    /// ```
    /// use council_core::Failure;
    /// use council_llm::{AgentError, Council, CouncilBuilder, End, ScriptedAnswer, ScriptedModel, Usage};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
    /// let refused = ScriptedAnswer::from("Sor").then_end(End::new("refusal").usage(Usage::new(20, 1)));
    /// let model = ScriptedModel::new("scripted", [refused]).repeating();
    /// let error = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await.unwrap_err();
    /// let Failure::Node { source, .. } = error.failure() else { panic!("{error}") };
    /// let calls = source.downcast_ref::<AgentError>().unwrap().calls();
    /// assert_eq!(calls.len(), 5);
    /// assert_eq!(calls[0].usage, Usage::new(20, 1));
    /// assert_eq!(calls[0].fault.as_deref(), Some("the model refused to answer"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn calls(&self) -> &[CallRecord] {
        let (Self::Chat { calls, .. }
        | Self::Empty { calls, .. }
        | Self::TooLong { calls, .. }
        | Self::Unusable { calls, .. }
        | Self::CallLimit { calls, .. }
        | Self::Waiting { calls, .. }) = self;
        calls
    }

    /// The same error with the calls of the task so far.
    pub(super) fn after(mut self, mut of_task: Vec<CallRecord>) -> Self {
        of_task.iter_mut().filter(|call| call.fault.is_none()).for_each(|call| call.fail(LATER_CALL_FAILED));
        let (Self::Chat { calls, .. }
        | Self::Empty { calls, .. }
        | Self::TooLong { calls, .. }
        | Self::Unusable { calls, .. }
        | Self::CallLimit { calls, .. }
        | Self::Waiting { calls, .. }) = &mut self;
        *calls = of_task;
        self
    }

    /// Whether the provider may charge for the failed call.
    pub(super) fn is_paid(&self) -> bool {
        match self {
            Self::Chat { source, had_begun, .. } => *had_begun || source.is_paid(),
            Self::Empty { .. } | Self::Unusable { .. } => true,
            Self::TooLong { .. } | Self::CallLimit { .. } | Self::Waiting { .. } => false,
        }
    }

    /// How long the provider asks to wait before the next attempt.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Chat { source, .. } => source.retry_after(),
            Self::Waiting { retry_after, .. } => Some(*retry_after),
            Self::Empty { .. } | Self::TooLong { .. } | Self::Unusable { .. } | Self::CallLimit { .. } => None,
        }
    }

    /// What is wrong with the answer, in few words, for the record of the call.
    pub(super) fn fault(&self) -> String {
        let (kind, words) = match self {
            Self::Chat { source, .. } | Self::TooLong { source, .. } => return error_chain(source),
            Self::Empty { only_reasoning: true, .. } => return "the answer was only reasoning".to_owned(),
            Self::Empty { .. } => return "the answer was empty".to_owned(),
            Self::Waiting { wait, .. } => return wait.to_string(),
            Self::CallLimit { limit, .. } => return call_limit(*limit),
            Self::Unusable { kind, words, .. } => (kind, words),
        };
        let fault = match kind {
            StopKind::ContentFilter => "the provider withheld the answer or a part of it",
            StopKind::Refusal => "the model refused to answer",
            StopKind::ToolCall => "the model called a tool instead of an answer",
            _ => "the provider broke the answer off",
        };
        format!("{fault}{}", in_words(words.as_deref()))
    }
}

/// What is wrong with an answer that cannot be used. If the model is not called again, the text also says what may help. A repeated call
/// has the same topic and model, so the advice to change them would not help it.
fn unusable(
    kind: StopKind,
    stop_reason: &str,
    only_reasoning: bool,
    words: Option<&str>,
    retries: Option<RetriesExhausted>,
) -> String {
    let (fault, advice) = match kind {
        StopKind::Length if only_reasoning => (
            "it used all its room for reasoning",
            "raise `max_tokens` (in a blueprint `maxTokens`) if you have set it, make the context of a local model longer, or choose a model \
             that reasons less",
        ),
        StopKind::Length => (
            "it reached the limit of its length, and was still incomplete after the last allowed continuation",
            "ask for a shorter text, choose a model that writes longer answers, or raise the limit (max tokens) if you have set one",
        ),
        StopKind::ContentFilter => {
            ("the provider withheld it or a part of it", "change the topic, or choose another model")
        }
        StopKind::Refusal => ("the model refused to answer", "change the topic, or choose another model"),
        StopKind::ToolCall => {
            ("the model called a tool instead of an answer, and it has no tools", "choose another model")
        }
        _ => ("the provider broke it off", "try again later"),
    };
    let asked = asked(retries).map(|asked| format!(" ({asked})")).unwrap_or_default();
    let advice = if retries.is_some() || kind == StopKind::Length { format!("; {advice}") } else { String::new() };
    format!("{fault} (`{stop_reason}`){}{asked}{advice}", in_words(words))
}

/// The words of a refusal, for the end of a sentence.
fn in_words(words: Option<&str>) -> String {
    words.map(|words| format!(", in these words: {:?}", beginning(words))).unwrap_or_default()
}

/// The text, or its beginning if it is long.
fn beginning(words: &str) -> String {
    match words.char_indices().nth(LONGEST_WORDS) {
        Some((end, _)) => format!("{}...", &words[..end]),
        None => words.to_owned(),
    }
}

/// The number of characters of a refusal that an error shows.
const LONGEST_WORDS: usize = 300;

/// The fault of a call with an answer, if a later call of the same task failed.
const LATER_CALL_FAILED: &str = "a later call of the agent failed";
