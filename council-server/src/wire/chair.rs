//! What the chair sees of a run.

use council_llm::{Call, Decision};
use serde::Serialize;
use utoipa::ToSchema;

/// A run with a chair.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChairState {
    pub(crate) run_id: String,
    pub(crate) paused: bool,
    pub(crate) next_nodes: Vec<String>,
    pub(crate) current_state: CurrentState,
}

/// The state of the council, in the words of the original.
#[derive(Serialize, ToSchema)]
pub(crate) struct CurrentState {
    pub(crate) input_topic: String,
    /// Empty before the first.
    pub(crate) current_draft: String,
    pub(crate) feedback_history: Vec<String>,
    /// `approve` or `rework`; empty before the critic has spoken.
    pub(crate) route_decision: &'static str,
    pub(crate) messages: Vec<Message>,
    pub(crate) iteration_count: u32,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) run_id: String,
    /// The node at work or next; `done` at the end.
    pub(crate) active_node: String,
}

/// One message of a call of a model.
#[derive(Serialize, ToSchema)]
pub(crate) struct Message {
    role: &'static str,
    content: String,
}

impl Message {
    /// The three messages of a call.
    pub(crate) fn of(call: &Call) -> [Self; 3] {
        let message = |role, content: &str| Self { role, content: content.to_owned() };
        let user = call.request.messages.first().map_or("", |message| &message.content);
        [
            message("system", call.request.system.as_deref().unwrap_or_default()),
            message("user", user),
            message("assistant", &call.answer),
        ]
    }
}

/// A decision in the words of the original.
pub(crate) fn decision_word(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Approve) => "approve",
        Some(Decision::Rework) => "rework",
        None => "",
    }
}
