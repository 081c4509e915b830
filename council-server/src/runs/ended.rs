//! The ended runs that are in use: requests at the same time share one handle.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use super::handle::RunHandle;

/// The handles of ended runs, as long as they are used. Of several requests for one run, one reads it and the others wait.
#[derive(Default)]
pub(super) struct EndedRuns(HashMap<String, Arc<tokio::sync::Mutex<Weak<RunHandle>>>>);

impl EndedRuns {
    /// The handle of this run. While it is locked, the run is being read.
    pub(super) fn place(&mut self, id: &str) -> Arc<tokio::sync::Mutex<Weak<RunHandle>>> {
        if let Some(place) = self.0.get(id) {
            return Arc::clone(place);
        }
        self.0.retain(|_, place| {
            let is_used = Arc::strong_count(place) > 1;
            is_used || place.try_lock().is_ok_and(|handle| handle.strong_count() > 0)
        });
        Arc::clone(self.0.entry(id.to_owned()).or_default())
    }
}
