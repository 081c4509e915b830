//! Why a journal refuses.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::types::error_chain::error_chain;

/// The cause of a backend's error. It is shared, because one failed commit can be the answer to many appends.
///
/// ```
/// # use council_core::journal::Source; use std::sync::Arc;
/// let source: Source = Arc::new(std::io::Error::other("the disk is gone"));
/// ```
pub type Source = Arc<dyn Error + Send + Sync>;

/// The error of a journal. A refused call has changed nothing.
///
/// ```
/// # use council_core::*;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use council_core::journal::{Journal, JournalError, Memory, ReadFrom};
///
/// let error = Memory::default().read("r-1", ReadFrom::Snapshot).await.unwrap_err();
/// assert!(matches!(error, JournalError::NotFound { run } if run == "r-1"));
/// # Ok(()) }
/// ```
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The run has more or fewer records than its writer thought.
    #[error(
        "run `{run}` has {found} records, not {expected}: somebody else writes it; read it again and go on from there"
    )]
    Conflict {
        /// The run.
        run: String,
        /// How many records the writer expected.
        expected: u64,
        /// How many there are.
        found: u64,
    },
    /// There is no such run.
    #[error("there is no run `{run}` in the journal")]
    NotFound {
        /// The run.
        run: String,
    },
    /// There is such a run already.
    #[error("there is a run `{run}` in the journal already: choose another id or delete it first")]
    Exists {
        /// The run.
        run: String,
    },
    /// A run to copy has fewer records than asked for.
    #[error("run `{run}` has {found} records, and {records} were to be copied")]
    Short {
        /// The run.
        run: String,
        /// How many records were to be copied.
        records: u64,
        /// How many there are.
        found: u64,
    },
    /// The first append of a run came without a head.
    #[error("run `{run}` is new and its first append has no head")]
    MissingHead {
        /// The run.
        run: String,
    },
    /// There is no room left.
    #[error("no room is left for the journal `{place}`: make room or prune runs, then try again")]
    Full {
        /// Which journal.
        place: String,
        /// What the backend said.
        source: Source,
    },
    /// The journal may not be written.
    #[error("the journal `{place}` is read-only: look at the permissions of the file and its directory")]
    ReadOnly {
        /// Which journal.
        place: String,
        /// What the backend said.
        source: Source,
    },
    /// The journal cannot be reached.
    #[error("the journal `{place}` cannot be opened: look whether its directory exists and may be written")]
    Unavailable {
        /// Which journal.
        place: String,
        /// What the backend said.
        source: Source,
    },
    /// Another process holds the journal for longer than this one waits.
    #[error("the journal `{place}` is locked by another process: try again")]
    Busy {
        /// Which journal.
        place: String,
        /// What the backend said.
        source: Source,
    },
    /// What is there is something else, or a journal of another version. It was left as it is.
    #[error("`{place}` is {found}: name a journal of this version or a new file")]
    Foreign {
        /// Where.
        place: String,
        /// What is there.
        found: String,
    },
    /// What is in the journal cannot be what was written.
    #[error("the journal `{place}` is damaged ({found}): restore a copy of it")]
    Damaged {
        /// Which journal.
        place: String,
        /// What is wrong.
        found: String,
    },
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
    /// Anything else.
    #[error("the journal's backend failed")]
    Backend {
        /// What the backend said.
        source: Source,
    },
}

impl JournalError {
    /// The journal that the error names, usually the path of a file. Do not show it to users who should not know the path.
    ///
    /// ```
    /// # use council_core::journal::JournalError;
    /// let error = JournalError::Foreign { place: "/srv/runs.db".into(), found: "a text file".into() };
    /// assert_eq!(error.place(), Some("/srv/runs.db"));
    /// ```
    pub fn place(&self) -> Option<&str> {
        match self {
            Self::Full { place, .. }
            | Self::ReadOnly { place, .. }
            | Self::Unavailable { place, .. }
            | Self::Busy { place, .. }
            | Self::Foreign { place, .. }
            | Self::Damaged { place, .. } => Some(place),
            _ => None,
        }
    }

    /// An error of the backend.
    ///
    /// ```
    /// # use council_core::journal::JournalError;
    /// let error = JournalError::backend(std::io::Error::other("the disk is gone"));
    /// assert_eq!(format!("{error:?}"), "the journal's backend failed: the disk is gone");
    /// ```
    pub fn backend(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Backend { source: Arc::from(source.into()) }
    }
}

/// The words of `Display` and those of all causes: it is what a `main` that returns the error prints.
impl fmt::Debug for JournalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&error_chain(self))
    }
}
