//! One line of a journal: a record, and the path to its subgraph.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::error::FormatError;
use super::program::StoredProgram;
use super::record::StoredRecord;
use super::version;
use super::version::Version;

/// A record as it is stored in a journal, with the path to its subgraph.
///
/// Reading it needs no graph, so a front end can show a run without the types of its state.
///
/// ```
/// use council_core::journal::{Envelope, StoredRecord};
///
/// let json = r#"{"v":3,"record":{"task_done":{"node":"critic","update":{"score":8.5}}}}"#;
/// let envelope = Envelope::read(json)?;
/// assert!(envelope.path.is_empty());
/// let StoredRecord::TaskDone { node, update, .. } = &envelope.record else { panic!("a task has ended") };
/// assert_eq!((&**node, update.text()), ("critic", r#"{"score":8.5}"#));
/// assert_eq!(envelope.to_json(), json);
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope<'a> {
    v: Version,
    /// The tasks of the outer graphs that lead to the graph of the record, outermost first; empty for the outermost graph.
    #[serde(default, borrow, rename = "in", skip_serializing_if = "<[_]>::is_empty")]
    pub path: Cow<'a, [StoredTask<'a>]>,
    /// The record.
    #[serde(borrow)]
    pub record: StoredRecord<'a>,
}

/// A task in a record: the name of its node, and its item.
///
/// ```
/// # use council_core::journal::Envelope;
/// let json = r#"{"v":3,"in":[{"node":"check","item":3}],"record":{"task_failed":{"node":"spell","error":"no dictionary"}}}"#;
/// let envelope = Envelope::read(json)?;
/// assert_eq!((&*envelope.path[0].node, envelope.path[0].item), ("check", Some(3)));
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredTask<'a> {
    /// The name of its node.
    #[serde(borrow)]
    pub node: Cow<'a, str>,
    /// The index of the worker's item that the task is for, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

impl<'a> Envelope<'a> {
    /// A record of the outermost graph.
    ///
    /// ```
    /// use council_core::journal::{Envelope, StoredRecord};
    ///
    /// let json = r#"{"v":3,"record":{"task_done":{"node":"critic","update":{}}}}"#;
    /// let StoredRecord::TaskDone { .. } = &Envelope::read(json)?.record else { panic!() };
    /// assert_eq!(Envelope::new(Envelope::read(json)?.record).to_json(), json);
    /// # Ok::<(), council_core::journal::FormatError>(())
    /// ```
    pub fn new(record: StoredRecord<'a>) -> Self {
        Self::inside(&[], record)
    }

    /// A record of the graph at this path.
    pub(crate) fn inside(path: &'a [StoredTask<'a>], record: StoredRecord<'a>) -> Self {
        Self { v: Version, path: Cow::Borrowed(path), record }
    }

    /// The program that writes the records from this one on, if the record says it.
    pub(crate) fn program(&self) -> Option<&StoredProgram> {
        match &self.record {
            _ if !self.path.is_empty() => None,
            StoredRecord::Started { program, .. } | StoredRecord::StartedAt { program, .. } => program.as_deref(),
            StoredRecord::Upgraded { program } => Some(program),
            _ => None,
        }
    }

    /// Reads a record.
    ///
    /// ```
    /// # use council_core::journal::{Envelope, FormatError};
    /// let error = Envelope::read(r#"{"v":1}"#).unwrap_err();
    /// assert!(matches!(error, FormatError::OtherFormat { found: 1 }));
    /// ```
    ///
    /// # Errors
    ///
    /// The text has another format, or it is not a record.
    pub fn read(json: &'a str) -> Result<Self, FormatError> {
        version::parse(json)
    }

    /// The record as JSON.
    ///
    /// ```
    /// # use council_core::journal::Envelope;
    /// let json = r#"{"v":3,"record":{"task_done":{"node":"critic","update":{}}}}"#;
    /// assert_eq!(Envelope::read(json)?.to_json(), json);
    /// # Ok::<(), council_core::journal::FormatError>(())
    /// ```
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string(self);
        json.unwrap_or_else(|error| unreachable!("names, numbers and JSON can be written: {error}"))
    }

    /// Writes the record as JSON to the end of `out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let written = serde_json::to_writer(out, self);
        written.unwrap_or_else(|error| unreachable!("names, numbers and JSON can be written: {error}"));
    }
}
