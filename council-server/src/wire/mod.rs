//! The JSON of the wire: answers, results, events and faults. Field names and their order are the protocol's.

mod chair;
mod contribution;
mod drawing;
mod event;
mod history;
mod invalid;
mod run_event;
mod text;

use council_llm::Usage;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::chair::{ChairState, CurrentState, Message, word};
pub(crate) use self::contribution::Contribution;
pub(crate) use self::drawing::Drawing;
pub(crate) use self::event::Happening;
pub(crate) use self::history::{ExecutionMode, HistoryEntry};
pub(crate) use self::invalid::{Invalid, Loc};
pub(crate) use self::run_event::RunEvent;
pub(crate) use self::text::split_within;

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Accepted, not begun.
    #[default]
    Pending,
    /// At work.
    Running,
    /// The chair is asked.
    Paused,
    /// Ended with a document.
    Completed,
    /// Ended with an error.
    Failed,
    /// Ended by someone.
    Cancelled,
}

impl Status {
    /// Whether nothing comes after it.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }

    /// As it is written on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The answer to a health check.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    service: &'static str,
}

impl Health {
    /// The server is up. The name is the original's, so that its clients know it.
    pub(crate) const OK: Self = Self { status: "ok", service: "CouncilOS API" };
}

/// The answer of a server that can be sent work.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    status: &'static str,
}

impl Ready {
    pub(crate) const READY: Self = Self { status: "ready" };
}

/// The answer to a start.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started<'a> {
    run_id: &'a str,
    status: Status,
    message: String,
}

impl<'a> Started<'a> {
    /// The run with this id has been accepted.
    pub(crate) fn new(run_id: &'a str) -> Self {
        Self { run_id, status: Status::Pending, message: format!("Council run started. {}", Self::watch(run_id)) }
    }

    /// The same for a run that is made by a blueprint.
    pub(crate) fn of_blueprint(run_id: &'a str, name: &str, god_mode: bool) -> Self {
        let mode = if god_mode { "God Mode" } else { "Auto-Pilot" };
        let message = format!("Council run started from blueprint '{name}' ({mode}). {}", Self::watch(run_id));
        Self { run_id, status: Status::Pending, message }
    }

    fn watch(run_id: &str) -> String {
        format!("Connect to /ws/council/{run_id} for live updates.")
    }
}

/// What a run has come to so far.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunResult {
    pub(crate) run_id: String,
    pub(crate) status: Status,
    /// `None` until completed.
    #[schema(required)]
    pub(crate) final_draft: Option<String>,
    #[schema(required)]
    pub(crate) critic_score: Option<f64>,
    pub(crate) iteration_count: u32,
    #[schema(required)]
    pub(crate) error: Option<String>,
    pub(crate) paused: bool,
    /// The nodes at work.
    pub(crate) next_nodes: Vec<String>,
    /// `None` before the first.
    #[schema(required)]
    pub(crate) current_draft: Option<String>,
    /// `None` until completed.
    #[schema(required)]
    pub(crate) approved: Option<bool>,
    #[schema(required)]
    pub(crate) stopped_by: Option<StoppedBy>,
    pub(crate) usage: Usage,
    /// Which one of those that wait for their turn begins before it, and it itself: 1 is the next. `None` where it does not wait.
    #[schema(required)]
    pub(crate) queue_position: Option<usize>,
}

/// What ended the rounds in place of an approval.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoppedBy {
    /// The safety valve.
    MaxIterations,
}

/// The body of an answer that is no success: why, in a sentence.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refusal {
    pub(crate) detail: String,
}

/// The body of an answer to a request that cannot be understood: all its faults.
#[derive(Serialize, ToSchema)]
pub(crate) struct Faults {
    pub(crate) detail: Vec<Invalid>,
}

/// A time as it is told, from milliseconds since 1970, UTC.
pub(crate) fn time(at: u64) -> String {
    let at = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    format!("{:.3}", at.unwrap_or(Timestamp::MAX))
}

/// The present, in milliseconds since 1970, UTC.
pub(crate) fn now() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0)
}
