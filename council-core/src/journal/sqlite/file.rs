//! The file of a journal, and the check that the open file is still the one in its place.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file_identity::FileIdentity;
use super::file_lock::FileLock;
use crate::journal::error::JournalError;

/// The file of an open journal, and the log of SQLite beside it.
#[derive(Debug)]
pub(super) struct JournalFile {
    /// The path without symbolic links.
    pub(super) path: PathBuf,
    name: String,
    identity: FileIdentity,
    /// The log and its index.
    beside: Vec<(PathBuf, FileIdentity)>,
    /// Dropped with the last connection.
    _lock: Option<FileLock>,
}

impl JournalFile {
    /// The file at this path, to which SQLite has a connection.
    pub(super) fn opened(path: &Path, name: String, lock: Option<FileLock>) -> Result<Self, JournalError> {
        let identified = || {
            let path = path.canonicalize()?;
            let identity = FileIdentity::of(&path)?;
            Ok((path, identity))
        };
        let (path, identity) = identified().map_err(|error| unavailable(&name, error))?;
        if lock.as_ref().is_some_and(|lock| !lock.is_of(&path)) {
            return Err(lost(&name, "another file has taken its place"));
        }
        let beside = ["-wal", "-shm"].into_iter().filter_map(|end| {
            let path = beside(&path, end);
            let identity = FileIdentity::of(&path).ok()?;
            Some((path, identity))
        });
        let beside = beside.collect();
        Ok(Self { path, name, identity, beside, _lock: lock })
    }

    /// Checks that the open files are still in their places, and returns the size of the journal's file in bytes. This takes some
    /// microseconds.
    pub(super) fn check(&self) -> Result<u64, JournalError> {
        let file = match std::fs::metadata(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(self.lost("it was deleted or moved")),
            Err(error) => return Err(unavailable(&self.name, error)),
        };
        if FileIdentity::from(&file) != self.identity {
            return Err(self.lost("another file has taken its place"));
        }
        if file.len() == 0 {
            return Err(self.truncated());
        }
        for (path, identity) in &self.beside {
            if !FileIdentity::of(path).is_ok_and(|found| found == *identity) {
                return Err(self.lost("its log was deleted, moved or replaced"));
            }
        }
        Ok(file.len())
    }

    pub(super) fn truncated(&self) -> JournalError {
        self.lost("it was truncated")
    }

    fn lost(&self, found: &str) -> JournalError {
        lost(&self.name, found)
    }
}

/// The path of a file that SQLite keeps beside a database.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

pub(super) fn unavailable(name: &str, error: io::Error) -> JournalError {
    JournalError::Unavailable { place: name.to_owned(), source: Arc::new(error) }
}

fn lost(name: &str, found: &str) -> JournalError {
    JournalError::Lost { place: name.to_owned(), found: found.to_owned() }
}
