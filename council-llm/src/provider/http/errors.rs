//! The errors of a call, without keys and credentials.

use std::borrow::Cow;
use std::error::Error;

use council_core::error_chain;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::advice::Advisor;
use super::patience::Exceeded;
use super::retry_after::retry_after;
use crate::chat::error::{ChatError, is_final_kind};
use crate::provider::limits::CallLimits;
use crate::provider::redact::is_secret;

/// The errors of one call.
#[derive(Debug)]
pub(super) struct CallErrors {
    provider: Cow<'static, str>,
    address: String,
    secrets: Vec<String>,
    advisor: Advisor,
}

impl CallErrors {
    /// Errors of a call to `provider` at `address`, with each of `secrets` masked that can be one.
    pub(super) fn new(
        provider: Cow<'static, str>,
        address: String,
        secrets: impl IntoIterator<Item = String>,
        advisor: Advisor,
    ) -> Self {
        let mut secrets: Vec<String> = secrets.into_iter().filter(|secret| is_secret(secret)).collect();
        // The longest first, so that no secret is masked in part.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { provider, address, secrets, advisor }
    }

    pub(super) fn request(&self, reason: &(dyn Error + 'static)) -> ChatError {
        ChatError::Request { provider: self.provider.clone(), message: self.clean(&error_chain(reason)) }
    }

    pub(super) fn connection(&self, error: reqwest::Error, limits: &CallLimits) -> ChatError {
        if error.is_connect() && error.is_timeout() {
            return self.timeout(Exceeded { what: "took no connection", limit: limits.connect });
        }
        let is_unreachable = error.is_connect();
        let error = ChatError::connection(self.provider.clone(), self.address.clone(), error.without_url());
        // A connection that was made and has broken says nothing about the address.
        if is_unreachable { self.advisor.advise(error) } else { error }
    }

    pub(super) fn timeout(&self, Exceeded { what, limit }: Exceeded) -> ChatError {
        ChatError::Timeout { provider: self.provider.clone(), what, limit, is_paid: false }
    }

    pub(super) fn too_large(&self, limit: usize) -> ChatError {
        ChatError::TooLarge { provider: self.provider.clone(), limit }
    }

    /// An answer that cannot be read. The reason contains no part of the answer, because it may be logged.
    pub(super) fn malformed(&self, reason: &dyn std::fmt::Display) -> ChatError {
        ChatError::malformed(self.provider.clone(), self.clean(&reason.to_string()))
    }

    /// An answer of this type, which no provider gives.
    pub(super) fn foreign(&self, content_type: &str) -> ChatError {
        self.advisor.advise(self.malformed(&format_args!("neither events nor JSON, but {content_type:?}")))
    }

    /// The error that an event or a whole answer with HTTP 200 reports, if any.
    pub(super) fn reported(&self, value: &Value) -> Result<(), ChatError> {
        error_in(value).map_or(Ok(()), |error| Err(self.in_stream(error)))
    }

    /// The error in an event that has the name `error`. Its data may have any form.
    pub(super) fn named(&self, data: &str) -> ChatError {
        let words = if data.is_empty() { "no message" } else { data };
        let value = serde_json::from_str(data).unwrap_or_else(|_| Value::from(words));
        self.in_stream(error_in(&value).unwrap_or(&value))
    }

    fn in_stream(&self, error: &Value) -> ChatError {
        let message = message_of(error).unwrap_or_else(|| error.to_string());
        let kind = self.clean(&kind_of(error));
        self.advisor.advise(ChatError::in_stream(self.provider.clone(), kind, self.clean(&message)))
    }

    /// The error of an answer that the provider broke off, with its word for it.
    pub(super) fn stopped(&self, word: &str) -> ChatError {
        let message = "the provider broke the answer off".to_owned();
        ChatError::in_stream(self.provider.clone(), self.clean(word), message)
    }

    /// The error of a status other than success, with the beginning of the body.
    pub(super) fn status(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ChatError {
        let reported = serde_json::from_slice::<Value>(body).ok();
        let words = reported.as_ref().and_then(message_of);
        let mut message = self.clean(&words.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned()));
        if message.is_empty() {
            message = status.canonical_reason().unwrap_or("no message").to_lowercase();
        }
        let kind = reported.as_ref().and_then(error_in).and_then(name_of).unwrap_or_default();
        let retry_after = retry_after(headers, reported.as_ref(), &message);
        let error = ChatError::status(self.provider.clone(), status.as_u16(), message, retry_after);
        self.advisor.advise(error.kind(self.clean(&kind)))
    }

    /// A text of the provider for an error: with secrets masked, on one line, and cut.
    fn clean(&self, text: &str) -> String {
        let masked = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"));
        let line = masked.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(LONGEST_MESSAGE) {
            Some((end, _)) => format!("{}...", &line[..end]),
            None => line,
        }
    }
}

/// The error in an event or in an answer: `{"error"}`, `{"object": "error"}` (vLLM), `{"type": "error"}`, `[{"error"}]` (Gemini), in the first
/// choice (OpenRouter), or `{"base_resp": {"status_code", "status_msg"}}`. An `error` without contents is none.
fn error_in(value: &Value) -> Option<&Value> {
    let value = value.get(0).unwrap_or(value);
    let is_error = |error: &&Value| match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    };
    let named = value.get("error").filter(is_error);
    let whole = || (value["object"] == "error" || value["type"] == "error").then_some(value);
    let in_choice = || value["choices"][0].get("error").filter(is_error);
    let answer = &value["base_resp"];
    let refused = || answer["status_code"].as_i64().is_some_and(|code| code != 0).then_some(answer);
    named.or_else(whole).or_else(in_choice).or_else(refused)
}

/// The provider's name for an error in a stream. A status decides more than a name, so it comes first; LiteLLM writes it as a text.
fn kind_of(error: &Value) -> String {
    let code = code_of(error);
    let is_status = |code: &String| code.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
    code.clone().filter(is_status).or_else(|| name_of(error)).or(code).unwrap_or_else(|| "error".to_owned())
}

/// The provider's name for an error: its code, if that says that the request is too long or the account has no credit, else its type. The
/// type is mostly wider: OpenAI has the type `invalid_request_error` with the code `context_length_exceeded`.
fn name_of(error: &Value) -> Option<String> {
    let text = |name: &str| error[name].as_str().filter(|text| !matches!(*text, "" | "None" | "error"));
    let name = text("code").filter(|code| is_final_kind(code)).or_else(|| text("type")).or_else(|| text("code"));
    name.or_else(|| text("status")).map(str::to_owned)
}

fn code_of(error: &Value) -> Option<String> {
    match &error["code"] {
        Value::Number(code) => Some(code.to_string()),
        code => code.as_str().map(str::to_owned),
    }
}

/// The message in an error of any of the servers: `{"error": {"message"}}`, `{"error": "..."}`, `{"message"}`, `{"detail"}`.
fn message_of(value: &Value) -> Option<String> {
    let message = match value {
        Value::String(message) => Some(message.clone()),
        Value::Array(errors) if errors.first().is_some_and(|first| first.get("error").is_some()) => {
            message_of(&errors[0])
        }
        _ => ["error", "message", "detail", "status_msg"].iter().find_map(|key| value.get(key)).and_then(message_of),
    };
    let message = message.filter(|message| !message.is_empty())?;
    Some(match cause_of(value) {
        Some(cause) => format!("{message}: {cause}"),
        None => message,
    })
}

/// The message of the provider behind OpenRouter, as a text or as JSON: `{"message": "Provider returned error", "metadata": {"raw"}}`.
fn cause_of(error: &Value) -> Option<String> {
    let raw = error.get("metadata")?.get("raw")?;
    let inner = raw.as_str().and_then(|raw| serde_json::from_str::<Value>(raw).ok());
    message_of(inner.as_ref().unwrap_or(raw))
        .or_else(|| raw.as_str().map(str::to_owned))
        .filter(|cause| !cause.is_empty())
}

/// The number of characters of a provider's text that an error shows.
const LONGEST_MESSAGE: usize = 500;
