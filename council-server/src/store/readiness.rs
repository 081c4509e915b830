//! Checks whether the database can be written, by writing to it.

use std::sync::Arc;
use std::time::Duration;

use council_core::journal::{AppendRequest, Entry, Head, Journal, JournalError, Status};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::error_text::for_clients;
use crate::wire::time::now;

/// Writes a record and deletes it again.
///
/// It does so at most once a second. Requests in between get the last result.
pub(crate) struct ReadinessCheck {
    journal: Arc<dyn Journal>,
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

impl ReadinessCheck {
    pub(crate) fn new(journal: Arc<dyn Journal>) -> Self {
        Self { journal, last: Mutex::default() }
    }

    /// Checks the database; the error is the reason why it cannot be written.
    pub(crate) async fn write(&self) -> Result<(), String> {
        let mut last = self.last.lock().await;
        if let Some((at, result)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return result.clone();
        }
        let result = match timeout(TIMEOUT, self.try_to_write()).await {
            Ok(written) => written.map_err(|error| for_clients(&error)),
            Err(_) => Err("the database does not answer in time".to_owned()),
        };
        *last = Some((Instant::now(), result.clone()));
        result
    }

    async fn try_to_write(&self) -> Result<(), JournalError> {
        let entries = vec![Entry::new(now(), "{}")];
        let append = AppendRequest::new(NAME, 0, entries).head(Head::new(NAME, Status::Closed));
        match self.journal.append(append).await {
            // A record that a killed process has left serves as well.
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
const MAX_AGE: Duration = Duration::from_secs(1);
const TIMEOUT: Duration = Duration::from_secs(2);
