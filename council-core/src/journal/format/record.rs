//! The kinds of stored records.

use std::borrow::Cow;
use std::ops::Not;

use serde::{Deserialize, Serialize};

use super::position::StoredPosition;
use super::program::StoredProgram;
use super::successors::{StoredGoto, StoredSuccessors};
use crate::types::raw_json::RawJson;

/// One fact about a run, as it is stored. Its kind is the only key of the JSON object: `{"resumed":{}}`.
///
/// The kinds that change the position of a run have the names of [`Record`](crate::Record).
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
/// let json = r#"{"v":3,"record":{"task_failed":{"node":"writer","error":"no paper"}}}"#;
/// assert_eq!(tell(&Entry::new(0, json))?, "writer has failed: no paper");
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
        /// The program that writes the records; `None` in a subgraph, whose program is part of that of the run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<Cow<'a, StoredProgram>>,
        /// The input: the state that the graph begins with.
        #[serde(borrow)]
        input: RawJson<'a>,
        /// The first nodes; empty if routes from the start must be evaluated.
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        next: Vec<Cow<'a, str>>,
        /// Whether nothing runs before the run is resumed.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
    },
    /// The first record of a run that begins at a position which is not in this journal.
    StartedAt {
        /// The name of the graph.
        #[serde(borrow)]
        graph: Cow<'a, str>,
        /// The program that writes the records.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        program: Option<Cow<'a, StoredProgram>>,
        /// The position of the run.
        #[serde(borrow)]
        position: Box<StoredPosition<'a>>,
        /// The nodes of its open tasks.
        #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
        next: Vec<Cow<'a, str>>,
        /// Whether nothing runs before the run is resumed.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
    },
    /// A task has succeeded.
    TaskDone {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task was for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// Its update of the state.
        #[serde(borrow)]
        update: RawJson<'a>,
        /// The nodes and workers that it chose, if it chose any.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        goto: Option<StoredGoto<'a>>,
        /// The successors of the superstep, if the task was alone in it: then this record completes the superstep.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        committed: Option<StoredSuccessors<'a>>,
        /// The author of the update, if a person wrote it in the place of the node.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        by: Option<Cow<'a, str>>,
    },
    /// An attempt at a task has failed. The task is retried at once, or when the run is resumed.
    TaskFailed {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The error and its sources, in one line.
        #[serde(borrow)]
        error: Cow<'a, str>,
        /// When the next attempt begins at the earliest, in milliseconds since 1970; `None` if it begins within a second, or not
        /// before the run is resumed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<u64>,
    },
    /// All tasks of the superstep have ended, their updates are in the state, and these successors come next.
    Committed(#[serde(borrow)] StoredSuccessors<'a>),
    /// All tasks of the superstep have ended and their updates are in the state, but finding the successors failed.
    Merged {},
    /// A task has asked a question.
    Asked {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The question.
        #[serde(borrow)]
        question: RawJson<'a>,
    },
    /// A task has asked an open question again, in other words: the node runs again, and the state was edited, for example.
    Reworded {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The index of the question in its task, from 0.
        ask: usize,
        /// The question in its new words.
        #[serde(borrow)]
        question: RawJson<'a>,
    },
    /// A question was answered.
    Answered {
        /// The name of the node that asked.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The index of the question in its task, from 0.
        ask: usize,
        /// The answer.
        #[serde(borrow)]
        answer: RawJson<'a>,
    },
    /// An answer did not have the type that its node expects: the question is open again.
    Refused {
        /// The name of the node that asked.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The index of the question in its task, from 0.
        ask: usize,
        /// The error and its sources, in one line.
        #[serde(borrow)]
        error: Cow<'a, str>,
    },
    /// A `once` block of a task has ended, and is not executed again.
    Once {
        /// The name of its node.
        #[serde(borrow)]
        node: Cow<'a, str>,
        /// The index of the worker's item that the task is for, from 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// The name of the block.
        #[serde(borrow)]
        name: Cow<'a, str>,
        /// The value that the block returned.
        #[serde(borrow)]
        value: RawJson<'a>,
    },
    /// The state was changed from outside.
    Edited {
        /// The name of the author of the change.
        #[serde(borrow)]
        by: Cow<'a, str>,
        /// The update of the state.
        #[serde(borrow)]
        update: RawJson<'a>,
        /// The new successors, if the change was made in the name of a node.
        #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
        instead: Option<StoredRedirect<'a>>,
    },
    /// The run waits for a person: before these nodes start, or for answers to their questions.
    Paused {
        /// The nodes of the open tasks, each as the text of a [`NodePath`](crate::NodePath): `letter/seal` is inside a subgraph.
        #[serde(borrow)]
        nodes: Vec<Cow<'a, str>>,
    },
    /// The run is resumed.
    Resumed {
        /// Whether nothing runs before the run is resumed again.
        #[serde(default, skip_serializing_if = "Not::not")]
        held: bool,
    },
    /// Another program writes the records from here on: a new version, with other fields or reducers.
    Upgraded {
        /// The program.
        program: Cow<'a, StoredProgram>,
    },
    /// The run has reached its end.
    Finished {},
    /// A limit or a cancellation has stopped the run. It can be resumed.
    Stopped {
        /// The limit, or the cancellation.
        #[serde(borrow)]
        reason: Cow<'a, str>,
    },
    /// The run has failed. It can be resumed.
    Failed {
        /// The error and its sources, in one line.
        #[serde(borrow)]
        error: Cow<'a, str>,
    },
    /// The run was closed from outside and cannot be resumed.
    Closed {
        /// The reason.
        #[serde(borrow)]
        reason: Cow<'a, str>,
    },
    /// The closed run was reopened and can be resumed. Its failed tasks no longer wait for the time of their next attempt.
    Reopened {},
}

impl StoredRecord<'_> {
    /// Whether a node makes records of this kind through its context. A node may pass its context to code that outlives the task, so such
    /// a record can come after the end of the task.
    pub(crate) fn may_come_late(&self) -> bool {
        matches!(self, Self::Asked { .. } | Self::Reworded { .. } | Self::Refused { .. } | Self::Once { .. })
    }
}

/// The new successors after an edit in the name of a node.
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// # let json = r#"{"v":3,"record":{"edited":{"by":"Ada","update":{},"instead":{"node":"critic","committed":{"next":["writer"]}}}}}"#;
/// let StoredRecord::Edited { instead: Some(redirect), .. } = Envelope::read(json)?.record else { panic!("it is an edit") };
/// assert_eq!((&*redirect.node, &*redirect.committed.next[0]), ("critic", "writer"));
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredRedirect<'a> {
    /// The name of the node whose routes were evaluated again.
    #[serde(borrow)]
    pub node: Cow<'a, str>,
    /// The new successors.
    #[serde(borrow)]
    pub committed: StoredSuccessors<'a>,
}
