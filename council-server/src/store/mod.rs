//! Database of the server: runs and blueprints, and a lock that keeps other servers out.

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
use std::time::Duration;

use council_core::journal::{Journal, JournalError, Memory, Sqlite, SqliteOptions};

use self::blueprints::BlueprintStore;

/// Where runs and blueprints are stored.
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
    /// In memory, until the server ends.
    #[default]
    Memory,
    /// In a SQLite file, which is created if it does not exist. A second file, with `.lock` at the end of its name, keeps other servers
    /// out.
    File(PathBuf),
}

/// For people: `runs: stored in council.db`.
impl fmt::Display for Database {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => formatter.write_str("runs: stored in memory, until the server ends"),
            Self::File(path) => write!(formatter, "runs: stored in {}", path.display()),
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
    /// The file, if the database is one.
    file: Option<DatabaseFile>,
    /// Held as long as the server lives. The system releases it, however the process ends.
    _lock: Option<File>,
}

/// A journal in a file, and the identity of the file.
struct DatabaseFile {
    journal: Sqlite,
    path: PathBuf,
    identity: FileIdentity,
}

impl Store {
    pub(crate) async fn open(database: &Database, busy_timeout: Duration) -> Result<Self, StoreError> {
        match database {
            Database::Memory => {
                let blueprints =
                    BlueprintStore::open(None, busy_timeout).map_err(|error| StoreError::Blueprints(error.into()))?;
                Ok(Self { journal: Arc::new(Memory::default()), blueprints, file: None, _lock: None })
            }
            Database::File(path) => {
                let lock = lock(path)?;
                let options = SqliteOptions { busy_timeout, ..SqliteOptions::default() };
                let journal = Sqlite::open_with(path, options).await.map_err(StoreError::Journal)?;
                let identity = identity(path).map_err(|error| StoreError::Journal(unavailable(path, error)))?;
                let blueprints = BlueprintStore::open(Some(path), busy_timeout)
                    .map_err(|error| StoreError::Blueprints(error.into()))?;
                let file = DatabaseFile { journal: journal.clone(), path: path.clone(), identity };
                Ok(Self { journal: Arc::new(journal), blueprints, file: Some(file), _lock: Some(lock) })
            }
        }
    }

    /// Checks that the file is still in its place: records that are written to a deleted file are lost when the server ends.
    pub(crate) fn check_file(&self) -> Result<(), JournalError> {
        let Some(DatabaseFile { path, identity: known, .. }) = &self.file else { return Ok(()) };
        match identity(path) {
            Ok(found) if found == *known => Ok(()),
            Ok(_) => Err(unavailable(path, io::Error::other("another file is in its place"))),
            Err(error) => Err(unavailable(path, error)),
        }
    }

    /// Writes pending records, and closes the file.
    pub(crate) async fn close(&self) {
        self.blueprints.close();
        if let Some(DatabaseFile { journal, .. }) = &self.file {
            // An error means that it is closed already.
            let _ = journal.close().await;
        }
    }
}

/// The device and the inode of a file; zeros on systems without them.
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

/// The error of a database that cannot be opened.
///
/// ```
/// # use council_llm::{CouncilBuilder, Rehearsal};
/// use council_server::{BindError, Config, Database, Server, StoreError};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
/// let database = Database::File("/no/such/folder/council.db".into());
/// let config = Config::default().listen("127.0.0.1:0").database(database);
/// match Server::bind(config, graph).await {
///     Err(BindError::Database(StoreError::Lock { name, .. })) => assert_eq!(name, "/no/such/folder/council.db.lock"),
///     _ => unreachable!("the folder does not exist"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another server uses the file.
    #[error("another server uses `{}`: stop that server, or set another database", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The lock file cannot be written.
    #[error("cannot write the lock file `{name}`: check that its directory exists and is writable")]
    Lock {
        /// The file.
        name: String,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// The file is not a database of this program, or cannot be opened.
    #[error(transparent)]
    Journal(JournalError),
    /// The table of blueprints cannot be used.
    #[error("cannot use the blueprints in the database")]
    Blueprints(#[source] Box<dyn Error + Send + Sync>),
}
