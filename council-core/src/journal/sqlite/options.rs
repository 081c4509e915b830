//! The options of a SQLite journal: durability, lock timeout, maximum size, exclusive use.

use std::time::Duration;

/// The options of a SQLite journal. Write `..SqliteOptions::default()`, because later versions add fields.
///
/// ```
/// use std::time::Duration;
/// use council_core::journal::SqliteOptions;
///
/// let options = SqliteOptions { busy_timeout: Duration::from_secs(30), max_bytes: Some(1 << 30), ..SqliteOptions::default() };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    /// What an append waits for. [`Synchronous::Full`] by default.
    pub synchronous: Synchronous,
    /// The time to wait for another process that is writing. 5 seconds by default.
    pub busy_timeout: Duration,
    /// The maximum size of the file, in bytes, for appends of this process. Beyond it, they are refused as
    /// [`JournalError::Full`](crate::journal::JournalError::Full). The log beside the file does not count. By default there is no
    /// maximum, and the disk is the limit.
    pub max_bytes: Option<u64>,
    /// Whether the file belongs to this journal alone: a second journal that is opened with this option, in this process or another one,
    /// gets [`JournalError::InUse`](crate::journal::JournalError::InUse). On Unix, the lock is on the file itself, so it holds under
    /// every name and path of the file, except on network file systems. Elsewhere it is on a second file with `.lock` at the end of its
    /// name. Journals without this option are not kept out. `false` by default.
    pub exclusive: bool,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, busy_timeout: Duration::from_secs(5), max_bytes: None, exclusive: false }
    }
}

/// What an append to a SQLite journal waits for.
///
/// ```
/// use council_core::journal::{SqliteOptions, Synchronous};
///
/// assert_eq!(SqliteOptions::default().synchronous, Synchronous::Full);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Synchronous {
    /// For the disk: an append that was answered with `Ok` survives a power failure.
    Full,
    /// For the operating system: a power failure may lose the last appends, each as a whole. A crash of the process loses none.
    Normal,
}
