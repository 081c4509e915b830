//! The dialect of a provider: how a request is worded, and how an answer is read.

use reqwest::header::HeaderName;
use serde_json::Value;

use crate::chat::event::{End, Usage};
use crate::chat::request::ChatRequest;

use super::address::{Address, AddressError};

/// How a provider words a request, and how it words its answer.
pub(crate) trait Dialect: Copy + Send + Sync + 'static {
    /// The provider's name, as errors and model names show it.
    fn provider(self) -> &'static str;

    /// The path of the endpoint below the base address.
    fn path(self) -> &'static [&'static str];

    /// Reads the base address of a server.
    fn address(self, base_url: &str) -> Result<Address, AddressError>;

    /// The headers of every request.
    fn headers(self) -> &'static [(&'static str, &'static str)];

    /// The header of the key.
    fn key_header(self, key: &str) -> (HeaderName, String);

    /// The JSON of a request to `model` at `address`.
    fn body(self, model: &str, address: &Address, request: &ChatRequest, streaming: bool) -> Value;

    /// Reads one event of a streamed answer. Unknown events and fields are [`EventMeaning::Nothing`].
    fn event(self, event: &Value, answer: &mut AnswerEnd) -> EventMeaning;

    /// Reads a whole answer; `None` if it has another form.
    fn reply(self, reply: &Value) -> Option<(String, AnswerEnd)>;
}

/// The shortest decimal of a number: 0.7 stays 0.7. A plain cast from `f32` would send 0.699999988079071.
pub(crate) fn decimal(number: f32) -> Value {
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// The end of an answer, as far as it has been received.
#[derive(Debug, Default)]
pub(crate) struct AnswerEnd {
    /// The stop reason, once the model has sent it.
    pub(crate) stop_reason: Option<String>,
    /// The tokens as last reported.
    pub(crate) usage: Usage,
}

impl From<AnswerEnd> for End {
    fn from(answer: AnswerEnd) -> Self {
        Self { stop_reason: answer.stop_reason.unwrap_or_default(), usage: answer.usage }
    }
}

/// The meaning of one event of a streamed answer.
#[derive(Debug)]
pub(crate) enum EventMeaning {
    /// No text and no progress: a heartbeat, metadata, or an unknown event.
    Nothing,
    /// Progress without text: a token of the reasoning.
    Progress,
    /// The next piece of the text.
    Delta(String),
    /// The end marker of the provider.
    Finished,
}
