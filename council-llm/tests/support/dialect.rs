//! The same answers in the format of each provider.

use council_llm::{Anthropic, CallLimits, ChatModel, OpenAi};
use serde_json::{Value, json};

use crate::server::{Reply, Server};

/// The format of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Anthropic,
    OpenAi,
    /// The format of OpenAI, as Ollama uses it.
    Ollama,
}

/// A part of a streamed answer.
pub(crate) enum Say {
    /// The events before the first text.
    Start,
    /// A piece of the text.
    Text(&'static str),
    /// A token of the model's reasoning.
    Thought,
    /// A heartbeat.
    Ping,
    /// An event and fields that are not documented.
    Unknown,
    /// An error, with its kind.
    Error(&'static str),
    /// The reason why the model stopped, and the numbers of tokens.
    Stop,
    /// The end of the stream.
    End,
}

impl Dialect {
    pub(crate) const BOTH: [Self; 2] = [Self::Anthropic, Self::OpenAi];

    pub(crate) fn provider(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Ollama => "ollama",
        }
    }

    /// The stop reason of a complete answer.
    pub(crate) fn stop(self) -> &'static str {
        match self {
            Self::Anthropic => "end_turn",
            Self::OpenAi | Self::Ollama => "stop",
        }
    }

    /// A model of this provider at `server`.
    pub(crate) fn model(self, server: &Server, limits: CallLimits, streaming: bool) -> Box<dyn ChatModel> {
        let base_url = server.base_url();
        match self {
            Self::Anthropic => {
                let model = Anthropic::new("claude-test", KEY).limits(limits).streaming(streaming);
                Box::new(model.base_url(&base_url).unwrap())
            }
            Self::OpenAi => {
                let model = OpenAi::new("gpt-test", Some(KEY.into())).limits(limits).streaming(streaming);
                Box::new(model.base_url(&base_url).unwrap())
            }
            Self::Ollama => {
                let model = OpenAi::ollama("llama-test").limits(limits).streaming(streaming);
                Box::new(model.base_url(&format!("127.0.0.1:{}", server.port())).unwrap())
            }
        }
    }

    /// An answer as the events of a stream.
    pub(crate) fn events(self, script: &[Say]) -> String {
        script.iter().map(|say| self.event(say)).collect()
    }

    fn event(self, say: &Say) -> String {
        match self {
            Self::Anthropic => anthropic(say),
            Self::OpenAi | Self::Ollama => openai(say),
        }
    }

    /// A whole answer as one JSON value.
    pub(crate) fn reply(self, text: &str) -> Value {
        match self {
            Self::Anthropic => json!({
                "type": "message", "role": "assistant", "model": "claude-test", "stop_reason": "end_turn",
                "content": [{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": text }],
                "usage": { "input_tokens": 8, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 1, "output_tokens": 5 },
            }),
            Self::OpenAi | Self::Ollama => json!({
                "object": "chat.completion",
                "choices": [{ "index": 0, "message": { "role": "assistant", "reasoning_content": "hm", "content": text }, "finish_reason": "stop" }],
                "usage": { "prompt_tokens": 12, "completion_tokens": 5, "prompt_tokens_details": { "cached_tokens": 3 } },
            }),
        }
    }

    /// The body of an error.
    pub(crate) fn error(self, kind: &str, message: &str) -> Value {
        match self {
            Self::Anthropic => json!({ "type": "error", "error": { "type": kind, "message": message } }),
            Self::OpenAi | Self::Ollama => {
                json!({ "error": { "type": kind, "message": message, "param": null, "code": null } })
            }
        }
    }
}

/// The reply that streams `script`.
pub(crate) fn script(script: &'static [Say]) -> impl Fn(Dialect) -> Reply {
    move |dialect| Reply::events(dialect.events(script))
}

fn anthropic(say: &Say) -> String {
    let data = match say {
        Say::Start => {
            let usage = json!({ "input_tokens": 8, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 1, "output_tokens": 1 });
            let block =
                json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } });
            let start = json!({ "type": "message_start", "message": { "content": [], "usage": usage } });
            return format!("event: message_start\ndata: {start}\n\nevent: content_block_start\ndata: {block}\n\n");
        }
        Say::Text(text) => delta(&json!({ "type": "text_delta", "text": text })),
        Say::Thought => delta(&json!({ "type": "thinking_delta", "thinking": "hm" })),
        Say::Ping => json!({ "type": "ping" }),
        Say::Unknown => json!({ "type": "content_block_mystery", "delta": { "runes": 7 }, "x": [null] }),
        Say::Error(kind) => json!({ "type": "error", "error": { "type": kind, "message": "Not now" } }),
        Say::Stop => {
            json!({ "type": "message_delta", "delta": { "stop_reason": "end_turn" }, "usage": { "output_tokens": 5 } })
        }
        Say::End => json!({ "type": "message_stop" }),
    };
    format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap())
}

fn delta(delta: &Value) -> Value {
    json!({ "type": "content_block_delta", "index": 0, "delta": delta })
}

fn openai(say: &Say) -> String {
    let data = match say {
        Say::Start => chunk(&json!({ "role": "assistant", "content": "" })),
        Say::Text(text) => chunk(&json!({ "content": text })),
        Say::Thought => chunk(&json!({ "content": null, "reasoning_content": "hm" })),
        Say::Ping => return ": still here\n\n".into(),
        Say::Unknown => json!({ "object": "chat.mystery", "choices": [], "usage": null, "runes": 7 }),
        Say::Error(kind) => json!({ "error": { "type": kind, "message": "Not now" } }),
        Say::Stop => {
            let usage =
                json!({ "prompt_tokens": 12, "completion_tokens": 5, "prompt_tokens_details": { "cached_tokens": 3 } });
            let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
            return format!("data: {stop}\n\ndata: {}\n\n", json!({ "choices": [], "usage": usage }));
        }
        Say::End => return "data: [DONE]\n\n".into(),
    };
    format!("data: {data}\n\n")
}

fn chunk(delta: &Value) -> Value {
    json!({ "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }], "usage": null })
}

/// A key that no error may show.
pub(crate) const KEY: &str = "sk-very-secret";
