//! The successors of a superstep or of a task, by the names of nodes.

use std::borrow::Cow;
use std::ops::Not;

use serde::{Deserialize, Serialize};

use super::raw_json::RawJson;
use crate::types::valve::OpenedValve;

/// The successors of a superstep: the nodes and workers of the next superstep, the deferred nodes, and the valves that have opened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredSuccessors<'a> {
    /// The next nodes and workers, in the order of their tasks, which is the order of declaration in the graph.
    #[serde(borrow)]
    pub next: Vec<Cow<'a, str>>,
    /// The items of the workers in `next`.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<StoredSend<'a>>,
    /// The deferred nodes and workers: they wait until nothing else is left to run.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub deferred: Vec<Cow<'a, str>>,
    /// The items of the workers in `deferred`.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub deferred_sends: Vec<StoredSend<'a>>,
    /// Whether one of the run's paths has reached the end.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub end: bool,
    /// The names of the guards that have opened so far.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Cow<'a, str>>,
    /// The valves that decided what comes next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened_valves: Vec<OpenedValve>,
}

/// Items that were sent to a worker together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredSend<'a> {
    /// The name of the worker.
    #[serde(borrow)]
    pub worker: Cow<'a, str>,
    /// A list of the items.
    #[serde(borrow)]
    pub items: RawJson<'a>,
}

/// Where a task sends the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredGoto<'a> {
    /// To these nodes; `null` is the end.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Option<Cow<'a, str>>>,
    /// To these workers, each with its items.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<StoredSend<'a>>,
    /// Whether the run goes there instead of where the edges, routes and joins of the node lead.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub instead: bool,
}
