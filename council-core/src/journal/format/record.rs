//! The kinds of records.

use std::borrow::Cow;
use std::ops::Not;

use serde::{Deserialize, Serialize};

use super::position::StoredPosition;
use super::raw_json::RawJson;
use super::successors::{StoredGoto, StoredSuccessors};

/// One fact about a run, as it is stored. The kind is the only key of its object: `{"resumed":{}}`.
///
/// Kinds that a run obeys have the names of [`Record`](crate::Record).
///
/// ```
/// use council_core::journal::{Entry, Envelope, FormatError, StoredRecord};
///
/// /// A log for people, of any run.
/// fn tell(entry: &Entry) -> Result<String, FormatError> {
///     Ok(match Envelope::read(&entry.json)?.record {
///         StoredRecord::TaskDone { node, .. } => format!("{node} has ended"),
///         StoredRecord::TaskFailed { node, error, .. } => format!("{node} has failed: {error}"),
///         StoredRecord::Paused { .. } => "the run waits for a person".into(),
///         StoredRecord::Finished {} => "the run has reached its end".into(),
///         _ => "the run goes on".into(),
///     })
/// }
///
/// let json = r#"{"v":2,"record":{"task_failed":{"node":"writer","error":"no paper"}}}"#;
/// assert_eq!(tell(&Entry { at: 0, json: json.into() })?, "writer has failed: no paper");
/// # Ok::<(), FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StoredRecord<'a> {
    /// A graph has begun with an input. With an empty path it is the first record of a run, else a subgraph has begun.
    Started {
        /// The name of the graph.
        #[serde(borrow)]
        graph: Cow<'a, str>,
        /// The state that it begins with.
        #[serde(borrow)]
        input: RawJson<'a>,
        /// The nodes that come first; none where routes from the start have to be asked.
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        next: Vec<Cow<'a, str>>,
        /// Whether nothing runs before the run is resumed.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
    },
    /// A run has begun at a position that is not in this journal: the first record of the run.
    StartedAt {
        /// The name of the graph.
        #[serde(borrow)]
        graph: Cow<'a, str>,
        /// Where the run stands.
        #[serde(borrow)]
        position: Box<StoredPosition<'a>>,
        /// The nodes of its open tasks.
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        next: Vec<Cow<'a, str>>,
        /// Whether nothing runs before the run is resumed.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
    },
    /// A task has ended well.
    TaskDone {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// Which item of a worker it was for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// What it changes in the state.
        #[serde(borrow)]
        update: RawJson<'a>,
        /// Where it sends the run, if it decided.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        goto: Option<StoredGoto<'a>>,
        /// What follows the superstep, if the task was alone in it: then this record completes the superstep.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        committed: Option<StoredSuccessors<'a>>,
    },
    /// An attempt at a task has failed. The task is tried again at once, or when the run goes on.
    TaskFailed {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// Which item of a worker it is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The error and its sources, in one line.
        #[serde(borrow)]
        error: Cow<'a, str>,
    },
    /// All tasks of the superstep have ended, their updates are in the state, and these successors come next.
    Committed(#[serde(borrow)] StoredSuccessors<'a>),
    /// All tasks of the superstep have ended and their updates are in the state, but what comes next could not be found.
    Merged {},
    /// A task has asked a question.
    Asked {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// Which item of a worker it is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The question.
        #[serde(borrow)]
        question: RawJson<'a>,
    },
    /// A question has its answer.
    Answered {
        /// The name of the node that asked.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// Which item of a worker its task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// Which question of the task, from 0.
        ask: usize,
        /// The answer.
        #[serde(borrow)]
        answer: RawJson<'a>,
    },
    /// An answer was not of the type that its node wants: the question is open again.
    Refused {
        /// The name of the node that asked.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// Which item of a worker its task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// Which question of the task, from 0.
        ask: usize,
        /// The error and its sources, in one line.
        #[serde(borrow)]
        error: Cow<'a, str>,
    },
    /// A task has done something that it does not do again.
    Once {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// Which item of a worker it is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// What the node calls it.
        #[serde(borrow)]
        name: Cow<'a, str>,
        /// What it gave.
        #[serde(borrow)]
        value: RawJson<'a>,
    },
    /// Somebody has changed the state from outside.
    Edited {
        /// The name of who did it.
        #[serde(borrow)]
        by: Cow<'a, str>,
        /// What was changed.
        #[serde(borrow)]
        update: RawJson<'a>,
        /// What comes next instead, where the change was made in the place of a node.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        instead: Option<StoredRedirect<'a>>,
    },
    /// The run waits for a person: before these nodes, or for the answers to their questions.
    Paused {
        /// The nodes of the open tasks.
        #[serde(borrow)]
        nodes: Vec<Cow<'a, str>>,
    },
    /// The run goes on.
    Resumed {
        /// Whether nothing runs before the run is resumed once more.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
    },
    /// The run has reached its end.
    Finished {},
    /// A limit or a cancel has stopped the run. It can go on.
    Stopped {
        /// What has stopped it.
        #[serde(borrow)]
        reason: Cow<'a, str>,
    },
    /// The run has failed. It can go on.
    Failed {
        /// The error and its sources, in one line.
        #[serde(borrow)]
        error: Cow<'a, str>,
    },
    /// Somebody has ended the run for good.
    Closed {
        /// Why.
        #[serde(borrow)]
        reason: Cow<'a, str>,
    },
}

impl StoredRecord<'_> {
    /// Whether a node says it through its context, which it may hand to something that outlives its task: then nobody waits for it.
    pub(crate) fn may_come_late(&self) -> bool {
        matches!(self, Self::Asked { .. } | Self::Refused { .. } | Self::Once { .. })
    }
}

/// What comes next after an edit that was made in the place of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredRedirect<'a> {
    /// The name of the node whose routes were asked again.
    #[serde(borrow)]
    pub node: Cow<'a, str>,
    /// What comes next.
    #[serde(borrow)]
    pub committed: StoredSuccessors<'a>,
}
