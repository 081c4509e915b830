//! The answer to the start of a run.

use serde::Serialize;
use utoipa::ToSchema;

use super::status::RunStatus;

/// The answer to the start of a run.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started<'a> {
    run_id: &'a str,
    status: RunStatus,
    message: String,
}

impl<'a> Started<'a> {
    /// A run of the built-in council.
    pub(crate) fn new(run_id: &'a str) -> Self {
        Self { run_id, status: RunStatus::Pending, message: format!("Council run started. {}", Self::watch(run_id)) }
    }

    /// A run of a blueprint.
    pub(crate) fn of_blueprint(run_id: &'a str, name: &str, god_mode: bool) -> Self {
        let mode = if god_mode { "God Mode" } else { "Auto-Pilot" };
        let message = format!("Council run started from blueprint '{name}' ({mode}). {}", Self::watch(run_id));
        Self { run_id, status: RunStatus::Pending, message }
    }

    fn watch(run_id: &str) -> String {
        format!("Connect to /ws/council/{run_id} for live updates.")
    }
}
