//! The lock of a journal's file, which holds under every name of the file.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

#[cfg(unix)]
use super::file_identity::FileIdentity;
#[cfg(unix)]
use crate::types::lock::Lock;

/// The lock of a file. The system releases it when the process ends, however it ends.
///
/// On Unix, the lock is on the file itself (`flock`), and so on its device and inode. SQLite locks the same file by other means (`fcntl`),
/// and loses these locks if the process closes the file anywhere else. So this file is closed after all connections to it.
#[derive(Debug)]
pub(super) struct FileLock {
    file: Option<File>,
    #[cfg(unix)]
    identity: FileIdentity,
}

#[cfg(unix)]
impl FileLock {
    /// Locks the file, which is created if it does not exist. `None` if it is locked already, by this process or another one.
    pub(super) fn take(path: &Path) -> io::Result<Option<Self>> {
        let mut locked = LOCKED.lock();
        // To open and close the file once more would release the locks of SQLite in this process.
        if FileIdentity::of(path).is_ok_and(|found| locked.contains(&found)) {
            return Ok(None);
        }
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                File::options().create(true).truncate(false).read(true).write(true).open(path)?
            }
            opened => opened?,
        };
        let identity = FileIdentity::from(&file.metadata()?);
        Ok(lock(&file)?.then(|| {
            locked.push(identity);
            Self { file: Some(file), identity }
        }))
    }

    /// Whether this is the lock of the file at the path.
    pub(super) fn is_of(&self, path: &Path) -> bool {
        FileIdentity::of(path).is_ok_and(|found| found == self.identity)
    }
}

#[cfg(unix)]
impl Drop for FileLock {
    fn drop(&mut self) {
        let mut locked = LOCKED.lock();
        self.file = None;
        locked.retain(|identity| *identity != self.identity);
    }
}

/// The files that this process has locked.
#[cfg(unix)]
static LOCKED: Lock<Vec<FileIdentity>> = Lock::new(Vec::new());

/// Other systems refuse to read a locked file, so the lock is on a second file, with `.lock` at the end of its name.
#[cfg(not(unix))]
impl FileLock {
    pub(super) fn take(path: &Path) -> io::Result<Option<Self>> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(name)?;
        Ok(lock(&file)?.then(|| Self { file: Some(file) }))
    }

    pub(super) fn is_of(&self, _path: &Path) -> bool {
        self.file.is_some()
    }
}

fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
