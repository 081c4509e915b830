//! Claude over the Anthropic Messages API, and every server that speaks it.

use reqwest::header::HeaderName;
use serde_json::{Value, json};

use super::http::address::{Address, AddressError};
use super::http::client::HttpModel;
use super::http::dialect::{AnswerEnd, Dialect, EventMeaning, decimal};
use super::http::model::http_model;
use crate::chat::event::Usage;
use crate::chat::request::ChatRequest;

/// A model of the Anthropic Messages API (`POST {base}/v1/messages`).
///
/// Claude models after Opus 4.6 accept no temperature. If the model refuses the temperature, the call is repeated without it, and later
/// requests to this model do not contain it.
///
/// A request with `max_tokens` 0 asks for 4096 tokens, because this API requires a number. The input tokens of [`Usage`] include the tokens
/// that were written to the provider's cache or read from it, which the API counts separately.
///
/// ```
/// use council_llm::{Anthropic, ChatModel};
///
/// let model = Anthropic::new("claude-sonnet-4-5", "the key");
/// assert_eq!(model.name(), "anthropic/claude-sonnet-4-5");
/// ```
#[derive(Debug)]
pub struct Anthropic(HttpModel<Messages>);

impl Anthropic {
    /// The model with this id at `https://api.anthropic.com`.
    ///
    /// ```
    /// use council_llm::{Anthropic, ChatModel, Retry};
    ///
    /// let model = Retry::new(Anthropic::new("claude-sonnet-4-5", "the key"));
    /// assert_eq!(model.name(), "anthropic/claude-sonnet-4-5");
    /// ```
    #[must_use]
    pub fn new(model: impl Into<String>, key: impl Into<String>) -> Self {
        let address = Address::known(ANTHROPIC);
        Self(HttpModel::new(Messages, model.into(), Some(key.into()), address))
    }
}

http_model! {
    /// Sets the address of the server. A trailing slash or `/v1` makes no difference. `user:password@` is sent as basic authorization.
    ///
    /// ```
    /// use council_llm::Anthropic;
    ///
    /// let model = Anthropic::new("claude-sonnet-4-5", "the key").base_url("http://127.0.0.1:8080/v1/")?;
    /// # Ok::<(), council_llm::AddressError>(())
    /// ```
    Anthropic, r#"Anthropic::new("claude-sonnet-4-5", "the key")"#
}

/// The dialect of the Messages API.
#[derive(Clone, Copy)]
struct Messages;

impl Dialect for Messages {
    fn provider(self) -> &'static str {
        "anthropic"
    }

    fn path(self) -> &'static [&'static str] {
        &["messages"]
    }

    fn address(self, base_url: &str) -> Result<Address, AddressError> {
        Ok(Address::parse(base_url)?.versioned())
    }

    fn list_query(self) -> Option<(&'static str, &'static str)> {
        // The longest page; the default is 20 models.
        Some(("limit", "1000"))
    }

    fn headers(self) -> &'static [(&'static str, &'static str)] {
        &[("anthropic-version", "2023-06-01")]
    }

    fn key_header(self, key: &str) -> (HeaderName, String) {
        (HeaderName::from_static("x-api-key"), key.to_owned())
    }

    fn body(self, model: &str, _: &Address, request: &ChatRequest, streaming: bool) -> Value {
        let max_tokens = if request.max_tokens == 0 { DEFAULT_MAX_TOKENS } else { request.max_tokens };
        let mut body = json!({
            "model": model,
            "max_tokens": max_tokens,
            "messages": request.messages,
            "stream": streaming,
        });
        if let Some(system) = &request.system {
            body["system"] = json!(system);
        }
        if let Some(temperature) = request.temperature {
            body["temperature"] = decimal(temperature);
        }
        body
    }

    fn event(self, event: &Value, answer: &mut AnswerEnd) -> EventMeaning {
        match event["type"].as_str() {
            Some("message_start") => add_usage(&event["message"]["usage"], &mut answer.usage),
            Some("content_block_start") => return begun(&event["content_block"], answer),
            Some("content_block_delta") => {
                let delta = &event["delta"];
                return match (delta["text"].as_str(), delta["thinking"].as_str()) {
                    (Some(""), _) => EventMeaning::Nothing,
                    (Some(text), _) => EventMeaning::Delta(text.to_owned()),
                    (None, Some(thinking)) if !thinking.is_empty() => EventMeaning::Reasoning(thinking.to_owned()),
                    (None, _) => EventMeaning::Progress,
                };
            }
            Some("message_delta") => {
                if let Some(reason) = event["delta"]["stop_reason"].as_str() {
                    answer.stop_reason = Some(reason.to_owned());
                }
                add_usage(&event["usage"], &mut answer.usage);
            }
            Some("message_stop") => return EventMeaning::Finished,
            _ => {}
        }
        EventMeaning::Nothing
    }

    fn reply(self, reply: &Value, answer: &mut AnswerEnd) -> Option<String> {
        let blocks = reply["content"].as_array()?;
        add_usage(&reply["usage"], &mut answer.usage);
        answer.stop_reason = reply["stop_reason"].as_str().map(str::to_owned);
        answer.calls_tool = blocks.iter().any(is_tool_call);
        answer.reasoning = blocks.iter().filter_map(|block| block["thinking"].as_str()).collect();
        Some(blocks.iter().filter_map(|block| block["text"].as_str()).collect())
    }
}

/// The beginning of a block. Some servers send its first text here.
fn begun(block: &Value, answer: &mut AnswerEnd) -> EventMeaning {
    answer.calls_tool |= is_tool_call(block);
    match block["text"].as_str() {
        Some(text) if !text.is_empty() => EventMeaning::Delta(text.to_owned()),
        _ => EventMeaning::Nothing,
    }
}

fn is_tool_call(block: &Value) -> bool {
    block["type"] == "tool_use"
}

/// Adds a report of tokens. Each report is a running total, and a later report may leave fields out.
fn add_usage(reported: &Value, usage: &mut Usage) {
    let tokens = |name: &str| reported[name].as_u64().unwrap_or(0);
    let cached = tokens("cache_read_input_tokens");
    let input = tokens("input_tokens").saturating_add(cached).saturating_add(tokens("cache_creation_input_tokens"));
    usage.input_tokens = usage.input_tokens.max(input);
    usage.cached_tokens = usage.cached_tokens.max(cached);
    usage.output_tokens = usage.output_tokens.max(tokens("output_tokens"));
}

const ANTHROPIC: &str = "https://api.anthropic.com/v1";
const DEFAULT_MAX_TOKENS: u32 = 4096;
