//! The faults of a request, in the words that FastAPI's clients know.

use council_llm::{BlueprintError, BlueprintFault, FaultKind, Step};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::text::split_within;

/// One fault of a request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RequestFault {
    #[serde(rename = "type")]
    kind: &'static str,
    loc: Location,
    msg: String,
    /// What was given there, cut at [`ECHO_LIMIT`].
    input: Box<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

/// Where a fault is: `"body"` or `"query"`, then the path to the field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Location(Vec<Value>);

impl Location {
    /// The whole body.
    pub(crate) fn body() -> Self {
        Self(vec!["body".into()])
    }

    /// A field or an item in it.
    pub(crate) fn then(&self, step: impl Into<Value>) -> Self {
        Self(self.0.iter().cloned().chain([step.into()]).collect())
    }
}

impl<const N: usize> From<&[&str; N]> for Location {
    fn from(steps: &[&str; N]) -> Self {
        Self(steps.iter().map(|&step| step.into()).collect())
    }
}

impl RequestFault {
    /// A fault without a context.
    pub(crate) fn new(kind: &'static str, loc: impl Into<Location>, msg: impl Into<String>, input: &Value) -> Self {
        Self { kind, loc: loc.into(), msg: msg.into(), input: Box::new(echo(input)), ctx: None }
    }

    /// A fault of a blueprint, which is the body or was saved before.
    pub(crate) fn of_blueprint(root: &'static str, fault: &BlueprintFault, blueprint: &Value) -> Self {
        let mut loc = Location::from(&[root]);
        let (mut input, mut parent) = (blueprint, blueprint);
        for step in &fault.at {
            let (step, inner) = match *step {
                Step::Key(name) => (Value::from(name), input.get(name)),
                Step::Place(place) => (Value::from(place), input.get(place)),
            };
            loc = loc.then(step);
            parent = std::mem::replace(&mut input, inner.unwrap_or(&Value::Null));
        }
        if matches!(fault.kind, FaultKind::NoRole { .. } | FaultKind::NoStart) {
            return Self::missing(loc, parent);
        }
        Self::new("value_error", loc, fault.kind.to_string(), input)
    }

    /// Why a blueprint that was saved cannot run.
    pub(crate) fn of_saved(error: &BlueprintError, blueprint: &Value) -> Vec<Self> {
        match error {
            BlueprintError::Faults { faults, .. } => {
                faults.iter().map(|fault| Self::of_blueprint("blueprint", fault, blueprint)).collect()
            }
            other => vec![Self::new("value_error", &["blueprint"], other.to_string(), blueprint)],
        }
    }

    /// The way to it in the body.
    pub(crate) fn steps(&self) -> &[Value] {
        self.loc.0.get(1..).unwrap_or_default()
    }

    /// The place in the body and the fault, in one line for a person.
    pub(crate) fn line(&self) -> String {
        let steps = self.steps().iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
        let place = steps.collect::<Vec<_>>().join(".");
        match self.ctx.as_ref().and_then(|ctx| ctx["error"].as_str()) {
            Some(error) => format!("character {place}: {}: {error}", self.msg),
            None if place.is_empty() => self.msg.clone(),
            None => format!("{place}: {}", self.msg),
        }
    }

    /// It is the item in this place of a list.
    pub(crate) fn at(mut self, place: usize) -> Self {
        self.loc = self.loc.then(place);
        self
    }

    /// What the fault was measured by.
    pub(crate) fn context(mut self, ctx: Value) -> Self {
        self.ctx = Some(ctx);
        self
    }

    /// A field is not there; the input is what it should have been in.
    pub(crate) fn missing(loc: impl Into<Location>, input: &Value) -> Self {
        Self::new("missing", loc, "Field required", input)
    }

    /// A text.
    pub(crate) fn string(loc: impl Into<Location>, input: &Value) -> Result<String, Self> {
        let text =
            input.as_str().ok_or_else(|| Self::new("string_type", loc, "Input should be a valid string", input))?;
        Ok(text.to_owned())
    }

    /// Something else in place of an object.
    pub(crate) fn no_object(loc: impl Into<Location>, input: &Value) -> Self {
        let msg = "Input should be a valid dictionary or object to extract fields from";
        Self::new("model_attributes_type", loc, msg, input)
    }

    /// Something else than one of these words.
    pub(crate) fn no_word<'w>(loc: impl Into<Location>, input: &Value, words: impl Iterator<Item = &'w str>) -> Self {
        let quoted: Vec<_> = words.map(|word| format!("'{word}'")).collect();
        let expected = match quoted.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            words => words.concat(),
        };
        Self::new("literal_error", loc, format!("Input should be {expected}"), input)
            .context(json!({ "expected": expected }))
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
    split_within(&text, ECHO_LIMIT).0.into()
}

const ECHO_LIMIT: usize = 20 * 1_024;
