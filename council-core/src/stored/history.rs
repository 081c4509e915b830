//! The history of a run: its changes and their authors.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::load_error::LoadError;
use crate::graph::compiled::Graph;
use crate::journal::Journal;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::journal::stored_run::ReadFrom;
use crate::projection::RunProjection;
use crate::state::State;
use crate::state::durable::Durable;

/// One change of the state of a run.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = journal::Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
/// let change = &graph.history(&journal, "r-1").await?[0];
/// assert_eq!((change.superstep, change.by.to_string()), (1, "write".to_owned()));
/// # Ok(()) }
/// ```
#[non_exhaustive]
pub struct Change<S: State> {
    /// The number of records of the run up to and including this change. [`At::Record`](crate::stored::At::Record) of this number
    /// is the moment after the change.
    pub record: u64,
    /// The time of the change.
    pub at: SystemTime,
    /// The superstep, from 1.
    pub superstep: u64,
    /// The author of the change.
    pub by: By,
    /// The update. It is in the state once the superstep is complete.
    pub update: S::Update,
}

/// The author of a change.
///
/// ```
/// use council_core::stored::By;
///
/// let by = By::Node { node: "check".into(), item: Some(2) };
/// assert_eq!(by.to_string(), "check[2]");
/// assert_eq!(By::Editor("Ada".into()).to_string(), "Ada");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// A task.
    Node {
        /// The node of the task.
        node: String,
        /// The index of the worker's item that the task was for, from 0.
        item: Option<u32>,
    },
    /// An editor outside the run, with the name that was given to [`Position::edit`](crate::Position::edit).
    Editor(String),
    /// An editor outside the run who wrote the update in the place of a node: see [`Graph::edit_instead_of`].
    InsteadOf {
        /// The name of the editor.
        editor: String,
        /// The node, which did not run.
        node: String,
        /// The index of the worker's item that the task was for, from 0.
        item: Option<u32>,
    },
}

impl fmt::Display for By {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node { node, item: None } => formatter.write_str(node),
            Self::Node { node, item: Some(item) } => write!(formatter, "{node}[{item}]"),
            Self::Editor(name) => formatter.write_str(name),
            Self::InsteadOf { editor, node, item: None } => write!(formatter, "{editor} instead of {node}"),
            Self::InsteadOf { editor, node, item: Some(item) } => {
                write!(formatter, "{editor} instead of {node}[{item}]")
            }
        }
    }
}

impl<S: State> fmt::Debug for Change<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "superstep {}: {} wrote {:?}", self.superstep, self.by, self.update)
    }
}

impl<S: Durable> Graph<S> {
    /// All changes of the state of a stored run, oldest first. What happened inside subgraphs is in the update of the task that
    /// ran them.
    ///
    /// ```
    /// # use council_core::{State, StateGraph, journal::Memory, node};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let journal = Memory::default();
    /// graph.run(Text { text: "hello".into() }).id("r-1").journal(journal.clone()).await?;
    /// let changes = graph.history(&journal, "r-1").await?;
    /// assert_eq!((changes[0].superstep, changes[0].by.to_string()), (1, "shout".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`load`](Self::load), except that a node or a guard that the graph no longer has is not an error.
    #[doc(alias = "get_state_history")]
    pub async fn history(&self, journal: &(impl Journal + ?Sized), run: &str) -> Result<Vec<Change<S>>, LoadError> {
        let stored = journal.read(run, ReadFrom::Record(0)).await?;
        self.is_of_this_graph(&stored)?;
        let does_not_fit = |record, source| self.does_not_fit(run, record, source);
        let first = stored.entries.first().ok_or_else(|| does_not_fit(0, ReplayError::NotStarted))?;
        let mut reader = self.reader();
        let begun = reader.read(&first.json).and_then(RunProjection::<S>::begin);
        let mut projection = begun.map_err(|source| does_not_fit(0, source))?;
        let mut changes = Vec::new();
        for (record, entry) in (1..).zip(&stored.entries[1..]) {
            let typed = reader.read(&entry.json).map_err(|source| does_not_fit(record, source))?;
            let by = match &typed.envelope.record {
                StoredRecord::TaskDone { node, item, by, .. } => {
                    let (node, item) = (node.to_string(), *item);
                    Some(match by {
                        None => By::Node { node, item },
                        Some(by) => By::InsteadOf { editor: by.to_string(), node, item },
                    })
                }
                StoredRecord::Edited { by, .. } => Some(By::Editor(by.to_string())),
                _ => None,
            };
            // A record of a subgraph has no typed update.
            if let (Some(by), Some(update)) = (by, typed.update.clone()) {
                let at = UNIX_EPOCH + Duration::from_millis(entry.at);
                changes.push(Change { record: record + 1, at, superstep: projection.superstep(), by, update });
            }
            projection.apply(typed).map_err(|source| does_not_fit(record, source))?;
        }
        Ok(changes)
    }
}
