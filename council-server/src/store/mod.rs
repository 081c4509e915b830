//! Database of the server: runs and blueprints, in a file that belongs to one server.

pub(crate) mod blueprints;
mod damage;
pub(crate) mod health;
pub(crate) mod metered;
pub(crate) mod readiness;
pub(crate) mod versions;

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use council_core::journal::{Journal, JournalError, Memory, Sqlite, SqliteOptions};

use self::blueprints::BlueprintStore;
use self::health::StorageHealth;
use self::metered::MeteredJournal;
use crate::metrics::Metrics;

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
    /// In a SQLite file, which is created if it does not exist. The server locks the file, so other servers cannot use it, whatever name or
    /// path they give.
    File(PathBuf),
}

impl Database {
    /// Verifies the runs and blueprints in the file, which is not changed, and returns each damage in words. A server may use the file
    /// meanwhile.
    ///
    /// ```
    /// use council_server::Database;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// assert!(Database::Memory.damage().await?.is_empty());
    /// assert!(Database::File("/no/such/folder/council.db".into()).damage().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError::Journal`] if the file is not a database of this program, or cannot be opened, and [`StoreError::Blueprints`].
    pub async fn damage(&self) -> Result<Vec<String>, StoreError> {
        let Self::File(path) = self else { return Ok(Vec::new()) };
        let of_runs = Sqlite::verify(path).await.map_err(StoreError::Journal)?;
        let mut damage: Vec<_> = of_runs.into_iter().map(|damage| damage.found).collect();
        let file = path.canonicalize().map_err(|error| StoreError::Blueprints(error.into()))?;
        damage.extend(damage::blueprints(&file).map_err(|error| StoreError::Blueprints(error.into()))?);
        Ok(damage)
    }
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
    /// The journal, if it is in a file.
    file: Option<Sqlite>,
    health: Arc<StorageHealth>,
}

impl Store {
    pub(crate) async fn open(database: &Database, busy_timeout: Duration) -> Result<Self, StoreError> {
        match database {
            Database::Memory => {
                let blueprints =
                    BlueprintStore::open(None, busy_timeout).map_err(|error| StoreError::Blueprints(error.into()))?;
                Ok(Self { journal: Arc::new(Memory::default()), blueprints, file: None, health: Arc::default() })
            }
            Database::File(path) => {
                let options = SqliteOptions { busy_timeout, exclusive: true, ..SqliteOptions::default() };
                let journal = Sqlite::open_with(path, options).await.map_err(|error| match error {
                    JournalError::InUse { .. } => StoreError::InUse { path: path.clone() },
                    error => StoreError::Journal(error),
                })?;
                let blueprints = BlueprintStore::open(Some(&journal), busy_timeout)
                    .map_err(|error| StoreError::Blueprints(error.into()))?;
                let file = Some(journal.clone());
                Ok(Self { journal: Arc::new(journal), blueprints, file, health: Arc::default() })
            }
        }
    }

    /// The journal of the runs, which reports its appends from now on. Returns the journal that does not.
    pub(crate) fn meter(&mut self, metrics: &Arc<Metrics>) -> Arc<dyn Journal> {
        let journal = Arc::clone(&self.journal);
        let (metrics, health) = (Arc::clone(metrics), Arc::clone(&self.health));
        self.journal = Arc::new(MeteredJournal { journal: Arc::clone(&journal), metrics, health });
        journal
    }

    /// Checks that the file is still in its place.
    pub(crate) fn check_file(&self) -> Result<(), JournalError> {
        let checked = self.file.as_ref().map_or(Ok(()), Sqlite::check_file);
        checked.inspect_err(|fault| self.health.failed(fault))
    }

    /// Writes pending records, and closes the file.
    pub(crate) async fn close(&self) {
        self.blueprints.close();
        if let Some(journal) = &self.file {
            // An error means that it is closed already.
            let _ = journal.close().await;
        }
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
///     Err(BindError::Database(StoreError::Journal(error))) => assert_eq!(error.place(), Some("/no/such/folder/council.db")),
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
    /// The file is not a database of this program, or cannot be opened.
    #[error(transparent)]
    Journal(JournalError),
    /// The table of blueprints cannot be used.
    #[error("cannot use the blueprints in the database")]
    Blueprints(#[source] Box<dyn Error + Send + Sync>),
}
