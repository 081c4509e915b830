//! Request that answers a pause.

use council_llm::Decision;
use utoipa::ToSchema;

use super::start::Topic;
use crate::http::json::{Json, ReadJson};
use crate::runs::chair::{ChairAction, ChairAnswer, StateChanges};
use crate::runs::idempotency::KeyedRequest;
use crate::wire::fault::RequestFault;

/// Answers a pause.
#[derive(ToSchema)]
pub(crate) struct AnswerRequest {
    action: AnswerAction,
    /// Changes of the state before the run resumes; only for `modify`.
    modified_state: Option<StateChanges>,
    /// The number of the `run_paused` that is answered. With it, a late answer is not applied to the next pause.
    seq: Option<u64>,
}

/// The decision of the chair.
#[derive(Clone, Copy, Default, ToSchema)]
#[schema(rename_all = "lowercase")]
enum AnswerAction {
    #[default]
    Approve,
    Reject,
    Modify,
}

impl AnswerRequest {
    /// The answer, with its request if the client may repeat it.
    pub(crate) fn into_answer(self, request: Option<KeyedRequest>) -> ChairAnswer {
        let Self { action, modified_state, seq } = self;
        let action = match action {
            AnswerAction::Approve => ChairAction::Approve(StateChanges::default()),
            AnswerAction::Modify => ChairAction::Approve(modified_state.unwrap_or_default()),
            AnswerAction::Reject => ChairAction::Reject,
        };
        ChairAnswer { action, seq, request }
    }
}

impl ReadJson for AnswerRequest {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields()?;
        Some(Self {
            action: fields.required("action"),
            modified_state: fields.optional("modified_state"),
            seq: fields.optional("seq"),
        })
    }
}

impl ReadJson for AnswerAction {
    fn read(json: Json<'_>) -> Option<Self> {
        json.word(&[("approve", Self::Approve), ("reject", Self::Reject), ("modify", Self::Modify)])
    }
}

impl ReadJson for StateChanges {
    fn read(json: Json<'_>) -> Option<Self> {
        let mut fields = json.fields_or(RequestFault::not_a_dictionary)?;
        let changes = Self {
            input_topic: fields.given("input_topic").map(|topic: Topic| topic.0),
            current_draft: fields.given("current_draft"),
            feedback_history: fields.given("feedback_history").unwrap_or_default(),
            critic_score: fields.given("critic_score").map(|Score(score)| score),
            route_decision: fields.given("route_decision"),
        };
        fields.refuse_others();
        Some(changes)
    }
}

impl ReadJson for Decision {
    fn read(json: Json<'_>) -> Option<Self> {
        json.word(&[("approve", Self::Approve), ("rework", Self::Rework)])
    }
}

/// A score of a critic, 0 to 10.
struct Score(f64);

impl ReadJson for Score {
    fn read(json: Json<'_>) -> Option<Self> {
        match json.value().as_f64() {
            Some(score) if score < 0.0 => json.note(|at, value| RequestFault::too_small(at, value, 0)),
            Some(score) if score > 10.0 => json.note(|at, value| RequestFault::too_large(at, value, 10)),
            Some(score) => Some(Self(score)),
            None => json.note(RequestFault::not_a_number),
        }
    }
}
