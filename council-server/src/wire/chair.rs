//! The state of a run, for its chair.

use council_llm::Call;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a run that has a chair.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChairState {
    pub(crate) run_id: String,
    pub(crate) paused: bool,
    pub(crate) next_nodes: Vec<String>,
    pub(crate) current_state: CurrentState,
}

/// The state of the council, with the field names of the original.
#[derive(Serialize, ToSchema)]
pub(crate) struct CurrentState {
    pub(crate) input_topic: String,
    /// The current draft; empty before the first.
    pub(crate) current_draft: String,
    pub(crate) feedback_history: Vec<String>,
    /// `approve` or `rework`; empty before the first decision of the critic.
    pub(crate) route_decision: &'static str,
    pub(crate) messages: Vec<Message>,
    pub(crate) iteration_count: u32,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) run_id: String,
    /// The node that runs, or runs next; `done` after the end.
    pub(crate) active_node: String,
}

/// One message of a model call.
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
