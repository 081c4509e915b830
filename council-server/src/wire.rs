//! The JSON of the wire: answers, results and events. Field names and their order are the protocol's.

use council_llm::Usage;
use jiff::Timestamp;
use serde::Serialize;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Accepted, not begun.
    Pending,
    /// At work.
    Running,
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
}

/// The answer to a health check.
#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    service: &'static str,
}

impl Health {
    /// The server is up. The name is the original's, so that its clients know it.
    pub(crate) const OK: Self = Self { status: "ok", service: "CouncilOS API" };
}

/// The answer to a start.
#[derive(Serialize)]
pub(crate) struct Started<'a> {
    run_id: &'a str,
    status: Status,
    message: String,
}

impl<'a> Started<'a> {
    /// The run with this id has been accepted.
    pub(crate) fn new(run_id: &'a str) -> Self {
        Self {
            run_id,
            status: Status::Pending,
            message: format!("Council run started. Connect to /ws/council/{run_id} for live updates."),
        }
    }
}

/// What a run has come to so far.
#[derive(Serialize)]
pub(crate) struct RunResult {
    pub(crate) run_id: String,
    pub(crate) status: Status,
    /// `None` until completed.
    pub(crate) final_draft: Option<String>,
    pub(crate) critic_score: Option<f64>,
    pub(crate) iteration_count: u32,
    pub(crate) error: Option<String>,
    pub(crate) paused: bool,
    /// The nodes at work.
    pub(crate) next_nodes: Vec<String>,
    /// `None` before the first.
    pub(crate) current_draft: Option<String>,
    /// `None` until completed.
    pub(crate) approved: Option<bool>,
    pub(crate) stopped_by: Option<StoppedBy>,
    pub(crate) usage: Usage,
}

/// What ended the rounds in place of an approval.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StoppedBy {
    /// The safety valve.
    MaxIterations,
}

/// One thing that a watcher is told, without what all events have.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Happening<'a> {
    Connected {
        status: Status,
    },
    NodeStart {
        node: &'a str,
        iteration: u32,
    },
    NodeActive {
        node: &'a str,
        iteration: u32,
    },
    Token {
        node: &'a str,
        text: &'a str,
    },
    NodeComplete {
        node: &'a str,
        iteration: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
        duration_ms: u64,
    },
    RunComplete {
        final_draft: &'a str,
        critic_score: Option<f64>,
        iteration_count: u32,
        approved: bool,
        stopped_by: Option<StoppedBy>,
    },
    RunFailed {
        error: &'a str,
    },
    RunCancelled {},
    Error {
        message: String,
    },
}

impl Happening<'_> {
    /// The event as the text of a WebSocket frame; the numbered ones are those of the log.
    pub(crate) fn to_text(&self, run_id: &str, seq: Option<u64>) -> Utf8Bytes {
        let frame = Frame { event: self.name(), run_id, seq, at: format!("{:.3}", Timestamp::now()), happening: self };
        serde_json::to_string(&frame).expect("texts and numbers become JSON").into()
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "connected",
            Self::NodeStart { .. } => "node_start",
            Self::NodeActive { .. } => "node_active",
            Self::Token { .. } => "token",
            Self::NodeComplete { .. } => "node_complete",
            Self::RunComplete { .. } => "run_complete",
            Self::RunFailed { .. } => "run_failed",
            Self::RunCancelled {} => "run_cancelled",
            Self::Error { .. } => "error",
        }
    }
}

#[derive(Serialize)]
struct Frame<'a> {
    event: &'static str,
    run_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    at: String,
    #[serde(flatten)]
    happening: &'a Happening<'a>,
}
