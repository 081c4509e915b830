//! Table of saved blueprints, in the database of the runs.

use std::sync::Arc;
use std::time::Duration;

use council_core::journal::{JournalError, Sqlite};
use council_llm::Blueprint;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, TransactionBehavior, params};
use serde::de::IgnoredAny;
use tokio::sync::Semaphore;

use crate::lock::Lock;

/// The saved blueprints.
#[derive(Clone)]
pub(crate) struct BlueprintStore {
    /// `None` once the database is closed.
    connection: Arc<Lock<Option<Connection>>>,
    /// The permit to work on a thread that may block. The allocator keeps memory for each thread, so a few threads do all the work.
    turn: Arc<Semaphore>,
    /// The journal in the same file.
    journal: Option<Sqlite>,
}

/// What is left of a list of blueprints.
#[derive(Clone, Copy)]
pub(crate) struct ListPlace {
    /// Only blueprints that were changed before follow.
    before: i64,
    /// The number of blueprints to skip.
    skip: u64,
    /// The most blueprints that follow.
    limit: u64,
}

impl ListPlace {
    /// The beginning of a list.
    pub(crate) fn new(skip: u64, limit: u64) -> Self {
        Self { before: i64::MAX, skip, limit }
    }
}

/// The error of an operation on blueprints.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BlueprintStoreError {
    #[error("Blueprint '{0}' not found.")]
    NotFound(String),
    #[error("Blueprint '{0}' already exists.")]
    Exists(String),
    #[error("{MOST_BLUEPRINTS} blueprints are saved, and more are not accepted: delete one of them first.")]
    TooMany,
    /// A run names a blueprint that is not stored.
    #[error("the blueprint with the hash {0} is not in the database")]
    NoVersion(String),
    /// The stored text has changed since it was written.
    #[error("the blueprint with the hash {0} is damaged: its text has another hash")]
    Damaged(String),
    /// The database cannot be read or written at the moment.
    #[error("cannot use the database")]
    Database(#[from] rusqlite::Error),
    /// The file is not in its place any more.
    #[error(transparent)]
    File(#[from] JournalError),
    /// The server is shutting down.
    #[error("the database is closed")]
    Closed,
    /// The stored text is not a blueprint.
    #[error("blueprint `{id}` cannot be read")]
    Unreadable {
        id: String,
        #[source]
        source: serde_json::Error,
    },
}

impl BlueprintStore {
    /// Opens the table in the file of this journal, or in memory.
    pub(crate) fn open(journal: Option<&Sqlite>, busy_timeout: Duration) -> Result<Self, rusqlite::Error> {
        // The path of a journal is absolute. SQLite would take a relative one that begins with `file:` for a URI.
        let connection = match journal.and_then(Sqlite::path) {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(busy_timeout)?;
        connection.execute_batch(SCHEMA)?;
        let connection = Arc::new(Lock::new(Some(connection)));
        Ok(Self { connection, turn: Arc::new(Semaphore::new(1)), journal: journal.cloned() })
    }

    /// The JSON of the next saved blueprints, the last changed first: a few, or a single one if it is
    /// big; none at the end of the list. Also the place after them.
    pub(crate) async fn batch(&self, place: ListPlace) -> Result<(Vec<String>, ListPlace), BlueprintStoreError> {
        self.with(move |connection| {
            let select = "SELECT id, blueprint, changed FROM blueprints WHERE changed < ?1 ORDER BY changed DESC
                          LIMIT ?2 OFFSET ?3";
            let mut rows = connection.prepare_cached(select)?;
            let mut rows = rows.query([place.before, sql(place.limit), sql(place.skip)])?;
            let (mut batch, mut bytes, mut next) = (Vec::new(), 0, ListPlace { skip: 0, ..place });
            while bytes < BATCH_BYTES
                && let Some(row) = rows.next()?
            {
                next.before = row.get(2)?;
                next.limit -= 1;
                let json = present(texts(row)?)?;
                bytes += json.len();
                batch.push(json);
            }
            Ok((batch, next))
        })
        .await
    }

    pub(crate) async fn get(&self, id: String) -> Result<Blueprint, BlueprintStoreError> {
        self.with(move |connection| {
            let mut rows = connection.prepare_cached("SELECT id, blueprint FROM blueprints WHERE id = ?1")?;
            let row = rows.query_row([&id], texts).optional()?;
            read(row.ok_or(BlueprintStoreError::NotFound(id))?)
        })
        .await
    }

    /// Saves a blueprint with a new id.
    pub(crate) async fn insert(&self, blueprint: Blueprint) -> Result<Blueprint, BlueprintStoreError> {
        self.write(move |connection| {
            let row = params![blueprint.id, text(&blueprint), MOST_BLUEPRINTS];
            match connection.execute(INSERT, row) {
                Ok(0) => Err(BlueprintStoreError::TooMany),
                Ok(_) => Ok(blueprint),
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    Err(BlueprintStoreError::Exists(blueprint.id))
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Replaces the blueprint with this id, and keeps its creation time.
    pub(crate) async fn replace(&self, mut blueprint: Blueprint) -> Result<Blueprint, BlueprintStoreError> {
        self.write(move |connection| {
            // The transaction writes from its beginning: one that reads first fails at its write if another connection has written
            // or writes, and does not wait.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let found =
                transaction.query_row("SELECT id, blueprint FROM blueprints WHERE id = ?1", [&blueprint.id], texts);
            let Some(row) = found.optional()? else { return Err(BlueprintStoreError::NotFound(blueprint.id)) };
            blueprint.created_at = read(row)?.created_at;
            let changed = "(SELECT max(changed) + 1 FROM blueprints)";
            let update = format!("UPDATE blueprints SET blueprint = ?2, changed = {changed} WHERE id = ?1");
            transaction.execute(&update, params![blueprint.id, text(&blueprint)])?;
            transaction.commit()?;
            Ok(blueprint)
        })
        .await
    }

    pub(crate) async fn delete(&self, id: String) -> Result<(), BlueprintStoreError> {
        self.write(move |connection| match connection.execute("DELETE FROM blueprints WHERE id = ?1", [&id])? {
            0 => Err(BlueprintStoreError::NotFound(id)),
            _ => Ok(()),
        })
        .await
    }

    /// The text of the saved blueprint with this id.
    pub(super) async fn text(&self, id: String) -> Result<String, BlueprintStoreError> {
        self.with(move |connection| {
            let mut rows = connection.prepare_cached("SELECT blueprint FROM blueprints WHERE id = ?1")?;
            let text = rows.query_row([&id], |row| row.get(0)).optional()?;
            text.ok_or(BlueprintStoreError::NotFound(id))
        })
        .await
    }

    /// Closes the database.
    pub(crate) fn close(&self) {
        *self.connection.lock() = None;
    }

    /// Writes, if the file is still in its place.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, BlueprintStoreError> + Send + 'static,
    ) -> Result<T, BlueprintStoreError> {
        let journal = self.journal.clone();
        self.with(move |connection| {
            journal.as_ref().map_or(Ok(()), Sqlite::check_file)?;
            work(connection)
        })
        .await
    }

    /// Uses the connection on a thread that may block.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, BlueprintStoreError> + Send + 'static,
    ) -> Result<T, BlueprintStoreError> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let store = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            store.with_now(work)
        });
        work.await.unwrap_or(Err(BlueprintStoreError::Closed))
    }

    /// Uses the connection on this thread, which may block.
    pub(super) fn with_now<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, BlueprintStoreError>,
    ) -> Result<T, BlueprintStoreError> {
        let mut connection = self.connection.lock();
        work(connection.as_mut().ok_or(BlueprintStoreError::Closed)?)
    }
}

fn texts(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// The JSON of a saved blueprint. What an earlier version of the server has saved becomes a blueprint of the present version.
fn present((id, json): (String, String)) -> Result<String, BlueprintStoreError> {
    if !json.starts_with(r#"{"version":2,"#) {
        return Ok(text(&read((id, json))?));
    }
    match serde_json::from_str::<IgnoredAny>(&json) {
        Ok(_) => Ok(json),
        Err(source) => Err(BlueprintStoreError::Unreadable { id, source }),
    }
}

pub(super) fn read((id, text): (String, String)) -> Result<Blueprint, BlueprintStoreError> {
    serde_json::from_str(&text).map_err(|source| BlueprintStoreError::Unreadable { id, source })
}

/// A number for SQL, whose numbers are signed.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn text(blueprint: &Blueprint) -> String {
    serde_json::to_string(blueprint).expect("texts and numbers become JSON")
}

/// How many blueprints may be saved.
pub(crate) const MOST_BLUEPRINTS: u32 = 1_000;
/// The size from which a batch of blueprints is not continued, in bytes.
const BATCH_BYTES: usize = 64 << 10;
/// Adds no row if the table is full. An id that exists is a violation of a constraint, also then.
const INSERT: &str = "
INSERT INTO blueprints (id, blueprint) SELECT ?1, ?2
WHERE (SELECT count(*) FROM blueprints) < ?3 OR EXISTS (SELECT 1 FROM blueprints WHERE id = ?1)
";
/// `changed` is a counter and not a time, because two blueprints may be saved in the same millisecond. A version is a blueprint as a run
/// has it: the runs of one version share its row.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS blueprints (
    changed INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    blueprint TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS blueprint_versions (
    hash TEXT PRIMARY KEY,
    blueprint TEXT NOT NULL
) STRICT;
";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_number_of_blueprints_is_bounded() {
        let store = BlueprintStore::open(None, Duration::ZERO).expect("a database in memory");
        for number in 0..MOST_BLUEPRINTS {
            store.insert(Blueprint::new(number.to_string(), "One of many")).await.expect("there is room");
        }
        let refused = async |id: &str| store.insert(Blueprint::new(id, "Another")).await.unwrap_err().to_string();
        let full = "1000 blueprints are saved, and more are not accepted: delete one of them first.";
        assert_eq!([refused("another").await.as_str(), &refused("7").await], [full, "Blueprint '7' already exists."]);
        store.replace(Blueprint::new("7", "Replaced")).await.expect("it needs no room");
        store.delete("7".to_owned()).await.expect("it is there");
        store.insert(Blueprint::new("another", "Another")).await.expect("there is room again");
    }
}
