//! The faults of a request, in the words that FastAPI's clients know.

use serde::Serialize;
use serde_json::{Value, json};

/// One fault of a request.
#[derive(Debug, Serialize)]
pub(crate) struct Invalid {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where: `"body"` or `"query"`, then the path to the field.
    loc: Vec<Value>,
    msg: String,
    /// What was given there, cut at [`ECHO_LIMIT`].
    input: Box<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

impl Invalid {
    /// A fault without a context.
    pub(crate) fn new(kind: &'static str, loc: &[&str], msg: impl Into<String>, input: &Value) -> Self {
        Self {
            kind,
            loc: loc.iter().map(|&step| step.into()).collect(),
            msg: msg.into(),
            input: Box::new(echo(input)),
            ctx: None,
        }
    }

    /// It is the item in this place of a list.
    pub(crate) fn at(mut self, place: usize) -> Self {
        self.loc.push(place.into());
        self
    }

    /// What the fault was measured by.
    pub(crate) fn context(mut self, ctx: Value) -> Self {
        self.ctx = Some(ctx);
        self
    }

    /// A field is not there; the input is what it should have been in.
    pub(crate) fn missing(loc: &[&str], input: &Value) -> Self {
        Self::new("missing", loc, "Field required", input)
    }

    /// A text.
    pub(crate) fn string(loc: &[&str], input: &Value) -> Result<String, Self> {
        let text =
            input.as_str().ok_or_else(|| Self::new("string_type", loc, "Input should be a valid string", input))?;
        Ok(text.to_owned())
    }

    /// Something else in place of an object.
    pub(crate) fn no_object(loc: &[&str], input: &Value) -> Self {
        let msg = "Input should be a valid dictionary or object to extract fields from";
        Self::new("model_attributes_type", loc, msg, input)
    }

    /// A body that is no JSON. FastAPI, too, shows an empty object in place of what it could not read.
    pub(crate) fn no_json(body: &[u8], error: &serde_json::Error) -> Self {
        let reason = error.to_string();
        let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
        let fault =
            Self::new("json_invalid", &["body"], "JSON decode error", &json!({})).context(json!({ "error": reason }));
        fault.at(position(body, error))
    }
}

/// Where the error is, in characters from the start of the body.
fn position(body: &[u8], error: &serde_json::Error) -> usize {
    if error.is_eof() {
        return String::from_utf8_lossy(body).chars().count();
    }
    let lines_before = error.line().saturating_sub(1);
    let line_start: usize = body.split_inclusive(|&byte| byte == b'\n').take(lines_before).map(<[u8]>::len).sum();
    let end = (line_start + error.column().saturating_sub(1)).min(body.len());
    String::from_utf8_lossy(&body[..end]).chars().count()
}

/// The input, or the beginning of it as a text.
fn echo(input: &Value) -> Value {
    let text = match input {
        Value::String(text) if text.len() <= ECHO_LIMIT => return input.clone(),
        Value::String(text) => text.clone(),
        other => {
            let text = other.to_string();
            if text.len() <= ECHO_LIMIT {
                return other.clone();
            }
            text
        }
    };
    text[..text.floor_char_boundary(ECHO_LIMIT)].into()
}

const ECHO_LIMIT: usize = 20 * 1_024;
