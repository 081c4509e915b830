//! The requests for one answer: the first, and those after an answer that reached the limit of its length.

use super::brief::Brief;
use super::prompts;
use super::seam::repeated;
use crate::chat::request::{ChatRequest, Message};
use crate::chat::stop::StopKind;
use crate::state::call_record::CallReason;
use crate::state::council::Council;

/// The calls for one answer so far. With the brief and the council, they determine the next request.
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange {
    /// The critic's previous answer, if it could not be read for sure.
    unclear: Option<String>,
    /// The text of the answer so far.
    text: String,
    /// The number of answers that had no room for text.
    without_text: u32,
    /// Whether the last answer had no room for text.
    is_without_text: bool,
    /// The number of the oldest feedbacks that the requests leave out.
    pub(super) feedback_left_out: usize,
}

impl Exchange {
    /// The exchange after a critic's answer that could not be read for sure.
    pub(super) fn clarifying(answer: String) -> Self {
        Self { unclear: Some(answer), ..Self::default() }
    }

    /// The beginning of the same exchange, after a text that was reasoning. The clarification of a verdict stays as it is.
    #[must_use]
    pub(super) fn with_more_room(self) -> Self {
        let is_without_text = self.unclear.is_none();
        Self { is_without_text, without_text: u32::from(is_without_text), ..self }
    }

    /// The text of the answer so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a call was cut, so that the next one continues.
    pub(super) fn is_begun(&self) -> bool {
        !self.text.is_empty() || self.without_text > 0
    }

    /// Why the next request is sent.
    pub(super) fn reason(&self) -> CallReason {
        match self {
            Self { is_without_text: true, .. } => CallReason::MoreRoom,
            Self { text, .. } if !text.is_empty() => CallReason::Continuation,
            Self { unclear: Some(_), .. } => CallReason::Clarification,
            _ => CallReason::First,
        }
    }

    /// The next request.
    pub(super) fn request(&self, brief: &Brief, council: &Council) -> ChatRequest {
        let mut request = match &self.unclear {
            Some(answer) => brief.clarification(council, answer),
            None => brief.request(council, self.feedback_left_out),
        };
        if !self.text.is_empty() {
            let continuation = Message::user(prompts::continuation(&self.text));
            request = request.message(Message::assistant(&self.text)).message(continuation);
        }
        if self.without_text > 0 {
            let room = 2_u32.saturating_pow(self.without_text);
            request.max_tokens = request.max_tokens.saturating_mul(room);
            if let Some(message) = request.messages.last_mut() {
                message.content = format!("{}\n\n{}", message.content, prompts::less_thinking());
            }
        }
        request
    }

    /// Takes the text of the next answer. Returns the number of bytes at its beginning that are no part of the text.
    pub(super) fn take(&mut self, answer: &str, kind: StopKind) -> usize {
        let is_blank = kind == StopKind::Length && answer.trim().is_empty();
        let start = if is_blank { answer.len() } else { repeated(&self.text, answer) };
        self.add(&answer[..start], &answer[start..], kind);
        start
    }

    /// Takes the text of the next answer, of which the first part is no part of the text.
    pub(super) fn add(&mut self, repeated: &str, new: &str, kind: StopKind) {
        let is_blank = repeated.trim().is_empty() && new.trim().is_empty();
        self.is_without_text = kind == StopKind::Length && is_blank;
        self.without_text += u32::from(self.is_without_text);
        self.text.push_str(new);
    }
}
