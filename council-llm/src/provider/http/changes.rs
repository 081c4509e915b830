//! The changes of a request that a model asks for by refusing the request. The models of one dialect differ in what they take, and each
//! generation of models differs again, so the refusal decides, not a list of names.

use std::fmt;

use serde_json::{Value, json};

use super::room::{Room, room};
use crate::chat::error::ChatError;

/// A change that a refusal asks for. Its text is a clause for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Temperature,
    StreamOptions,
    Stream,
    System,
    Field,
    Room(Room),
}

impl Change {
    /// Changes the body of a request.
    pub(super) fn apply(self, body: &mut Value) {
        let Some(fields) = body.as_object_mut() else { return };
        match self {
            Self::Temperature => drop(fields.remove("temperature")),
            Self::StreamOptions => drop(fields.remove("stream_options")),
            Self::Stream => {
                fields.insert("stream".to_owned(), json!(false));
                fields.remove("stream_options");
            }
            Self::System => {
                if let Some(messages) = body["messages"].as_array_mut() {
                    join_system(messages);
                }
            }
            Self::Field => {
                if let Some((name, limit)) = FIELDS.iter().find_map(|name| Some((*name, fields.remove(*name)?))) {
                    fields.insert(other(name).to_owned(), limit);
                }
            }
            Self::Room(room) => {
                let field = FIELDS.iter().find(|name| fields.contains_key(**name));
                if let Some(limit) = field.and_then(|name| fields.get_mut(*name)) {
                    *limit = json!(limit.as_u64().map_or(room.tokens(), |limit| room.tokens().min(saturated(limit))));
                }
            }
        }
    }

    /// The change that makes a request acceptable, if the error is a refusal that says so. `body` is the body of the refused request.
    pub(super) fn after(error: &ChatError, body: &Value) -> Option<Self> {
        let ChatError::Status { status, message, .. } = error else { return None };
        let message = message.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
        let has_system = body["messages"][0]["role"] == "system";
        let refuses_system = has_system && (says(&NO_SYSTEM) || says(&SYSTEM) && says(&UNSUPPORTED));
        match status {
            400 | 422 => {}
            // llama.cpp reports the fault of a template as its own.
            500 => return refuses_system.then_some(Self::System),
            _ => return None,
        }
        let field = FIELDS.iter().find(|name| body[**name].is_u64());
        let room = field.and_then(|name| room(&message, saturated(body[*name].as_u64()?)));
        let refuses_field =
            |name: &str| says(&[other(name)]) && says(&["instead"]) || says(&[name]) && says(&UNSUPPORTED);
        if !body["stream_options"].is_null() && says(&["stream_options"]) {
            Some(Self::StreamOptions)
        } else if !body["temperature"].is_null()
            && says(&["temperature"])
            && (says(&UNSUPPORTED) || says(&["this model"]))
        {
            Some(Self::Temperature)
        } else if let Some(room) = room {
            Some(Self::Room(room))
        } else if field.is_some_and(|name| refuses_field(name)) {
            Some(Self::Field)
        } else if refuses_system {
            Some(Self::System)
        } else {
            (body["stream"] == true && says(&STREAM) && says(&UNSUPPORTED)).then_some(Self::Stream)
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Temperature => f.write_str("it accepts no temperature"),
            Self::StreamOptions => f.write_str("it accepts no stream_options"),
            Self::Stream => f.write_str("it does not stream"),
            Self::System => f.write_str("it accepts no message of the system"),
            Self::Field => f.write_str("it has another name for the limit of the answer"),
            Self::Room(room) => write!(f, "its answer has at most {} tokens", room.tokens()),
        }
    }
}

/// Puts the text of the system before the first message of the user.
fn join_system(messages: &mut Vec<Value>) {
    let Some(mut first) = messages.first().filter(|first| first["role"] == "system").cloned() else { return };
    messages.remove(0);
    first["role"] = json!("user");
    match messages.first_mut().filter(|next| next["role"] == "user") {
        Some(next) => {
            let texts = [&first["content"], &next["content"]].map(|text| text.as_str().unwrap_or_default());
            next["content"] = json!(texts.join("\n\n"));
        }
        None => messages.insert(0, first),
    }
}

/// The other name of the field that limits the length of the answer.
fn other(name: &str) -> &'static str {
    if name == FIELDS[0] { FIELDS[1] } else { FIELDS[0] }
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The names of the field that limits the length of the answer.
const FIELDS: [&str; 2] = ["max_tokens", "max_completion_tokens"];

/// The words of a refusal that concerns a field, not its value.
const UNSUPPORTED: [&str; 9] = [
    "not supported",
    "unsupported",
    "not support",
    "deprecated",
    "unrecognized",
    "not permitted",
    "unknown",
    "unexpected",
    "must be verified",
];

/// The names of a message of the system.
const SYSTEM: [&str; 4] = ["system role", "system message", "system prompt", "'system'"];

/// The words of templates and servers that know no message of the system: of Mistral, of Gemma, of Gemma at Google.
const NO_SYSTEM: [&str; 3] =
    ["only user and assistant roles are supported", "roles must alternate", "developer instruction is not enabled"];

/// The names of a stream. The word alone also stands in "upstream".
const STREAM: [&str; 6] = ["'stream'", "`stream`", "\"stream\"", "stream=true", "to stream", "streaming"];
