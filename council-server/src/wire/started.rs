//! The answer to a start.

use serde::Serialize;
use utoipa::ToSchema;

use super::status::RunStatus;

/// The answer to a start.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started<'a> {
    run_id: &'a str,
    status: RunStatus,
    message: String,
}

impl<'a> Started<'a> {
    /// The run with this id has been accepted.
    pub(crate) fn new(run_id: &'a str) -> Self {
        Self { run_id, status: RunStatus::Pending, message: format!("Council run started. {}", Self::watch(run_id)) }
    }

    /// The same for a run that is made by a blueprint.
    pub(crate) fn of_blueprint(run_id: &'a str, name: &str, god_mode: bool) -> Self {
        let mode = if god_mode { "God Mode" } else { "Auto-Pilot" };
        let message = format!("Council run started from blueprint '{name}' ({mode}). {}", Self::watch(run_id));
        Self { run_id, status: RunStatus::Pending, message }
    }

    fn watch(run_id: &str) -> String {
        format!("Connect to /ws/council/{run_id} for live updates.")
    }
}
