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
/// Claude models after Opus 4.6 accept no temperature. If the model refuses a field and says how to change the request, such as a
/// temperature or an answer that is too long, the changed request is sent, and later requests to this model have the same change.
///
/// A request with `max_tokens` 0 asks for the longest answer of the model, because this API requires a number: 128,000 tokens for Claude
/// models after 4.5, and fewer for older ones. It asks a model with another name for 32,000 tokens, or for as many as its server names when
/// it refuses. The input tokens of [`Usage`] include the tokens
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
    /// use council_llm::{Anthropic, ChatModel, Retried};
    ///
    /// let model = Retried::new(Anthropic::new("claude-sonnet-4-5", "the key"));
    /// assert_eq!(model.name(), "anthropic/claude-sonnet-4-5");
    /// ```
    #[must_use]
    pub fn new(model: impl Into<String>, key: impl Into<String>) -> Self {
        let address = Address::known(ANTHROPIC);
        Self(HttpModel::new(Messages, model.into(), Some(key.into()), address))
    }
}

http_model! {
    /// Sets the address of the server. A trailing slash, `/v1` or `/v1/messages` makes no difference. `user:password@` is sent as basic authorization.
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
        Ok(Address::parse(base_url)?.without(self.path()).versioned())
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
        let max_tokens = if request.max_tokens == 0 { longest_answer(model) } else { request.max_tokens };
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
                    (Some(text), _) => text_piece(text),
                    (None, Some(thinking)) if !thinking.is_empty() => reasoning_piece(thinking),
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
        let blocks = match &reply["content"] {
            Value::Array(blocks) => blocks.as_slice(),
            // Some servers send the text alone.
            text @ Value::String(_) => &[json!({ "text": text })],
            _ => return None,
        };
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
        Some(text) if !text.is_empty() => text_piece(text),
        _ => EventMeaning::Nothing,
    }
}

/// The next piece of the text.
fn text_piece(text: &str) -> EventMeaning {
    EventMeaning::Piece { reasoning: String::new(), text: text.to_owned() }
}

/// The next piece of the reasoning.
fn reasoning_piece(reasoning: &str) -> EventMeaning {
    EventMeaning::Piece { reasoning: reasoning.to_owned(), text: String::new() }
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

/// The longest answer of a model, in tokens. Names at routers and clouds have a prefix: `us.anthropic.claude-opus-4-5`.
fn longest_answer(model: &str) -> u32 {
    let model = model.to_ascii_lowercase();
    let Some(place) = model.find("claude") else { return OTHER_MODELS };
    // OpenRouter writes `claude-opus-4.5`.
    let name = model[place..].replace('.', "-");
    let is = |family: &str| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '@', ':']))
    };
    OLDER_MODELS
        .iter()
        .find(|(_, families)| families.iter().any(|family| is(family)))
        .map_or(NEWER_MODELS, |(tokens, _)| *tokens)
}

/// The longest answers of Claude models, as the model table of LiteLLM 1.110.2 and Anthropic's page "Models overview" have them. The more
/// exact name comes first.
const OLDER_MODELS: [(u32, &[&str]); 6] = [
    (64_000, &["claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"]),
    (NEWER_MODELS, &["claude-opus-4-6", "claude-opus-4-7", "claude-opus-4-8", "claude-sonnet-4-6"]),
    (32_000, &["claude-opus-4", "claude-4-opus"]),
    (64_000, &["claude-sonnet-4", "claude-4-sonnet", "claude-3-7-sonnet"]),
    (8192, &["claude-3-5-sonnet", "claude-3-5-haiku"]),
    (4096, &["claude-3-opus", "claude-3-sonnet", "claude-3-haiku", "claude-2", "claude-instant"]),
];
const NEWER_MODELS: u32 = 128_000;
const OTHER_MODELS: u32 = 32_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_limit_asks_for_the_longest_answer_of_the_model() {
        for (model, tokens) in [
            ("claude-3-haiku-20240307", 4096),
            ("claude-3-5-sonnet-20241022", 8192),
            ("claude-3-7-sonnet-latest", 64_000),
            ("claude-opus-4-20250514", 32_000),
            ("claude-opus-4-1-20250805", 32_000),
            ("claude-sonnet-4@20250514", 64_000),
            ("us.anthropic.claude-opus-4-5-20251101-v1:0", 64_000),
            ("anthropic/claude-sonnet-4.5", 64_000),
            ("claude-haiku-4-5", 64_000),
            ("claude-opus-4-6", 128_000),
            ("claude-sonnet-4-6", 128_000),
            ("claude-opus-5-5", 128_000),
            ("claude-of-next-year", 128_000),
            ("qwen3", 32_000),
        ] {
            assert_eq!(longest_answer(model), tokens, "{model}");
        }
    }
}
