//! What a client sends to start a run.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::body;
use crate::http::fields::bounded;
use crate::wire::fault::{Location, RequestFault};

/// A request that can be served.
#[derive(Debug, ToSchema)]
pub(crate) struct StartRequest {
    /// 1 to 10,000 code points. Blank ones are let through, as in the original.
    #[schema(rename = "input_topic", min_length = 1, max_length = 10_000)]
    pub(crate) topic: String,
    /// Whether the run pauses before each node.
    #[schema(required = false, default = false)]
    pub(crate) god_mode: bool,
}

impl StartRequest {
    /// Reads a body, whatever its content type says.
    ///
    /// # Errors
    ///
    /// All faults at once.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Vec<RequestFault>> {
        let body = body::fields(body)?;
        let input = body.get("input_topic").ok_or_else(|| RequestFault::missing(&TOPIC, &Value::Object(body.clone())));
        match (input.and_then(|input| topic(&TOPIC, input)), god_mode(&body)) {
            (Ok(topic), Ok(god_mode)) => Ok(Self { topic, god_mode }),
            (topic, god_mode) => Err(topic.err().into_iter().chain(god_mode.err()).collect()),
        }
    }
}

/// A topic, found in this place.
pub(crate) fn topic(loc: impl Into<Location>, input: &Value) -> Result<String, RequestFault> {
    let loc = loc.into();
    let topic = RequestFault::string(loc.clone(), input)?;
    bounded(loc, &topic, LONGEST_TOPIC)?;
    Ok(topic)
}

fn god_mode(body: &Map<String, Value>) -> Result<bool, RequestFault> {
    let input = body.get("god_mode").unwrap_or(&Value::Bool(false));
    boolean(input).map_err(|(kind, msg)| RequestFault::new(kind, &["body", "god_mode"], msg, input))
}

/// What pydantic takes for a boolean where it is not strict.
fn boolean(input: &Value) -> Result<bool, (&'static str, &'static str)> {
    let unclear = ("bool_parsing", "Input should be a valid boolean, unable to interpret input");
    match input {
        Value::Bool(value) => Ok(*value),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Ok(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Ok(false),
            _ => Err(unclear),
        },
        Value::Number(number) => match number.as_f64() {
            Some(1.0) => Ok(true),
            Some(0.0) => Ok(false),
            Some(number) if number.fract() == 0.0 => Err(unclear),
            _ => Err(NO_BOOLEAN),
        },
        _ => Err(NO_BOOLEAN),
    }
}

const NO_BOOLEAN: (&str, &str) = ("bool_type", "Input should be a valid boolean");
const TOPIC: [&str; 2] = ["body", "input_topic"];
const LONGEST_TOPIC: usize = 10_000;
