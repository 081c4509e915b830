//! What a client sends to start a run.

use serde_json::{Map, Value, json};

use crate::wire::Invalid;

/// A request that can be served.
#[derive(Debug)]
pub(crate) struct StartRequest {
    /// 1 to 10,000 code points. Blank ones are let through, as in the original.
    pub(crate) topic: String,
}

impl StartRequest {
    /// Reads a body, whatever its content type says.
    ///
    /// # Errors
    ///
    /// All faults at once.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Vec<Invalid>> {
        if body.is_empty() {
            return Err(vec![Invalid::missing(&["body"], &Value::Null)]);
        }
        let body = match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => fields,
            Ok(other) => return Err(vec![Invalid::no_object(&["body"], &other)]),
            Err(error) => return Err(vec![Invalid::no_json(body, &error)]),
        };
        match (topic(&body), god_mode(&body)) {
            (Ok(topic), Ok(())) => Ok(Self { topic }),
            (topic, god_mode) => Err(topic.err().into_iter().chain(god_mode.err()).collect()),
        }
    }
}

fn topic(body: &Map<String, Value>) -> Result<String, Invalid> {
    let loc = ["body", "input_topic"];
    let input = body.get("input_topic").ok_or_else(|| Invalid::missing(&loc, &Value::Object(body.clone())))?;
    let Value::String(topic) = input else {
        return Err(Invalid::new("string_type", &loc, "Input should be a valid string", input));
    };
    if topic.is_empty() {
        let msg = "String should have at least 1 character";
        return Err(Invalid::new("string_too_short", &loc, msg, input).context(json!({ "min_length": 1 })));
    }
    if topic.chars().count() > LONGEST_TOPIC {
        let msg = format!("String should have at most {LONGEST_TOPIC} characters");
        return Err(Invalid::new("string_too_long", &loc, msg, input).context(json!({ "max_length": LONGEST_TOPIC })));
    }
    Ok(topic.clone())
}

/// A run with a chair is refused: to run it without one would be to ignore what was asked for.
fn god_mode(body: &Map<String, Value>) -> Result<(), Invalid> {
    let loc = ["body", "god_mode"];
    let Some(input) = body.get("god_mode") else {
        return Ok(());
    };
    if boolean(input).map_err(|(kind, msg)| Invalid::new(kind, &loc, msg, input))? {
        let msg = "Value error, this server has no chair yet: it runs councils without god mode only";
        return Err(Invalid::new("value_error", &loc, msg, input));
    }
    Ok(())
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
const LONGEST_TOPIC: usize = 10_000;
