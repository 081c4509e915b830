//! Where blueprints are kept: a table in the database of the runs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use council_llm::Blueprint;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use crate::lock::Lock;

/// The saved blueprints.
#[derive(Clone)]
pub(crate) struct BlueprintStore {
    /// `None` once the database is closed.
    connection: Arc<Lock<Option<Connection>>>,
}

/// Why a blueprint was not saved or found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BlueprintStoreError {
    #[error("Blueprint '{0}' not found.")]
    NotFound(String),
    #[error("Blueprint '{0}' exists already.")]
    Exists(String),
    /// The database cannot be read or written at the moment.
    #[error("the database cannot be used")]
    Database(#[from] rusqlite::Error),
    /// The server is about to end.
    #[error("the database is closed")]
    Closed,
    /// What lies in the table is no blueprint.
    #[error("blueprint `{id}` cannot be read")]
    Unreadable {
        id: String,
        #[source]
        source: serde_json::Error,
    },
}

impl BlueprintStore {
    /// Opens the table in this file, or one in memory.
    pub(crate) fn open(file: Option<&Path>) -> Result<Self, rusqlite::Error> {
        let connection = match file {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Arc::new(Lock::new(Some(connection))) })
    }

    /// All of them, the one that was changed last first.
    pub(crate) async fn list(&self) -> Result<Vec<Blueprint>, BlueprintStoreError> {
        self.with(|connection| {
            let mut rows = connection.prepare_cached("SELECT id, blueprint FROM blueprints ORDER BY changed DESC")?;
            let rows = rows.query_map([], texts)?;
            rows.map(|row| read(row?)).collect()
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

    /// Saves one whose id is new.
    pub(crate) async fn insert(&self, blueprint: Blueprint) -> Result<Blueprint, BlueprintStoreError> {
        self.with(move |connection| {
            let row = params![blueprint.id, text(&blueprint)];
            match connection.execute("INSERT INTO blueprints (id, blueprint) VALUES (?1, ?2)", row) {
                Ok(_) => Ok(blueprint),
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    Err(BlueprintStoreError::Exists(blueprint.id))
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Saves one in the place of that with its id, as of which it keeps the beginning.
    pub(crate) async fn replace(&self, mut blueprint: Blueprint) -> Result<Blueprint, BlueprintStoreError> {
        self.with(move |connection| {
            let transaction = connection.transaction()?;
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
        self.with(move |connection| match connection.execute("DELETE FROM blueprints WHERE id = ?1", [&id])? {
            0 => Err(BlueprintStoreError::NotFound(id)),
            _ => Ok(()),
        })
        .await
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        *self.connection.lock() = None;
    }

    /// Works with the connection where waiting harms nobody.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, BlueprintStoreError> + Send + 'static,
    ) -> Result<T, BlueprintStoreError> {
        let connection = Arc::clone(&self.connection);
        let work = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock();
            work(connection.as_mut().ok_or(BlueprintStoreError::Closed)?)
        });
        work.await.unwrap_or(Err(BlueprintStoreError::Closed))
    }
}

fn texts(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn read((id, text): (String, String)) -> Result<Blueprint, BlueprintStoreError> {
    serde_json::from_str(&text).map_err(|source| BlueprintStoreError::Unreadable { id, source })
}

fn text(blueprint: &Blueprint) -> String {
    serde_json::to_string(blueprint).expect("texts and numbers become JSON")
}

const PATIENCE: Duration = Duration::from_secs(5);

/// Which was changed last is told by a number: two may be saved in the same millisecond.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS blueprints (
    changed INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    blueprint TEXT NOT NULL
) STRICT;
";
