//! What identifies a file, whatever its name is.

use std::fs::Metadata;
use std::io;
use std::path::Path;

/// The device and the inode of a file; zeros on systems without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileIdentity {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|file| Self::from(&file))
    }
}

#[cfg(unix)]
impl From<&Metadata> for FileIdentity {
    fn from(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self { device: file.dev(), inode: file.ino() }
    }
}

#[cfg(not(unix))]
impl From<&Metadata> for FileIdentity {
    fn from(_: &Metadata) -> Self {
        Self { device: 0, inode: 0 }
    }
}

/// The number of names (hard links) that a file has.
#[cfg(unix)]
pub(super) fn links(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(file)
}

#[cfg(not(unix))]
pub(super) fn links(_: &Metadata) -> u64 {
    1
}
