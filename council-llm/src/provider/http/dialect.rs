//! What a provider adds to an HTTP call: how a request is worded, and how an answer is read.

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

    /// The headers that every request carries.
    fn headers(self) -> &'static [(&'static str, &'static str)];

    /// The header that carries the key.
    fn key_header(self, key: &str) -> (HeaderName, String);

    /// The JSON of a request to `model` at `address`.
    fn body(self, model: &str, address: &Address, request: &ChatRequest, streaming: bool) -> Value;

    /// Reads one event of a streamed answer. Events and fields it does not know are [`EventMeaning::Nothing`].
    fn event(self, event: &Value, answer: &mut AnswerEnd) -> EventMeaning;

    /// Reads a whole answer; `None` if it does not look like one.
    fn reply(self, reply: &Value) -> Option<(String, AnswerEnd)>;
}

/// A number as a person wrote it: 0.7 stays 0.7, where a plain cast from `f32` would send 0.699999988079071.
pub(crate) fn decimal(number: f32) -> Value {
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// What is known of how an answer ends, while it is still being read.
#[derive(Debug, Default)]
pub(crate) struct AnswerEnd {
    /// Why the model stopped, once it has.
    pub(crate) stop_reason: Option<String>,
    /// The tokens as last reported.
    pub(crate) usage: Usage,
}

impl From<AnswerEnd> for End {
    fn from(answer: AnswerEnd) -> Self {
        Self { stop_reason: answer.stop_reason.unwrap_or_default(), usage: answer.usage }
    }
}

/// What one event of a streamed answer means.
#[derive(Debug)]
pub(crate) enum EventMeaning {
    /// Nothing for the reader and no sign of work: a heartbeat, bookkeeping, something unknown.
    Nothing,
    /// The model works, but not on the text: a token of its reasoning.
    Progress,
    /// The next piece of the text.
    Delta(String),
    /// The provider says that nothing follows.
    Finished,
}
