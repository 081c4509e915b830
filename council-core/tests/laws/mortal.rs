//! A slow journal that dies with its process at one append.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use council_core::async_trait;
use council_core::journal::{
    AppendRequest, Head, Journal, JournalError, Memory, ReadFrom, RunEntry, RunFilter, StoredRun,
};
use tokio::sync::Notify;

#[derive(Clone)]
pub(crate) struct Mortal {
    kept: Memory,
    death: Option<Death>,
    appends: Arc<AtomicU64>,
    dead: Arc<Notify>,
}

/// The number of the append, from 0, and whether its records are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Death {
    pub(crate) append: u64,
    pub(crate) kept: bool,
}

impl Mortal {
    pub(crate) fn new(kept: &Memory, death: Option<Death>) -> Self {
        Self { kept: kept.clone(), death, appends: Arc::default(), dead: Arc::default() }
    }

    /// Waits until the journal has died.
    pub(crate) async fn is_dead(&self) {
        self.dead.notified().await;
    }
}

#[async_trait]
impl Journal for Mortal {
    async fn append(&self, append: AppendRequest) -> Result<(), JournalError> {
        let number = self.appends.fetch_add(1, Ordering::Relaxed);
        if !number.is_multiple_of(3) {
            tokio::time::sleep(Duration::from_millis(number % 3)).await;
        }
        match self.death.filter(|death| death.append == number) {
            None => self.kept.append(append).await,
            Some(Death { kept, .. }) => {
                if kept {
                    self.kept.append(append).await?;
                }
                self.dead.notify_one();
                pending().await
            }
        }
    }

    async fn read(&self, run: &str, from: ReadFrom) -> Result<StoredRun, JournalError> {
        self.kept.read(run, from).await
    }

    async fn runs(&self, filter: &RunFilter) -> Result<Vec<RunEntry>, JournalError> {
        self.kept.runs(filter).await
    }

    async fn delete(&self, run: &str) -> Result<(), JournalError> {
        self.kept.delete(run).await
    }

    async fn prune(&self, filter: &RunFilter) -> Result<u64, JournalError> {
        self.kept.prune(filter).await
    }

    async fn copy(&self, run: &str, records: u64, to: &str, head: Head) -> Result<(), JournalError> {
        self.kept.copy(run, records, to, head).await
    }
}
