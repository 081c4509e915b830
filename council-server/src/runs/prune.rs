//! Deletes old runs, and the blueprints that no run names any more.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use council_core::error_chain;
use council_core::journal::{JournalError, ReadFrom, RunEntry, RunFilter, Status};
use council_llm::Blueprint;
use tracing::warn;

use super::registry::Runs;
use super::summary::Summary;
use crate::store::blueprints::BlueprintStoreError;

/// Why blueprints that no run names cannot be deleted.
#[derive(Debug, thiserror::Error)]
enum SweepError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Blueprints(#[from] BlueprintStoreError),
}

impl Runs {
    /// Deletes all ended runs except the newest `keep`. Once many have been deleted, their blueprints follow.
    pub(super) async fn prune(&self, keep: u64) {
        let statuses = vec![Status::Finished, Status::Failed, Status::Closed];
        let ended = RunFilter { graphs: self.councils.graph_names(), statuses, offset: keep, ..RunFilter::default() };
        let pruned = {
            let _deletions = self.deletions.lock().await;
            self.store.journal.prune(&ended).await
        };
        match pruned {
            Ok(deleted) => {
                if self.deleted.fetch_add(deleted, Ordering::Relaxed) + deleted >= SWEEP_AFTER {
                    self.delete_unused_blueprints().await;
                }
            }
            Err(fault) => warn!(error = %error_chain(&fault), "cannot delete old runs"),
        }
    }

    /// Deletes the versions of blueprints that no run names.
    pub(super) async fn delete_unused_blueprints(&self) {
        self.deleted.store(0, Ordering::Relaxed);
        if let Err(fault) = self.try_to_delete_unused_blueprints().await {
            warn!(error = %error_chain(&fault), "cannot delete blueprints that no run names");
        }
    }

    async fn try_to_delete_unused_blueprints(&self) -> Result<(), SweepError> {
        // A run that is deleted meanwhile would shift the pages, so that a run is skipped.
        let _deletions = self.deletions.lock().await;
        let mut unused = self.blueprints.unused().await?;
        let graphs = vec![Blueprint::GRAPH.to_owned()];
        let mut page = RunFilter { graphs, limit: Some(PAGE), ..RunFilter::default() };
        while !unused.is_empty() {
            let runs = self.store.journal.runs(&page).await?;
            if runs.is_empty() {
                break;
            }
            page.offset += PAGE;
            for run in &runs {
                self.remove_named(run, &mut unused).await?;
            }
        }
        Ok(self.blueprints.delete(unused).await?)
    }

    /// Removes the hashes that a run names. The summary has them. Of a run without a summary the records are searched.
    async fn remove_named(&self, run: &RunEntry, unused: &mut HashSet<String>) -> Result<(), JournalError> {
        if let Some(summary) = Summary::of_entry(run) {
            unused.retain(|hash| !summary.blueprints.contains(hash));
            return Ok(());
        }
        match self.store.journal.read(&run.run, ReadFrom::Record(0)).await {
            Ok(stored) => unused.retain(|hash| !stored.entries.iter().any(|entry| entry.json.contains(&**hash))),
            Err(JournalError::NotFound { .. }) => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }
}

/// The number of runs that are deleted before the blueprints that no run names are deleted.
const SWEEP_AFTER: u64 = 100;
/// The number of runs that are listed at once.
const PAGE: u64 = 100;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use council_llm::{Agent, AgentRole, CouncilBuilder, Models, ScriptedModel};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::config::Config;
    use crate::councils::Councils;
    use crate::metrics::Metrics;
    use crate::runs::start::Start;
    use crate::store::{Database, Store};
    use crate::wire::status::RunStatus;

    fn solo(prompt: &str) -> Blueprint {
        let author = Agent::new("author", AgentRole::Agent, "openai/author").system_prompt(prompt);
        Blueprint::new("solo", "Solo").agent(author)
    }

    /// Starts a run of the saved blueprint, and returns its id and its status once it has ended or paused.
    async fn run(runs: &Arc<Runs>, god_mode: bool) -> (Arc<str>, RunStatus) {
        let blueprint = Some("solo".to_owned());
        let start = Start { topic: "Rust".to_owned(), god_mode, blueprint, ..Start::default() };
        let handle = runs.start(start).await.expect("it starts");
        runs.settled().await;
        (Arc::clone(handle.id()), handle.status())
    }

    /// The number of stored versions after the unused ones were deleted.
    async fn versions(runs: &Runs) -> usize {
        runs.delete_unused_blueprints().await;
        runs.store.blueprints.versions().await.expect("a list").len()
    }

    #[tokio::test]
    async fn a_version_of_a_blueprint_is_stored_as_long_as_a_run_names_it() {
        let model = ScriptedModel::new("scripted", ["A draft."]).repeating();
        let agents = model.clone();
        let models = Models::new(move |_| Ok(Arc::new(agents.clone())));
        let councils = Councils::new(CouncilBuilder::new(model).build().expect("a council")).models(models);
        let store = Arc::new(Store::open(&Database::Memory, Duration::ZERO).await.expect("a store"));
        let (metrics, gone) = (Arc::new(Metrics::new([], Arc::default())), CancellationToken::new());
        let runs = Arc::new(Runs::new(&Config::default(), councils, Arc::clone(&store), metrics, gone));

        store.blueprints.insert(solo("Write.")).await.expect("it is saved");
        let (ended, status) = run(&runs, false).await;
        assert_eq!((status, run(&runs, false).await.1), (RunStatus::Completed, RunStatus::Completed));
        assert_eq!(versions(&runs).await, 1, "two runs share it");
        store.blueprints.replace(solo("Write well.")).await.expect("it is replaced");
        let (paused, status) = run(&runs, true).await;
        assert_eq!(status, RunStatus::Paused);
        store.blueprints.delete("solo".to_owned()).await.expect("it is deleted");
        runs.live().clear();
        assert_eq!(versions(&runs).await, 2, "runs that have ended or were evicted keep it");

        // Of the two runs that have ended, the older one is deleted.
        runs.prune(1).await;
        assert!(runs.stored(&ended).await.is_err());
        assert_eq!(versions(&runs).await, 2);
        runs.prune(0).await;
        assert_eq!(versions(&runs).await, 1);
        let handle = runs.find(&paused).await.expect("it can be read");
        assert_eq!(handle.blueprint().expect("its blueprint").blueprint().nodes[0].system_prompt, "Write well.");
    }
}
