//! How a SQLite journal is kept.

use std::time::Duration;

/// The options of a SQLite journal.
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
    /// How long to wait for another process that writes. 5 seconds by default.
    pub busy_timeout: Duration,
    /// How big this process lets the file grow, in bytes, before appends are refused as [`JournalError::Full`](crate::journal::JournalError::Full). The log beside
    /// it does not count. Without it, by default, the disk is the limit.
    pub max_bytes: Option<u64>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, busy_timeout: Duration::from_secs(5), max_bytes: None }
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
pub enum Synchronous {
    /// For the disk: what was answered survives a loss of power.
    Full,
    /// For the operating system: a loss of power may take the last appends, whole ones. A crash of the process takes none.
    Normal,
}
