//! One record as a line of JSON: how it is written and read.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The format of the records that this program writes, and the only one that it reads.
pub const FORMAT: u32 = 1;

/// A record as it lies in a journal: what happened is in the fields that are there. It needs no graph to be read, so a front can
/// show a run without the types of its state.
///
/// ```
/// use council_core::journal::Line;
///
/// let line = Line::read(r#"{"v":1,"done":"critic","update":{"score":8.5}}"#).unwrap();
/// assert_eq!(line.done.as_deref(), Some("critic"));
/// ```
#[derive(Debug, Deserialize)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a record of its own, or says more about one")]
pub struct Line<'a> {
    /// The format: 1.
    pub v: u32,
    /// The tasks of the outer graphs in which it happened, outermost first, each with the item of its worker.
    #[serde(default, rename = "in", borrow)]
    pub path: Vec<(Cow<'a, str>, Option<u32>)>,
    /// The run has begun, in this graph, with an `input` or a `position`; with the nodes in `next`, unless a route from the
    /// start has to be asked.
    #[serde(default)]
    pub started: Option<Cow<'a, str>>,
    /// A subgraph has begun, with an `input`.
    #[serde(default)]
    pub began: Option<Cow<'a, str>>,
    /// A state.
    #[serde(default, borrow)]
    pub input: Option<&'a RawValue>,
    /// Where a run stood that was not in the journal before.
    #[serde(default, borrow)]
    pub position: Option<&'a RawValue>,
    /// A task of this node has ended well, with an `update`, and a `goto` if it decided. If it was alone in its superstep, `next`
    /// is in the same record.
    #[serde(default)]
    pub done: Option<Cow<'a, str>>,
    /// An attempt at a task of this node has failed, with an `error`.
    #[serde(default)]
    pub failed: Option<Cow<'a, str>>,
    /// A task of this node has asked a `question`.
    #[serde(default)]
    pub asked: Option<Cow<'a, str>>,
    /// The question of this node at the place `ask` has its `answer`.
    #[serde(default)]
    pub answered: Option<Cow<'a, str>>,
    /// The answer to the question of this node at the place `ask` is not what it wants, with an `error`: the question is open again.
    #[serde(default)]
    pub refused: Option<Cow<'a, str>>,
    /// A task of the `node` has done this block, which gave a `value`.
    #[serde(default)]
    pub once: Option<Cow<'a, str>>,
    /// Somebody of this name has edited the state by an `update` as this `node`, where what comes next was chosen anew.
    #[serde(default)]
    pub edited: Option<Cow<'a, str>>,
    /// The superstep is in the state, with the `update` of this record if it has one; these nodes come next, with the workers in
    /// `sends`.
    #[serde(default)]
    pub next: Option<Vec<Cow<'a, str>>>,
    /// The superstep is in the state, and what comes next could not be found.
    #[serde(default)]
    pub merged: bool,
    /// The run waits for a human before these nodes or for the answers to their questions.
    #[serde(default)]
    pub paused: Option<Vec<Cow<'a, str>>>,
    /// The run goes on.
    #[serde(default)]
    pub resumed: bool,
    /// Beside `started` or `resumed`: not yet. It waits to be resumed, and nothing of it runs before that is recorded.
    #[serde(default)]
    pub held: bool,
    /// The run has come to its end.
    #[serde(default)]
    pub finished: bool,
    /// The run was stopped, by this.
    #[serde(default)]
    pub stopped: Option<Cow<'a, str>>,
    /// The run has failed, with this error.
    #[serde(default)]
    pub gave_up: Option<Cow<'a, str>>,
    /// Somebody has ended the run for good, for this reason.
    #[serde(default)]
    pub closed: Option<Cow<'a, str>>,
    /// Which item of a worker the task is for.
    #[serde(default)]
    pub item: Option<u32>,
    /// The node of a block, or the one that an edit stands for.
    #[serde(default)]
    pub node: Option<Cow<'a, str>>,
    /// What is changed.
    #[serde(default, borrow)]
    pub update: Option<&'a RawValue>,
    /// Where a task sends the run.
    #[serde(default, borrow)]
    pub goto: Option<GotoLine<'a>>,
    /// The error and its sources, in one line.
    #[serde(default)]
    pub error: Option<Cow<'a, str>>,
    /// What was asked.
    #[serde(default, borrow, deserialize_with = "some")]
    pub question: Option<&'a RawValue>,
    /// Which question of the task, from 0.
    #[serde(default)]
    pub ask: usize,
    /// What was answered.
    #[serde(default, borrow, deserialize_with = "some")]
    pub answer: Option<&'a RawValue>,
    /// What a block gave.
    #[serde(default, borrow, deserialize_with = "some")]
    pub value: Option<&'a RawValue>,
    /// Workers that come next, each with its items.
    #[serde(default, borrow)]
    pub sends: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Deferred nodes.
    #[serde(default)]
    pub later: Vec<Cow<'a, str>>,
    /// Deferred workers, each with its items.
    #[serde(default, borrow)]
    pub later_sends: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Whether the run has come to the end on one of its ways.
    #[serde(default)]
    pub end: bool,
    /// The guards that have opened so far.
    #[serde(default)]
    pub guards: Vec<Cow<'a, str>>,
    /// The valves that decided where the run goes.
    #[serde(default)]
    pub valves: Vec<ValveLine<'a>>,
}

/// Where a task sends the run.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct GotoLine<'a> {
    /// To these nodes; `null` is the end.
    #[serde(default)]
    pub to: Vec<Option<Cow<'a, str>>>,
    /// To these workers, each with its items.
    #[serde(default, borrow)]
    pub sends: Vec<(Cow<'a, str>, &'a RawValue)>,
    /// Whether it goes there instead of where the edges of the node lead.
    #[serde(default)]
    pub instead: bool,
}

/// A valve that opened.
#[derive(Debug, Deserialize)]
#[non_exhaustive]
pub struct ValveLine<'a> {
    /// The node that had its visits.
    #[serde(default)]
    pub node: Option<Cow<'a, str>>,
    /// How many.
    #[serde(default)]
    pub visits: u32,
    /// The guard that opened.
    #[serde(default)]
    pub guard: Option<Cow<'a, str>>,
    /// Where the run goes instead; `null` is the end.
    #[serde(default)]
    pub to: Option<Cow<'a, str>>,
}

impl<'a> Line<'a> {
    /// Reads a record.
    ///
    /// # Errors
    ///
    /// It is no record, or one of another format.
    pub fn read(json: &'a str) -> Result<Self, LineError> {
        let line: Self = parse(json)?;
        if line.v == FORMAT { Ok(line) } else { Err(LineError::Format { found: line.v }) }
    }
}

/// Reads an object that has a format; what cannot be read may be of another.
pub(crate) fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, LineError> {
    serde_json::from_str(json).map_err(|error| match serde_json::from_str::<Version>(json) {
        Ok(Version { v }) if v != FORMAT => LineError::Format { found: v },
        _ => LineError::Unreadable(error),
    })
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Why a line is not a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// It was written by another version of this program.
    #[error("it has format {found}, and this program reads format {FORMAT}")]
    Format {
        /// The format.
        found: u32,
    },
    /// It is no record at all.
    #[error("it is not a record")]
    Unreadable(#[source] serde_json::Error),
}

/// A `null` is a value too.
fn some<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}
