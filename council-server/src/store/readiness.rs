//! Whether the database can be written: found out by writing.

use std::sync::Arc;
use std::time::Duration;

use council_core::journal::{AppendRequest, Entry, Head, Journal, JournalError, Status};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::error_text::without_place;
use crate::wire::time::now;

/// Writes a record of no run into the database and takes it out again.
///
/// However many ask, and however often: it is tried once a second at most, and the others get the same answer.
pub(crate) struct ReadinessCheck {
    journal: Arc<dyn Journal>,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl ReadinessCheck {
    pub(crate) fn new(journal: Arc<dyn Journal>) -> Self {
        Self { journal, last: Mutex::default() }
    }

    /// Why nothing can be written at the moment.
    pub(crate) async fn write(&self) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < FRESH
        {
            return result.clone();
        }
        let result = match timeout(PATIENCE, self.try_to_write()).await {
            Ok(written) => written.map_err(|error| without_place(&error)),
            Err(_) => Err("the database takes too long".to_owned()),
        };
        *last = Some((Instant::now(), result.clone()));
        result
    }

    async fn try_to_write(&self) -> Result<(), JournalError> {
        let head = Head { graph: NAME.to_owned(), status: Status::Closed, summary: None, parent: None };
        let entries = vec![Entry { at: now(), json: "{}".to_owned() }];
        let append = AppendRequest { run: NAME.into(), expected: 0, entries, head: Some(head), snapshot: None };
        match self.journal.append(append).await {
            // One that another process, or one that was killed, has left is as good.
            Ok(()) | Err(JournalError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
        match self.journal.delete(NAME).await {
            Err(JournalError::NotFound { .. }) => Ok(()),
            deleted => deleted,
        }
    }
}

const NAME: &str = "readiness";
const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(2);
