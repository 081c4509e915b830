//! OpenAI Chat Completions, and every server that speaks it.

use reqwest::header::{AUTHORIZATION, HeaderName};
use serde_json::{Value, json};

use super::http::address::{Address, AddressError};
use super::http::client::HttpModel;
use super::http::dialect::{AnswerEnd, Dialect, EventMeaning, decimal};
use super::http::model::http_model;
use super::message::Said;
use super::ollama;
use crate::chat::event::Usage;
use crate::chat::request::{ChatRequest, Message};

/// A model of the Chat Completions API (`POST {base}/chat/completions`): OpenAI, Ollama, llama.cpp, vLLM, LiteLLM.
///
/// Parameters that the newer models of OpenAI refuse are not sent to them:
///
/// - The limit of the answer is sent as `max_tokens`, which every server knows. It is sent as `max_completion_tokens` to `api.openai.com`,
///   and to reasoning models (`o1`, `o3`, `o4`, `gpt-5` and their variants) on any server. The limit includes the reasoning.
/// - The temperature is not sent to reasoning models, which accept only their default.
/// - If a model refuses a request and says how to change it, the changed request is sent, and later requests to this model have the same
///   change: without a temperature, without `stream_options`, without a stream, with the text of the system in the first message, with the
///   other name of the limit, or with a shorter answer. Each repetition counts to all limits.
///
/// ```
/// use council_llm::{ChatModel, OpenAi};
///
/// assert_eq!(OpenAi::new("gpt-4o", Some("the key".into())).name(), "openai/gpt-4o");
/// assert_eq!(OpenAi::ollama("llama3.2").name(), "ollama/llama3.2");
/// ```
#[derive(Debug)]
pub struct OpenAi(HttpModel<Completions>);

impl OpenAi {
    /// The model with this id at `https://api.openai.com/v1`. A server of your own may need no key.
    ///
    /// ```
    /// use council_llm::{ChatModel, OpenAi};
    ///
    /// let model = OpenAi::new("gpt-4o", Some("the key".into()));
    /// assert_eq!(model.name(), "openai/gpt-4o");
    /// ```
    #[must_use]
    pub fn new(model: impl Into<String>, key: Option<String>) -> Self {
        Self(HttpModel::new(Completions::OpenAi, model.into(), key, Address::known(OPENAI)))
    }

    /// A model of Ollama at `http://127.0.0.1:11434`.
    ///
    /// ```
    /// use council_llm::{ChatModel, OpenAi};
    ///
    /// assert_eq!(OpenAi::ollama("llama3.2").name(), "ollama/llama3.2");
    /// ```
    #[must_use]
    pub fn ollama(model: impl Into<String>) -> Self {
        Self(HttpModel::new(Completions::Ollama, model.into(), None, Address::known(ollama::DEFAULT)))
    }

    /// Sets the key, also of an Ollama behind a proxy that asks for one. An empty key is none.
    ///
    /// ```
    /// use council_llm::OpenAi;
    ///
    /// let model = OpenAi::ollama("llama3.2").key("the key");
    /// ```
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.set_key(key);
        self
    }

    /// Sets the organization to which the calls are charged (`OpenAI-Organization`).
    ///
    /// ```
    /// use council_llm::OpenAi;
    ///
    /// let model = OpenAi::new("gpt-4o", Some("the key".into())).organization("org-1");
    /// ```
    #[must_use]
    pub fn organization(self, organization: impl Into<String>) -> Self {
        self.header("openai-organization", organization)
    }

    /// Sets whether a stream is asked for the number of tokens (`stream_options`); `true` by default. Some servers refuse the field.
    ///
    /// ```
    /// use council_llm::OpenAi;
    ///
    /// let model = OpenAi::new("gpt-4o", Some("the key".into())).stream_usage(false);
    /// ```
    #[must_use]
    pub fn stream_usage(mut self, stream_usage: bool) -> Self {
        self.0.extras.refuses_stream_options = !stream_usage;
        self
    }
}

http_model! {
    /// Sets the address of the server. `user:password@` is sent as basic authorization, unless there is a key.
    ///
    /// The address of a model from [`new`](Self::new) is used as it is, so it mostly ends in `/v1`; it may also be the
    /// address of the endpoint, which ends in `/chat/completions`. The address of a model from
    /// [`ollama`](Self::ollama) is read like `OLLAMA_HOST`: the scheme, the port and `/v1` are optional.
    ///
    /// ```
    /// use council_llm::OpenAi;
    ///
    /// let local = OpenAi::new("qwen3", None).base_url("http://127.0.0.1:8080/v1")?;
    /// let other = OpenAi::ollama("llama3.2").base_url("gpu.example:11434")?;
    /// # Ok::<(), council_llm::AddressError>(())
    /// ```
    OpenAi, r#"OpenAi::ollama("llama3.2")"#
}

/// The dialect of Chat Completions.
#[derive(Clone, Copy)]
enum Completions {
    OpenAi,
    Ollama,
}

impl Dialect for Completions {
    fn provider(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
        }
    }

    fn is_ollama(self) -> bool {
        matches!(self, Self::Ollama)
    }

    fn path(self) -> &'static [&'static str] {
        &["chat", "completions"]
    }

    fn address(self, base_url: &str) -> Result<Address, AddressError> {
        match self {
            Self::OpenAi => Ok(Address::parse(base_url)?.without(self.path())),
            Self::Ollama => ollama::address(base_url),
        }
    }

    fn headers(self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn key_header(self, key: &str) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {key}"))
    }

    fn body(self, model: &str, address: &Address, request: &ChatRequest, streaming: bool) -> Value {
        let message = |Message { role, content }: &Message| json!({ "role": role, "content": content });
        let system = request.system.iter().map(|system| json!({ "role": "system", "content": system }));
        let messages: Vec<Value> = system.chain(request.messages.iter().map(message)).collect();
        let mut body = json!({ "model": model, "messages": messages, "stream": streaming });
        if streaming {
            body["stream_options"] = json!({ "include_usage": true });
        }
        let reasons = matches!(self, Self::OpenAi) && is_reasoning(model);
        if request.max_tokens > 0 {
            let newer = reasons || address.host() == OPENAI_HOST;
            body[if newer { "max_completion_tokens" } else { "max_tokens" }] = json!(request.max_tokens);
        }
        if let Some(temperature) = request.temperature
            && !reasons
        {
            body["temperature"] = decimal(temperature);
        }
        body
    }

    fn event(self, event: &Value, answer: &mut AnswerEnd) -> EventMeaning {
        let choice = &event["choices"][0];
        // Groq and Moonshot report the tokens at places of their own.
        for reported in [&event["usage"], &event["x_groq"]["usage"], &choice["usage"]] {
            take_usage(reported, &mut answer.usage);
        }
        take_reason(choice, answer);
        // A server that does not stream itself sends its whole message as one event.
        let whole = &choice["message"];
        let is_whole = choice["delta"].is_null() && whole.is_object() && !answer.has_text;
        let mut said = Said::by(if is_whole { whole } else { &choice["delta"] });
        let works = said.works();
        let reasoning = std::mem::take(&mut said.reasoning);
        let text = said.end(answer);
        match works {
            _ if !text.is_empty() || !reasoning.is_empty() => EventMeaning::Piece { reasoning, text },
            true => EventMeaning::Progress,
            false => EventMeaning::Nothing,
        }
    }

    fn reply(self, reply: &Value, answer: &mut AnswerEnd) -> Option<String> {
        let choice = reply["choices"].get(0)?;
        take_usage(&reply["usage"], &mut answer.usage);
        take_reason(choice, answer);
        let mut said = Said::by(choice.get("message")?);
        answer.reasoning = std::mem::take(&mut said.reasoning);
        Some(said.end(answer))
    }
}

fn take_reason(choice: &Value, answer: &mut AnswerEnd) {
    if let Some(reason) = choice["finish_reason"].as_str().filter(|reason| !reason.is_empty()) {
        answer.stop_reason = Some(reason.to_owned());
    }
}

/// Takes a report of tokens. Each report is a running total, and some servers send an empty one at the end.
fn take_usage(reported: &Value, usage: &mut Usage) {
    let tokens = |names: &[&str]| names.iter().find_map(|name| reported[*name].as_u64()).unwrap_or(0);
    let cached = reported["prompt_tokens_details"]["cached_tokens"].as_u64();
    usage.input_tokens = usage.input_tokens.max(tokens(&["prompt_tokens", "input_tokens"]));
    usage.output_tokens = usage.output_tokens.max(tokens(&["completion_tokens", "output_tokens"]));
    usage.cached_tokens = usage.cached_tokens.max(cached.unwrap_or_else(|| tokens(&["prompt_cache_hit_tokens"])));
}

/// Whether this is a reasoning model of OpenAI. Routers put a provider and a slash before the name.
fn is_reasoning(model: &str) -> bool {
    let model = model.rsplit('/').next().unwrap_or(model);
    ["o1", "o3", "o4", "gpt-5"].iter().any(|family| {
        let rest = model.strip_prefix(family);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    })
}

const OPENAI: &str = "https://api.openai.com/v1";
const OPENAI_HOST: &str = "api.openai.com";

#[cfg(test)]
mod tests {
    use super::*;

    fn body(model: &str, base: &str) -> Value {
        let request = ChatRequest { max_tokens: 9, temperature: Some(0.7), ..ChatRequest::default() };
        Completions::OpenAi.body(model, &Address::parse(base).unwrap(), &request, false)
    }

    #[test]
    fn each_model_gets_the_fields_that_it_takes() {
        let messages = json!([]);
        for (model, base, expected) in [
            ("gpt-4o", "http://localhost/v1", json!({ "max_tokens": 9, "temperature": 0.7 })),
            ("gpt-4o", OPENAI, json!({ "max_completion_tokens": 9, "temperature": 0.7 })),
            ("gpt-5-mini", OPENAI, json!({ "max_completion_tokens": 9 })),
            ("gpt-5.1", OPENAI, json!({ "max_completion_tokens": 9 })),
            ("o3", OPENAI, json!({ "max_completion_tokens": 9 })),
            ("openai/o4-mini", "https://router.example/v1", json!({ "max_completion_tokens": 9 })),
            ("o1000", "http://localhost/v1", json!({ "max_tokens": 9, "temperature": 0.7 })),
        ] {
            let mut expected = expected;
            expected["model"] = json!(model);
            expected["messages"] = messages.clone();
            expected["stream"] = json!(false);
            assert_eq!(body(model, base), expected, "{model} at {base}");
        }
    }
}
