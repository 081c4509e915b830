//! Faults of a request, in the wording of FastAPI, which clients of the original read.

use council_llm::{BlueprintError, BlueprintFault, FaultKind, PathStep};
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
    /// The input at that location, cut after 20 KB.
    input: Box<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ctx: Option<Value>,
}

/// The location of a fault: `"body"`, `"query"` or `"header"`, then the path to the field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Location(Vec<Value>);

impl Location {
    /// The whole body.
    pub(crate) fn body() -> Self {
        Self::root("body")
    }

    /// A parameter of the query.
    pub(crate) fn query(name: &str) -> Self {
        Self::root("query").then(name)
    }

    /// A header, whose name is in lower case.
    pub(crate) fn header(name: &str) -> Self {
        Self::root("header").then(name)
    }

    fn root(name: &str) -> Self {
        Self(vec![name.into()])
    }

    /// A location in a blueprint.
    pub(crate) fn of(root: &str, at: &[PathStep]) -> Self {
        at.iter().fold(Self::root(root), |at, step| match *step {
            PathStep::Key(name) => at.then(name),
            PathStep::Index(place) => at.then(place),
        })
    }

    /// The path in the body.
    fn steps(&self) -> &[Value] {
        self.0.get(1..).unwrap_or_default()
    }

    /// The path in the body, for a person; empty for the whole body.
    fn path(&self) -> String {
        let steps = self.steps().iter().map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned));
        steps.collect::<Vec<_>>().join(".")
    }

    /// The path in the body and what is said about it, in one line for a person.
    pub(crate) fn line(&self, message: &str) -> String {
        let path = self.path();
        if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") }
    }

    /// A field or an item in this location.
    pub(crate) fn then(&self, step: impl Into<Value>) -> Self {
        Self(self.0.iter().cloned().chain([step.into()]).collect())
    }
}

impl RequestFault {
    /// A fault of a blueprint. `root` is its source: the body, or the database.
    pub(crate) fn of_blueprint(root: &'static str, fault: &BlueprintFault, blueprint: &Value) -> Self {
        let at = Location::of(root, &fault.at);
        let (mut input, mut parent) = (blueprint, blueprint);
        for step in &fault.at {
            let inner = match *step {
                PathStep::Key(name) => input.get(name),
                PathStep::Index(place) => input.get(place),
            };
            parent = std::mem::replace(&mut input, inner.unwrap_or(&Value::Null));
        }
        if matches!(fault.kind, FaultKind::NoRole { .. } | FaultKind::NoStart) {
            return Self::missing(at, parent);
        }
        Self::wrong_value(at, input, fault.kind.to_string())
    }

    /// The faults of a saved blueprint that cannot run.
    pub(crate) fn of_saved(error: &BlueprintError, blueprint: &Value) -> Vec<Self> {
        match error {
            BlueprintError::Faults { faults, .. } => {
                faults.iter().map(|fault| Self::of_blueprint("blueprint", fault, blueprint)).collect()
            }
            other => vec![Self::wrong_value(Location::root("blueprint"), blueprint, other.to_string())],
        }
    }

    /// The path in the body.
    pub(crate) fn steps(&self) -> &[Value] {
        self.loc.steps()
    }

    /// The path in the body and the fault, in one line for a person.
    pub(crate) fn line(&self) -> String {
        match self.ctx.as_ref().and_then(|ctx| ctx["error"].as_str()) {
            Some(error) => format!("character {}: {}: {error}", self.loc.path(), self.msg),
            None => self.loc.line(&self.msg),
        }
    }

    /// A field is missing; the input is the object that lacks it.
    pub(crate) fn missing(at: Location, input: &Value) -> Self {
        Self::new("missing", at, "Field required", input)
    }

    /// A field that is not known, where others are refused.
    pub(crate) fn forbidden(at: Location, input: &Value) -> Self {
        Self::new("extra_forbidden", at, "Extra inputs are not permitted", input)
    }

    pub(crate) fn not_a_string(at: Location, input: &Value) -> Self {
        Self::new("string_type", at, "Input should be a valid string", input)
    }

    pub(crate) fn not_a_number(at: Location, input: &Value) -> Self {
        Self::new("float_type", at, "Input should be a valid number", input)
    }

    pub(crate) fn not_an_integer(at: Location, input: &Value) -> Self {
        Self::new("int_type", at, "Input should be a valid integer", input)
    }

    pub(crate) fn not_a_boolean(at: Location, input: &Value) -> Self {
        Self::new("bool_type", at, "Input should be a valid boolean", input)
    }

    pub(crate) fn not_a_list(at: Location, input: &Value) -> Self {
        Self::new("list_type", at, "Input should be a valid list", input)
    }

    pub(crate) fn not_a_dictionary(at: Location, input: &Value) -> Self {
        Self::new("dict_type", at, "Input should be a valid dictionary", input)
    }

    pub(crate) fn not_an_object(at: Location, input: &Value) -> Self {
        let msg = "Input should be a valid dictionary or object to extract fields from";
        Self::new("model_attributes_type", at, msg, input)
    }

    /// A text or a number that means neither true nor false.
    pub(crate) fn unclear_boolean(at: Location, input: &Value) -> Self {
        Self::new("bool_parsing", at, "Input should be a valid boolean, unable to interpret input", input)
    }

    /// A text that is not a UUID.
    pub(crate) fn not_a_uuid(at: Location, input: &Value) -> Self {
        Self::new("uuid_parsing", at, "Input should be a valid UUID", input)
    }

    /// A text that is not an integer.
    pub(crate) fn unclear_integer(at: Location, input: &Value) -> Self {
        let msg = "Input should be a valid integer, unable to parse string as an integer";
        Self::new("int_parsing", at, msg, input)
    }

    /// A text without a character.
    pub(crate) fn empty(at: Location, input: &Value) -> Self {
        let msg = "String should have at least 1 character";
        Self::new("string_too_short", at, msg, input).context(json!({ "min_length": 1 }))
    }

    /// A text with nothing to read.
    pub(crate) fn blank(at: Location, input: &Value) -> Self {
        let msg = "String should have at least 1 character that is not white space";
        Self::new("string_too_short", at, msg, input).context(json!({ "min_length": 1 }))
    }

    /// A text of more than `most` characters.
    pub(crate) fn too_long(at: Location, input: &Value, most: usize) -> Self {
        let msg = format!("String should have at most {most} characters");
        Self::new("string_too_long", at, msg, input).context(json!({ "max_length": most }))
    }

    /// A number below the least that is allowed.
    pub(crate) fn too_small(at: Location, input: &Value, least: u64) -> Self {
        let msg = format!("Input should be greater than or equal to {least}");
        Self::new("greater_than_equal", at, msg, input).context(json!({ "ge": least }))
    }

    /// A number above the most that is allowed.
    pub(crate) fn too_large(at: Location, input: &Value, most: u64) -> Self {
        let msg = format!("Input should be less than or equal to {most}");
        Self::new("less_than_equal", at, msg, input).context(json!({ "le": most }))
    }

    /// Anything but one of these words.
    pub(crate) fn no_such_word<'w>(at: Location, input: &Value, words: impl Iterator<Item = &'w str>) -> Self {
        let quoted: Vec<_> = words.map(|word| format!("'{word}'")).collect();
        let expected = match quoted.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            words => words.concat(),
        };
        Self::new("literal_error", at, format!("Input should be {expected}"), input)
            .context(json!({ "expected": expected }))
    }

    /// A value of the right type that cannot be taken.
    pub(crate) fn wrong_value(at: Location, input: &Value, msg: impl Into<String>) -> Self {
        Self::new("value_error", at, msg, input)
    }

    /// A body that is not JSON. Like FastAPI, it shows an empty object instead of the input.
    pub(crate) fn not_json(body: &[u8], error: &serde_json::Error) -> Self {
        let reason = error.to_string();
        let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
        let at = Location::body().then(position(body, error));
        Self::new("json_invalid", at, "JSON decode error", &json!({})).context(json!({ "error": reason }))
    }

    fn new(kind: &'static str, loc: Location, msg: impl Into<String>, input: &Value) -> Self {
        Self { kind, loc, msg: msg.into(), input: Box::new(echo(input)), ctx: None }
    }

    /// Adds the bound or the words that the input was compared with.
    fn context(mut self, ctx: Value) -> Self {
        self.ctx = Some(ctx);
        self
    }
}

/// The position of the error, in characters from the start of the body.
fn position(body: &[u8], error: &serde_json::Error) -> usize {
    if error.is_eof() {
        return String::from_utf8_lossy(body).chars().count();
    }
    let lines_before = error.line().saturating_sub(1);
    let line_start: usize = body.split_inclusive(|&byte| byte == b'\n').take(lines_before).map(<[u8]>::len).sum();
    let end = (line_start + error.column().saturating_sub(1)).min(body.len());
    String::from_utf8_lossy(&body[..end]).chars().count()
}

/// The input, or the start of it as text if it is too long.
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
