//! TEMP
pub use crate::stored::*;
use async_trait::async_trait;
use std::sync::Arc;
#[derive(Clone, Debug, thiserror::Error)]
#[error("x")]
pub enum JournalError {
    A,
}
#[derive(Clone, Debug)]
pub struct Entry {
    pub at: u64,
    pub json: String,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Running,
    Paused,
    Finished,
    Stopped,
    Failed,
}
pub struct Parent {
    pub run: String,
    pub records: u64,
}
pub struct Head {
    pub graph: String,
    pub status: Status,
    pub summary: Option<String>,
    pub parent: Option<Parent>,
}
pub struct Append {
    pub run: Arc<str>,
    pub expected: u64,
    pub entries: Vec<Entry>,
    pub head: Option<Head>,
    pub snapshot: Option<String>,
}
pub enum ReadFrom {
    Record(u64),
    Snapshot,
}
pub struct RunEntry {
    pub run: String,
    pub graph: String,
    pub status: Status,
    pub records: u64,
}
pub struct Stored {
    pub head: RunEntry,
    pub snapshot: Option<(u64, String)>,
    pub entries: Vec<Entry>,
}
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    async fn append(&self, append: Append) -> Result<(), JournalError>;
    async fn read(&self, run: &str, from: ReadFrom) -> Result<Stored, JournalError>;
    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError>;
}
