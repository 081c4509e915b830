//! Evicts paused runs from memory. They are in the journal, and are loaded again on request.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::handle::RunHandle;
use super::registry::{MIN_BEFORE_EVICTION, Runs};
use crate::wire::status::RunStatus;

impl Runs {
    /// Evicts paused runs that nothing uses, if many runs are in memory.
    pub(super) fn evict_paused(&self, live: &mut HashMap<Arc<str>, Arc<RunHandle>>) {
        if live.len() < self.evict_above.load(Ordering::Relaxed) {
            return;
        }
        live.retain(|_, handle| {
            // New references are made only under this lock, so a count of one cannot grow here.
            let is_evicted = Arc::strong_count(handle) == 1 && handle.status() == RunStatus::Paused;
            self.evicted.fetch_add(usize::from(is_evicted), Ordering::Relaxed);
            !is_evicted
        });
        self.evict_above.store(MIN_BEFORE_EVICTION.max(2 * live.len()), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use council_llm::{CouncilBuilder, ScriptedModel};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::config::Config;
    use crate::metrics::Metrics;
    use crate::runs::chair::{ChairAction, ChairAnswer, StateChanges};
    use crate::runs::start::Start;
    use crate::store::Database;
    use crate::store::Store;

    #[tokio::test]
    async fn evicted_runs_are_only_in_the_journal_and_still_counted() {
        let model = ScriptedModel::new("scripted", ["SCORE: 9"]).repeating();
        let councils = CouncilBuilder::new(model).build().expect("a council").into();
        let store = Arc::new(Store::open(&Database::Memory, Duration::ZERO).await.expect("a store"));
        let (metrics, gone) = (Arc::new(Metrics::new([], Arc::default())), CancellationToken::new());
        let runs = Arc::new(Runs::new(&Config::default(), councils, store, metrics, gone));
        let mut ids = Vec::new();
        for _ in 0..2 * MIN_BEFORE_EVICTION {
            let start = Start { topic: "Rust".to_owned(), god_mode: true, ..Start::default() };
            let handle = runs.start(start).await.expect("it starts");
            runs.settled().await;
            ids.push(Arc::clone(handle.id()));
        }
        assert!(runs.live().len() <= MIN_BEFORE_EVICTION, "{}", runs.live().len());
        assert_eq!(runs.counts().by_status[2], ("paused", 2 * MIN_BEFORE_EVICTION));
        for id in &ids {
            let approve =
                ChairAnswer { action: ChairAction::Approve(StateChanges::default()), seq: None, request: None };
            runs.answer(id, approve).await.expect("it is paused");
            runs.settled().await;
        }
        assert!(runs.live().len() <= MIN_BEFORE_EVICTION, "{}", runs.live().len());
        assert_eq!(runs.counts().by_status[2], ("paused", 2 * MIN_BEFORE_EVICTION));
    }
}
