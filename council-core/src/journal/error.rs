//! The errors of a journal.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::types::error_chain::error_chain;

/// The cause of a backend's error. It is shared, because one failed commit can fail many appends.
///
/// ```
/// # use council_core::journal::Source; use std::sync::Arc;
/// let source: Source = Arc::new(std::io::Error::other("the disk is gone"));
/// ```
pub type Source = Arc<dyn Error + Send + Sync>;

/// The error of a journal. A call that fails has changed nothing.
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
    /// The run has more or fewer records than the writer expected.
    #[error(
        "run `{run}` has {found} records, not {expected}: another writer has added records; read the run again and continue from there"
    )]
    Conflict {
        /// The run.
        run: String,
        /// The number of records that the writer expected.
        expected: u64,
        /// The number of records of the run.
        found: u64,
    },
    /// The run does not exist.
    #[error("there is no run `{run}` in the journal")]
    NotFound {
        /// The run.
        run: String,
    },
    /// The run exists already.
    #[error("there is a run `{run}` in the journal already: choose another id or delete it first")]
    Exists {
        /// The run.
        run: String,
    },
    /// The run to copy has fewer records than requested.
    #[error("run `{run}` has {found} records, and {records} were to be copied")]
    Short {
        /// The run.
        run: String,
        /// The number of records to copy.
        records: u64,
        /// The number of records of the run.
        found: u64,
    },
    /// The first append of a run has no head.
    #[error("run `{run}` is new and its first append has no head")]
    MissingHead {
        /// The run.
        run: String,
    },
    /// The disk, or the maximum size of the journal, is full.
    #[error("no room is left for the journal `{place}`: make room or prune runs, then try again")]
    Full {
        /// The name of the journal, usually the path of its file.
        place: String,
        /// The error of the backend.
        source: Source,
    },
    /// The journal is read-only.
    #[error("the journal `{place}` is read-only: check the permissions of the file and its directory")]
    ReadOnly {
        /// The name of the journal, usually the path of its file.
        place: String,
        /// The error of the backend.
        source: Source,
    },
    /// The journal cannot be reached.
    #[error("the journal `{place}` cannot be opened: check that its directory exists and can be written")]
    Unavailable {
        /// The name of the journal, usually the path of its file.
        place: String,
        /// The error of the backend.
        source: Source,
    },
    /// The journal is open elsewhere with the option of exclusive use.
    #[error("the journal `{place}` is used by another program: stop that program, or name another file")]
    InUse {
        /// The path of the file.
        place: String,
    },
    /// The file has several names (hard links).
    #[error(
        "the journal `{place}` has {links} names (hard links), and programs that open it by different names destroy it: \
         remove the other names, or use a copy of the file"
    )]
    Linked {
        /// The path of the file.
        place: String,
        /// The number of names.
        links: u64,
    },
    /// The file was deleted, moved, replaced or truncated while the journal was open: what would be written now would be lost.
    #[error(
        "the journal `{place}` has lost its file ({found}): put the file back, or restore a copy and start the program again"
    )]
    Lost {
        /// The path of the file.
        place: String,
        /// What happened to the file.
        found: String,
    },
    /// Another process has locked the journal for longer than the timeout.
    #[error("the journal `{place}` is locked by another process: try again")]
    Busy {
        /// The name of the journal, usually the path of its file.
        place: String,
        /// The error of the backend.
        source: Source,
    },
    /// The file is not a journal, or a journal of another version. It was not changed.
    #[error("`{place}` is {found}: name a journal of this version or a new file")]
    Foreign {
        /// The path of the file.
        place: String,
        /// The content that was found.
        found: String,
    },
    /// The data in the journal is damaged.
    #[error("the journal `{place}` is damaged ({found}): restore a copy of it")]
    Damaged {
        /// The name of the journal, usually the path of its file.
        place: String,
        /// The damage that was found.
        found: String,
    },
    /// The journal has been closed.
    #[error("the journal is closed")]
    Closed,
    /// Any other error of the backend.
    #[error("the journal's backend failed")]
    Backend {
        /// The error of the backend.
        source: Source,
    },
}

impl JournalError {
    /// The journal that the error names, usually the path of a file. Do not show it to users who should not see the path.
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
            | Self::InUse { place }
            | Self::Linked { place, .. }
            | Self::Lost { place, .. }
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

/// The text of `Display` and the texts of all causes: a `main` that returns the error prints this.
impl fmt::Debug for JournalError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&error_chain(self))
    }
}
