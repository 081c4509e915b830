//! A message of Chat Completions, whole or a piece of it: text, reasoning, a refusal, calls of tools.

use serde_json::Value;

use super::http::dialect::AnswerEnd;

/// The contents of a message or of a delta.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) reasoning: String,
    refusal: String,
    calls_tool: bool,
}

impl Said {
    /// Reads a message. A field that is missing or has another form is empty.
    pub(super) fn by(message: &Value) -> Self {
        let mut said = Self::default();
        said.take_content(&message["content"]);
        said.refusal.push_str(message["refusal"].as_str().unwrap_or_default());
        said.calls_tool = has_items(&message["tool_calls"]) || message["function_call"].is_object();
        // Servers that send more than one of these fields repeat the same text in them.
        if let Some(reasoning) =
            REASONING.iter().find_map(|name| message[name].as_str().filter(|text| !text.is_empty()))
        {
            said.reasoning.push_str(reasoning);
        }
        said
    }

    /// Whether the model is at work, although it wrote no text.
    pub(super) fn works(&self) -> bool {
        self.calls_tool || !self.reasoning.is_empty() || !self.refusal.is_empty()
    }

    /// Adds what the message says about the end of the answer, and returns the text.
    pub(super) fn end(self, answer: &mut AnswerEnd) -> String {
        answer.refusal.push_str(&self.refusal);
        answer.calls_tool |= self.calls_tool;
        self.text
    }

    /// Reads a content: a text, a part, or a list of parts.
    fn take_content(&mut self, content: &Value) {
        match content {
            Value::String(text) => self.text.push_str(text),
            Value::Array(parts) => parts.iter().for_each(|part| self.take_part(part)),
            part @ Value::Object(_) => self.take_part(part),
            _ => {}
        }
    }

    /// Reads a part. Its type names its field: `{"type": "text", "text"}`, `{"type": "refusal", "refusal"}`, `{"type": "thinking",
    /// "thinking": [...]}` (Mistral).
    fn take_part(&mut self, part: &Value) {
        match part["type"].as_str() {
            _ if part.is_string() => self.text.push_str(part.as_str().unwrap_or_default()),
            Some("thinking" | "reasoning") => {
                for name in ["thinking", "text", "reasoning"] {
                    let mut inner = Self::default();
                    inner.take_content(&part[name]);
                    self.reasoning.push_str(&inner.text);
                }
            }
            Some("refusal") => self.refusal.push_str(part["refusal"].as_str().unwrap_or_default()),
            Some("tool_use" | "tool_call") => self.calls_tool = true,
            _ => self.text.push_str(part["text"].as_str().unwrap_or_default()),
        }
    }
}

fn has_items(value: &Value) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty())
}

/// The fields of reasoning: of DeepSeek, vLLM and llama.cpp; of OpenRouter, Groq and Ollama; of others.
const REASONING: [&str; 3] = ["reasoning_content", "reasoning", "thinking"];
