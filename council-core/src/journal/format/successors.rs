//! The successors of a superstep or of a task, by the names of nodes.

use std::borrow::Cow;
use std::ops::Not;

use serde::{Deserialize, Serialize};

use crate::types::raw_json::RawJson;
use crate::types::valve::OpenedValve;

/// The successors of a superstep: the nodes and workers of the next superstep, the deferred nodes, and the valves that have opened.
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// let json = r#"{"v":3,"record":{"committed":{"next":["spell","style"]}}}"#;
/// let StoredRecord::Committed(successors) = Envelope::read(json)?.record else { panic!("it completes a superstep") };
/// assert_eq!(successors.next, ["spell", "style"]);
/// assert!(successors.deferred.is_empty() && !successors.end);
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredSuccessors<'a> {
    /// The next nodes and workers, in the order of their tasks: the order of declaration in the program that wrote the record.
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
    /// The valves that chose the successors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened_valves: Vec<OpenedValve>,
}

/// Items that were sent to a worker together.
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// let json = r#"{"v":3,"record":{"committed":{"next":["check"],"sends":[{"worker":"check","items":["a","b"]}]}}}"#;
/// let StoredRecord::Committed(successors) = Envelope::read(json)?.record else { panic!("it completes a superstep") };
/// assert_eq!(successors.sends[0].items.parse::<Vec<String>>()?, ["a", "b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredSend<'a> {
    /// The name of the worker.
    #[serde(borrow)]
    pub worker: Cow<'a, str>,
    /// The items, as a JSON array.
    #[serde(borrow)]
    pub items: RawJson<'a>,
}

/// The nodes and workers to which a task sends the run.
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// let json = r#"{"v":3,"record":{"task_done":{"node":"critic","update":{},"goto":{"to":["writer",null]}}}}"#;
/// let StoredRecord::TaskDone { goto: Some(goto), .. } = Envelope::read(json)?.record else { panic!("it chose nodes") };
/// assert_eq!((goto.to[0].as_deref(), goto.to[1].as_deref()), (Some("writer"), None)); // `None` is the end
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredGoto<'a> {
    /// The nodes; `None`, or `null` in JSON, is the end.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Option<Cow<'a, str>>>,
    /// The workers, each with its items.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<StoredSend<'a>>,
    /// Whether the chosen nodes replace the targets of the node's edges, routes and joins.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub instead: bool,
}
