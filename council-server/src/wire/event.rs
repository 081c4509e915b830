//! Events that are sent to watchers.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use utoipa::ToSchema;

use super::model_change::ModelChange;
use super::result::{DocumentFrom, StoppedBy};
use super::status::RunStatus;
use super::time::time;

/// An event of a run, without the fields that all events have.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum WireEvent<'a> {
    /// The connection is open; the run has this status.
    Connected { status: RunStatus },
    /// A node starts.
    NodeStart { node: &'a str, iteration: u32 },
    /// The node to highlight.
    NodeActive { node: &'a str, iteration: u32 },
    /// A piece of the text that a model writes. It has no number and is not replayed. A client that connects meanwhile receives the text
    /// so far, and with `after` first `tokens_withdrawn`, or `node_retry` if the call is a repeated one.
    Token { node: &'a str, text: &'a str },
    /// The tokens of the node since its start are withdrawn: they are no part of its answer, but reasoning for example. It has no
    /// number and is not replayed.
    TokensWithdrawn { node: &'a str, iteration: u32 },
    /// A call of a model has failed and is made again: the tokens of the node since its start are withdrawn. `attempt` is the number of the
    /// next attempt. It has no number and is not replayed; a client that connects before the node has ended receives the last one.
    NodeRetry { node: &'a str, iteration: u32, attempt: u32, reason: &'a str, wait_ms: u64 },
    /// Nothing of the run is at work until a time, which is null if it is not known. When the run goes on, `for` and `until` are null.
    /// It has no number and is not replayed; a client that connects meanwhile receives it.
    RunWaiting {
        #[serde(rename = "for")]
        #[schema(required)]
        reason: Option<&'a str>,
        #[schema(format = DateTime, required)]
        until: Option<&'a str>,
    },
    /// The run cannot go on without a retry or another start of the server. It has no number and is not replayed; a client that connects
    /// meanwhile receives it.
    RunStalled { reason: &'a str },
    /// A node has ended without an error. A critic reports its score.
    NodeComplete {
        node: &'a str,
        iteration: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
        duration_ms: u64,
    },
    /// The run waits for an answer of the chair.
    RunPaused {
        #[serde(serialize_with = "texts")]
        #[schema(value_type = Vec<String>)]
        next_nodes: &'a [Arc<str>],
        current_draft: &'a str,
        #[schema(required)]
        critic_score: Option<f64>,
        iteration_count: u32,
    },
    /// The chair has answered, or the run is tried again after its end.
    RunResumed {},
    /// The run goes on with other models, because it was retried on a server that has others.
    ModelsChanged {
        #[schema(value_type = Vec<ModelChange>)]
        changes: &'a [ModelChange],
    },
    /// The last event of a completed run.
    RunComplete {
        final_draft: &'a str,
        #[schema(required)]
        critic_score: Option<f64>,
        iteration_count: u32,
        approved: bool,
        #[schema(required)]
        stopped_by: Option<StoppedBy>,
        document_from: DocumentFrom,
        #[schema(required)]
        document_fault: Option<&'a str>,
    },
    /// The last event of a failed run. If an agent has failed, `node` is its name, and `attempt` the number of its last attempt.
    RunFailed {
        error: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        node: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<u32>,
    },
    /// The last event of a cancelled run.
    RunCancelled {},
    /// There is no such run.
    Error { message: String },
}

impl WireEvent<'_> {
    /// The names of the events, in the order of the variants.
    pub(crate) const NAMES: [&'static str; 16] = [
        "connected",
        "node_start",
        "node_active",
        "token",
        "tokens_withdrawn",
        "node_retry",
        "run_waiting",
        "run_stalled",
        "node_complete",
        "run_paused",
        "run_resumed",
        "models_changed",
        "run_complete",
        "run_failed",
        "run_cancelled",
        "error",
    ];

    /// The events without a number. They are not stored.
    pub(crate) const UNNUMBERED: [&'static str; 7] =
        ["connected", "token", "tokens_withdrawn", "node_retry", "run_waiting", "run_stalled", "error"];

    /// The event as JSON, for a WebSocket frame. `at` is in milliseconds since 1970.
    pub(crate) fn to_text(&self, run_id: &str, seq: Option<u64>, at: u64) -> Utf8Bytes {
        let envelope = Envelope { event: self.name(), run_id, seq, at: time(at), fields: self };
        serde_json::to_string(&envelope).expect("texts and numbers become JSON").into()
    }

    fn name(&self) -> &'static str {
        let place = match self {
            Self::Connected { .. } => 0,
            Self::NodeStart { .. } => 1,
            Self::NodeActive { .. } => 2,
            Self::Token { .. } => 3,
            Self::TokensWithdrawn { .. } => 4,
            Self::NodeRetry { .. } => 5,
            Self::RunWaiting { .. } => 6,
            Self::RunStalled { .. } => 7,
            Self::NodeComplete { .. } => 8,
            Self::RunPaused { .. } => 9,
            Self::RunResumed {} => 10,
            Self::ModelsChanged { .. } => 11,
            Self::RunComplete { .. } => 12,
            Self::RunFailed { .. } => 13,
            Self::RunCancelled {} => 14,
            Self::Error { .. } => 15,
        };
        Self::NAMES[place]
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    event: &'static str,
    run_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    at: String,
    #[serde(flatten)]
    fields: &'a WireEvent<'a>,
}

fn texts<S: Serializer>(texts: &&[Arc<str>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(texts.iter().map(|text| &**text))
}
