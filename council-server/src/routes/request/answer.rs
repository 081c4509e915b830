//! What the chair sends to answer a pause.

use council_llm::Decision;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::start;
use crate::http::body;
use crate::runs::chair::{ChairAction, ChairAnswer, StateChanges};
use crate::wire::fault::{Location, RequestFault};

/// A body that is understood.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is read field by field, to find all faults; its schema is made of this")]
pub(crate) struct AnswerRequest {
    action: Word,
    /// What is changed before the run goes on, with `modify`.
    modified_state: Option<StateChanges>,
    /// The number of the `run_paused` that is answered. With it, an answer that comes too late is not taken for one to the next pause.
    seq: Option<u64>,
}

/// What the chair decides.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "its schema is made of this")]
enum Word {
    Approve,
    Reject,
    Modify,
}

/// Reads a body.
///
/// # Errors
///
/// All faults at once.
pub(crate) fn parse(body: &[u8]) -> Result<ChairAnswer, Vec<RequestFault>> {
    let body = body::fields(body)?;
    let mut faults = Vec::new();
    let action =
        body.get("action").ok_or_else(|| RequestFault::missing(&["body", "action"], &Value::Object(body.clone())));
    let action = action.and_then(|input| one_of(&["body", "action"], input, &ACTIONS));
    let action = action.map_err(|fault| faults.push(fault)).unwrap_or_default();
    let changes = match body.get("modified_state") {
        None | Some(Value::Null) => StateChanges::default(),
        Some(Value::Object(fields)) => changes(fields, &mut faults),
        Some(input) => {
            faults.push(RequestFault::new("dict_type", &[BODY, STATE], "Input should be a valid dictionary", input));
            StateChanges::default()
        }
    };
    let seq = match body.get("seq") {
        None | Some(Value::Null) => None,
        Some(input) => {
            if !input.is_u64() {
                faults.push(RequestFault::new("int_type", &[BODY, "seq"], "Input should be a valid integer", input));
            }
            input.as_u64()
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let action = match action {
        "reject" => ChairAction::Reject,
        "modify" => ChairAction::Approve(changes),
        _ => ChairAction::Approve(StateChanges::default()),
    };
    Ok(ChairAnswer { action, seq })
}

fn changes(fields: &Map<String, Value>, faults: &mut Vec<RequestFault>) -> StateChanges {
    let mut changes = StateChanges::default();
    for (field, input) in fields {
        let loc = [BODY, STATE, field];
        let read = match field.as_str() {
            "input_topic" => start::topic(&loc, input).map(|topic| changes.input_topic = Some(topic)),
            "current_draft" => RequestFault::string(&loc, input).map(|draft| changes.current_draft = Some(draft)),
            "feedback_history" => match input {
                Value::Array(items) => {
                    for (place, item) in items.iter().enumerate() {
                        match RequestFault::string(&loc, item) {
                            Ok(feedback) => changes.feedback_history.push(feedback),
                            Err(fault) => faults.push(fault.at(place)),
                        }
                    }
                    Ok(())
                }
                _ => Err(RequestFault::new("list_type", &loc, "Input should be a valid list", input)),
            },
            "route_decision" => one_of(&loc, input, &["approve", "rework"]).map(|word| {
                let decision = if word == "approve" { Decision::Approve } else { Decision::Rework };
                changes.route_decision = Some(decision);
            }),
            "critic_score" => score(&loc, input).map(|score| changes.critic_score = Some(score)),
            _ => Err(RequestFault::new("extra_forbidden", &loc, "Extra inputs are not permitted", input)),
        };
        faults.extend(read.err());
    }
    changes
}

fn score(loc: &[&str; 3], input: &Value) -> Result<f64, RequestFault> {
    let number = input.as_f64();
    let number = number.ok_or_else(|| RequestFault::new("float_type", loc, "Input should be a valid number", input))?;
    if number < 0.0 {
        let msg = "Input should be greater than or equal to 0";
        return Err(RequestFault::new("greater_than_equal", loc, msg, input).context(json!({ "ge": 0 })));
    }
    if number > 10.0 {
        let msg = "Input should be less than or equal to 10";
        return Err(RequestFault::new("less_than_equal", loc, msg, input).context(json!({ "le": 10 })));
    }
    Ok(number)
}

/// One of these words.
fn one_of(loc: impl Into<Location>, input: &Value, words: &[&'static str]) -> Result<&'static str, RequestFault> {
    let found = words.iter().find(|word| input.as_str() == Some(word));
    found.copied().ok_or_else(|| RequestFault::no_word(loc, input, words.iter().copied()))
}

const ACTIONS: [&str; 3] = ["approve", "reject", "modify"];
const BODY: &str = "body";
const STATE: &str = "modified_state";
