//! The dialect of a provider: how a request is worded, and how an answer is read.

use reqwest::header::HeaderName;
use serde_json::Value;

use crate::chat::event::{End, Usage};
use crate::chat::request::ChatRequest;
use crate::chat::stop::StopKind;

use super::address::{Address, AddressError};

/// How a provider words a request, and how it words its answer.
pub(crate) trait Dialect: Copy + Send + Sync + 'static {
    /// The provider's name, as errors and model names show it.
    fn provider(self) -> &'static str;

    /// Whether the server is an Ollama.
    fn is_ollama(self) -> bool {
        false
    }

    /// The path of the endpoint below the base address.
    fn path(self) -> &'static [&'static str];

    /// Reads the base address of a server.
    fn address(self, base_url: &str) -> Result<Address, AddressError>;

    /// The query of a request for the list of models.
    fn list_query(self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// The headers of every request.
    fn headers(self) -> &'static [(&'static str, &'static str)];

    /// The header of the key.
    fn key_header(self, key: &str) -> (HeaderName, String);

    /// The JSON of a request to `model` at `address`.
    fn body(self, model: &str, address: &Address, request: &ChatRequest, streaming: bool) -> Value;

    /// Reads one event of a streamed answer. Unknown events and fields are [`EventMeaning::Nothing`].
    fn event(self, event: &Value, answer: &mut AnswerEnd) -> EventMeaning;

    /// Reads a whole answer; `None` if it has another form.
    fn reply(self, reply: &Value, answer: &mut AnswerEnd) -> Option<String>;
}

/// The shortest decimal of a number: 0.7 stays 0.7. A plain cast from `f32` would send 0.699999988079071.
pub(crate) fn decimal(number: f32) -> Value {
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// The end of an answer, as far as it has been received.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerEnd {
    /// The stop reason, once the model has sent it.
    pub(crate) stop_reason: Option<String>,
    /// The words of a refusal, as far as they have been received.
    pub(crate) refusal: String,
    /// The reasoning of a whole answer.
    pub(crate) reasoning: String,
    /// Whether the model has called a tool.
    pub(crate) calls_tool: bool,
    /// Whether the model has written text.
    pub(crate) has_text: bool,
    /// The tokens as last reported.
    pub(crate) usage: Usage,
}

impl AnswerEnd {
    /// Whether the provider has said how the answer ended.
    pub(crate) fn is_known(&self) -> bool {
        self.stop_reason.is_some() || !self.refusal.is_empty()
    }
}

impl From<AnswerEnd> for End {
    fn from(answer: AnswerEnd) -> Self {
        let end = Self::new(answer.stop_reason.unwrap_or_default()).usage(answer.usage);
        if !answer.refusal.is_empty() {
            return end.refused(answer.refusal);
        }
        // Ollama names the same reason after a call of a tool as after a text.
        let is_call =
            answer.calls_tool && !answer.has_text && matches!(end.kind, StopKind::Completed | StopKind::Other);
        if is_call { end.kind(StopKind::ToolCall) } else { end }
    }
}

/// The meaning of one event of a streamed answer.
#[derive(Debug)]
pub(crate) enum EventMeaning {
    /// No text and no progress: a heartbeat, metadata, or an unknown event.
    Nothing,
    /// The model works, and nothing of it can be shown.
    Progress,
    /// The next piece of the reasoning, and the piece of the text behind it. Either may be empty.
    Piece { reasoning: String, text: String },
    /// The end marker of the provider.
    Finished,
}
