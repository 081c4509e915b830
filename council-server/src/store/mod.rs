//! Where the server keeps its runs, and that it is the only one to do so.

pub(crate) mod blueprints;
pub(crate) mod metered;
pub(crate) mod readiness;

use std::error::Error;
use std::fmt;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use council_core::journal::{Journal, JournalError, Memory, Sqlite};

use self::blueprints::BlueprintStore;

/// Where the runs are kept.
///
/// ```
/// use council_server::Database;
///
/// assert_eq!("council.db".parse(), Ok(Database::File("council.db".into())));
/// assert_eq!(":memory:".parse(), Ok(Database::Memory));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Database {
    /// In memory, for as long as the server lives.
    #[default]
    Memory,
    /// In a SQLite file, which is made if it is not there. Beside it lies one more, whose name ends in `.lock`: a file is for
    /// one server at a time.
    File(PathBuf),
}

/// For a person: `runs: kept in council.db`.
impl fmt::Display for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => formatter.write_str("runs: kept in memory, as long as the server lives"),
            Self::File(path) => write!(formatter, "runs: kept in {}", path.display()),
        }
    }
}

impl FromStr for Database {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == ":memory:" { Self::Memory } else { Self::File(text.into()) })
    }
}

/// An open database.
pub(crate) struct Store {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) blueprints: BlueprintStore,
    /// The same, where it is a file.
    file: Option<DatabaseFile>,
    /// Held as long as the server lives; the system lets go of it however that ends.
    _lock: Option<File>,
}

/// A journal in a file, and which file that is.
struct DatabaseFile {
    journal: Sqlite,
    path: PathBuf,
    identity: FileIdentity,
}

impl Store {
    pub(crate) async fn open(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::Memory => {
                let blueprints = BlueprintStore::open(None).map_err(|error| StoreError::Blueprints(error.into()))?;
                Ok(Self { journal: Arc::new(Memory::default()), blueprints, file: None, _lock: None })
            }
            Database::File(path) => {
                let lock = lock(path)?;
                let journal = Sqlite::open(path).await.map_err(StoreError::Journal)?;
                let identity = identity(path).map_err(|error| StoreError::Journal(unavailable(path, error)))?;
                let blueprints =
                    BlueprintStore::open(Some(path)).map_err(|error| StoreError::Blueprints(error.into()))?;
                let file = DatabaseFile { journal: journal.clone(), path: path.clone(), identity };
                Ok(Self { journal: Arc::new(journal), blueprints, file: Some(file), _lock: Some(lock) })
            }
        }
    }

    /// Refuses a file that is no longer where it was: what is written to one that was deleted is lost when the server ends.
    pub(crate) fn check_file(&self) -> Result<(), JournalError> {
        let Some(DatabaseFile { path, identity: known, .. }) = &self.file else { return Ok(()) };
        match identity(path) {
            Ok(found) if found == *known => Ok(()),
            Ok(_) => Err(unavailable(path, io::Error::other("another file lies in its place"))),
            Err(error) => Err(unavailable(path, error)),
        }
    }

    /// Writes what is on its way, and leaves one tidy file.
    pub(crate) async fn close(&self) {
        self.blueprints.close();
        if let Some(DatabaseFile { journal, .. }) = &self.file {
            // It fails where it is closed already.
            let _ = journal.close().await;
        }
    }
}

/// What a file is beside its name, where the system tells: its device and its number there.
type FileIdentity = (u64, u64);

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<FileIdentity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<FileIdentity> {
    std::fs::metadata(path).map(|_| (0, 0))
}

fn unavailable(path: &Path, error: io::Error) -> JournalError {
    JournalError::Unavailable { place: path.display().to_string(), source: Arc::new(error) }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let name = format!("{}.lock", path.display());
    let cannot = |source| StoreError::Lock { name: name.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&name).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(cannot(source)),
    }
}

/// Why a database is not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another server has it.
    #[error("another server keeps its runs in `{}`: end it, or name another database", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The file beside the database that keeps others away cannot be written.
    #[error(
        "cannot write `{name}`, which keeps other servers away: look whether its directory exists and may be written"
    )]
    Lock {
        /// The file.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is no database of this program, or cannot be had.
    #[error(transparent)]
    Journal(JournalError),
    /// There is no place in it for blueprints.
    #[error("the blueprints in the database cannot be used")]
    Blueprints(#[source] Box<dyn Error + Send + Sync>),
}
