//! Stored positions and snapshots.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Not;

use serde::{Deserialize, Deserializer, Serialize};

use super::error::FormatError;
use super::program::StoredProgram;
use super::successors::{StoredGoto, StoredSuccessors};
use super::version;
use super::version::Version;
use crate::types::json_error::JsonError;
use crate::types::raw_json::{RawJson, json_text};

/// The stored position of one graph of a run: in a snapshot, and in the first record of a run that begins at a position.
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// # let json = r#"{"v":3,"record":{"started_at":{"graph":"essay","position":{"supersteps":1,"state":{"draft":""},"committed":{"next":["write"]},"visits":{"write":1}}}}}"#;
/// let StoredRecord::StartedAt { position, .. } = Envelope::read(json)?.record else { panic!("it starts at a position") };
/// assert_eq!((position.supersteps, position.state.text()), (1, r#"{"draft":""}"#));
/// assert_eq!(position.committed.next, ["write"]);
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "the flags are those of a position")]
pub struct StoredPosition<'a> {
    /// The number of complete supersteps.
    pub supersteps: u64,
    /// The state.
    #[serde(borrow)]
    pub state: RawJson<'a>,
    /// The nodes and workers of the superstep, the deferred nodes, and the valves that have opened.
    #[serde(borrow)]
    pub committed: StoredSuccessors<'a>,
    /// Whether the run waits for a person.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub paused: bool,
    /// Whether a person has acknowledged the pause at this superstep.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(crate) pause_acknowledged: bool,
    /// Whether routes from the start must be evaluated before there are tasks.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(crate) not_begun: bool,
    /// Whether the updates of the superstep are in the state.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub(crate) merged: bool,
    /// The number of visits of each node.
    #[serde(borrow)]
    pub(crate) visits: BTreeMap<Cow<'a, str>, u32>,
    /// The joins of the graph.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub(crate) joins: Vec<StoredArrivals<'a>>,
    /// The questions and the results of `once` blocks of the open tasks.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub(crate) memory: Vec<StoredMemory<'a>>,
    /// The tasks that have changed since the superstep began.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tasks: Vec<StoredTaskState<'a>>,
}

/// The sources of a join that have run since it last fired.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct StoredArrivals<'a> {
    /// The node that the join leads to. A node may have several joins: they differ in their sources.
    #[serde(borrow)]
    pub(crate) target: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) arrived: Vec<Cow<'a, str>>,
    /// The other sources of the join.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub(crate) missing: Vec<Cow<'a, str>>,
}

/// The questions and the results of `once` blocks of a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredMemory<'a> {
    #[serde(borrow)]
    pub(crate) node: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<u32>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub(crate) asks: Vec<StoredAsk<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    pub(crate) once: Vec<StoredOnce<'a>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredAsk<'a> {
    #[serde(borrow)]
    pub(crate) question: RawJson<'a>,
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<RawJson<'a>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredOnce<'a> {
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) value: RawJson<'a>,
}

/// A task that has been attempted, has ended, or runs a subgraph that has begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredTaskState<'a> {
    #[serde(borrow)]
    pub(crate) node: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<u32>,
    /// The number of the next attempt, from 1.
    pub(crate) attempt: u32,
    #[serde(default, borrow, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) update: Option<RawJson<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub(crate) goto: Option<StoredGoto<'a>>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub(crate) nested: Option<StoredPosition<'a>>,
    /// When the next attempt begins at the earliest, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry_at: Option<u64>,
}

/// A snapshot: a position with its format number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Snapshot<'a> {
    v: Version,
    /// The program that has written the position.
    pub(crate) program: Cow<'a, StoredProgram>,
    #[serde(borrow)]
    pub(crate) position: StoredPosition<'a>,
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(program: &'a StoredProgram, position: StoredPosition<'a>) -> Self {
        Self { v: Version, program: Cow::Borrowed(program), position }
    }

    pub(crate) fn to_json(&self) -> Result<String, JsonError> {
        json_text(self)
    }

    pub(crate) fn read(json: &'a str) -> Result<Self, FormatError> {
        version::parse(json)
    }
}

/// Reads an optional field that is present: `null` is a value, not an absent field.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RawJson<'a>>, D::Error> {
    RawJson::deserialize(deserializer).map(Some)
}
