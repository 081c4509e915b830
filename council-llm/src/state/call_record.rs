//! The record of one call of a model, in the state of a council.

use serde::{Deserialize, Serialize};

use crate::chat::event::{End, Usage};
use crate::chat::stop::StopKind;

/// One call of a model, as its agent has recorded it.
///
/// A failed call has a record with a [`fault`](Self::fault) if it may have cost something. A call that cannot have cost anything has no
/// record: the connection or the request was refused, or the model was overloaded before it began to answer or reported tokens. If a wrapper of the model
/// makes several calls for one, as [`Retried`](crate::Retried) and [`Fallback`](crate::Fallback) do, the agent records the last one, and adds
/// the tokens that were reported for the others before they broke off.
///
/// The prompt and the answer are not in it: [`Call::rebuild`](crate::Call::rebuild) shows them.
///
/// ```
/// use council_llm::{Council, CouncilBuilder, ScriptedModel, StopKind};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9", "The document."]);
/// let council = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await?.into_state();
/// let nodes: Vec<_> = council.calls.iter().map(|call| call.node.as_str()).collect();
/// assert_eq!(nodes, ["master_agent", "critic_agent", "writer_agent"]);
/// assert_eq!((council.calls[0].model.as_str(), council.calls[0].kind), ("scripted", StopKind::Completed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct CallRecord {
    /// The node of the agent.
    pub node: String,
    /// The name of the model. If a [`Fallback`](crate::Fallback) has called another model, it is the name of that model.
    pub model: String,
    /// Why the model was called.
    pub reason: CallReason,
    /// The provider's name for the reason why the answer ended. It is empty if the answer broke off.
    pub stop_reason: String,
    /// The meaning of that name.
    pub kind: StopKind,
    /// The tokens of the call, as the provider reports them. If the answer broke off, only the tokens that the provider had reported by then
    /// count. Anthropic reports the tokens of the prompt at the beginning; most other providers report all tokens at the end.
    pub usage: Usage,
    /// How long the call took, in milliseconds. If it waited for its turn, the wait is included.
    pub duration_ms: u64,
    /// The number of the attempt at the agent's task that made the call, from 1.
    pub attempt: u32,
    /// The limit of the answer that the request set, in tokens; 0 left it to the provider.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max_tokens: u32,
    /// The number of the oldest feedbacks that the request left out, because it was too long for the model.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub feedback_left_out: usize,
    /// The beginning of the answer that is no part of the agent's text: it repeats the end of the previous answer, or is blank.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repeated: String,
    /// The length of the rest of the answer, in bytes. It is the next part of the agent's text; 0 if the call has a fault.
    pub text_bytes: usize,
    /// Why no text of the call is used: the answer broke off, was withheld, refused, empty, the model's reasoning, or still
    /// incomplete after the last allowed continuation. `None` if the text is a part of the agent's text, or was a critic's answer that was
    /// not clear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl CallRecord {
    /// The record of a call that ended in this way. It took no time, and its answer has no text.
    ///
    /// ```
    /// use council_llm::{CallReason, CallRecord, End, StopKind, Usage};
    ///
    /// let end = End::new("length").usage(Usage::new(20, 100));
    /// let record = CallRecord::new("writer_agent", "anthropic/claude", CallReason::First, &end);
    /// assert_eq!((record.kind, record.usage.output_tokens, record.attempt), (StopKind::Length, 100, 1));
    /// ```
    #[must_use]
    pub fn new(node: impl Into<String>, model: impl Into<String>, reason: CallReason, end: &End) -> Self {
        Self {
            node: node.into(),
            model: model.into(),
            reason,
            stop_reason: end.stop_reason.clone(),
            kind: end.kind,
            usage: end.usage,
            duration_ms: 0,
            attempt: 1,
            max_tokens: 0,
            feedback_left_out: 0,
            repeated: String::new(),
            text_bytes: 0,
            fault: None,
        }
    }

    /// Says why no text of the call is used.
    pub(crate) fn fail(&mut self, fault: impl Into<String>) {
        self.repeated.clear();
        self.text_bytes = 0;
        self.fault = Some(fault.into());
    }
}

/// Why a model was called.
///
/// ```
/// use council_llm::CallReason;
///
/// assert_eq!(serde_json::to_string(&CallReason::MoreRoom)?, r#""more_room""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CallReason {
    /// It is the first call of the agent's task.
    First,
    /// The previous answer reached the limit of its length, so the model continues it.
    Continuation,
    /// The previous answer reached the limit of its length before it had any text, so the model is asked again, and to think briefly. If
    /// the request sets a limit of the answer, it is doubled.
    MoreRoom,
    /// The critic's previous answer could not be read for sure, so it is asked again.
    Clarification,
}

fn is_zero<N: Default + PartialEq>(number: &N) -> bool {
    *number == N::default()
}
