//! Table of the blueprints of runs: each version once, by its hash.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use council_llm::Blueprint;
use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use super::blueprints::{BlueprintStore, BlueprintStoreError, read, text};

/// The JSON of a blueprint, and its hash.
pub(crate) struct BlueprintText {
    /// The SHA-256 in Base64.
    pub(crate) hash: String,
    pub(crate) json: String,
}

impl BlueprintText {
    pub(crate) fn of(blueprint: &Blueprint) -> Self {
        Self::from(text(blueprint))
    }

    pub(crate) fn read(&self) -> Result<Blueprint, BlueprintStoreError> {
        read((self.hash.clone(), self.json.clone()))
    }
}

impl From<String> for BlueprintText {
    fn from(json: String) -> Self {
        Self { hash: hash(json.as_bytes()), json }
    }
}

/// A version whose text has its hash.
pub(super) fn intact(expected: String, json: String) -> Result<Blueprint, BlueprintStoreError> {
    if hash(json.as_bytes()) == expected { read((expected, json)) } else { Err(BlueprintStoreError::Damaged(expected)) }
}

fn hash(json: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(json))
}

impl BlueprintStore {
    /// The hash of the present version of a saved blueprint. The text is not copied.
    pub(crate) async fn saved_hash(&self, id: String) -> Result<String, BlueprintStoreError> {
        self.with(move |connection| {
            let mut rows = connection.prepare_cached("SELECT blueprint FROM blueprints WHERE id = ?1")?;
            let hash = rows.query_row([&id], |row| Ok(hash(row.get_ref(0)?.as_bytes()?))).optional()?;
            hash.ok_or(BlueprintStoreError::NotFound(id))
        })
        .await
    }

    /// The present version of a saved blueprint.
    pub(crate) async fn saved_text(&self, id: String) -> Result<BlueprintText, BlueprintStoreError> {
        Ok(self.text(id).await?.into())
    }

    /// Stores a version, unless it is stored already.
    pub(crate) async fn keep_version(&self, version: BlueprintText) -> Result<(), BlueprintStoreError> {
        let hash = version.hash.clone();
        // Only a version that is missing needs the lock of the database.
        if self.with(move |connection| is_stored(connection, &hash)).await? {
            return Ok(());
        }
        self.write(move |connection| {
            let insert = "INSERT OR IGNORE INTO blueprint_versions (hash, blueprint) VALUES (?1, ?2)";
            connection.execute(insert, [version.hash, version.json])?;
            Ok(())
        })
        .await
    }

    /// Reads a version on this thread, which may block.
    pub(crate) fn version(&self, hash: &str) -> Result<Blueprint, BlueprintStoreError> {
        let json = self.with_now(|connection| {
            let mut rows = connection.prepare_cached("SELECT blueprint FROM blueprint_versions WHERE hash = ?1")?;
            Ok(rows.query_row([hash], |row| row.get(0)).optional()?)
        })?;
        intact(hash.to_owned(), json.ok_or_else(|| BlueprintStoreError::NoVersion(hash.to_owned()))?)
    }

    /// The hashes of all versions.
    pub(crate) async fn versions(&self) -> Result<Vec<String>, BlueprintStoreError> {
        self.with(|connection| {
            let mut rows = connection.prepare_cached("SELECT hash FROM blueprint_versions")?;
            let hashes = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok(hashes)
        })
        .await
    }

    /// Deletes a version on this thread, which may block.
    pub(crate) fn delete_version(&self, hash: &str) -> Result<(), BlueprintStoreError> {
        self.with_now(|connection| {
            connection.execute("DELETE FROM blueprint_versions WHERE hash = ?1", [hash])?;
            Ok(())
        })
    }
}

fn is_stored(connection: &Connection, hash: &str) -> Result<bool, BlueprintStoreError> {
    let mut rows = connection.prepare_cached("SELECT 1 FROM blueprint_versions WHERE hash = ?1")?;
    Ok(rows.exists([hash])?)
}
