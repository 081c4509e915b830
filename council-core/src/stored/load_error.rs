//! The error of loading or forking a stored run.

use std::fmt;

use crate::journal::error::JournalError;
use crate::journal::replay_error::ReplayError;
use crate::types::error_chain::error_chain;

/// Why a run cannot be loaded. The journal has not changed.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let error = graph.load(&journal::Memory::default(), "r-1").await.unwrap_err();
/// assert!(matches!(error, stored::LoadError::Journal(journal::JournalError::NotFound { .. })));
/// # Ok(()) }
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The journal cannot be read, or does not know the run.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run belongs to a graph with another name.
    #[error("run `{run}` is a run of the graph `{found}`, not of `{graph}`")]
    OtherGraph {
        /// The run.
        run: String,
        /// The graph of the run.
        found: String,
        /// The graph that should load the run.
        graph: String,
    },
    /// A record does not fit the graph or its state.
    #[error("record {record} of run `{run}` does not fit the graph `{graph}`")]
    Record {
        /// The run.
        run: String,
        /// The index of the record, from 0; for a snapshot, the number of records that it replaces.
        record: u64,
        /// The graph.
        graph: String,
        /// The cause.
        #[source]
        source: ReplayError,
    },
    /// The run has not reached this moment.
    #[error("run `{run}` has not reached {moment}: it has {supersteps} supersteps in {records} records")]
    NotThere {
        /// The run.
        run: String,
        /// The requested moment.
        moment: String,
        /// The number of complete supersteps.
        supersteps: u64,
        /// The number of records.
        records: u64,
    },
}

/// The text of `Display` and of all causes, because a `main` that returns the error prints it with `Debug`.
impl fmt::Debug for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&error_chain(self))
    }
}
