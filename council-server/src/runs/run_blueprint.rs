//! The blueprints of the runs in memory: runs of the same version share it, and its graph.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, Weak};

use council_core::Graph;
use council_core::projection::TypedRecord;
use council_llm::{Blueprint, BlueprintError, Council, StoredBlueprint};

use crate::councils::Councils;
use crate::lock::Lock;
use crate::store::blueprints::{BlueprintStore, BlueprintStoreError};
use crate::store::versions::BlueprintText;

/// A version of a blueprint, with its graph once it has been built.
pub(crate) struct RunBlueprint {
    hash: String,
    blueprint: Arc<Blueprint>,
    graph: Lock<Option<Graph<Council>>>,
    /// Whether the version is known to be in the database.
    is_stored: AtomicBool,
}

impl RunBlueprint {
    pub(crate) fn blueprint(&self) -> &Arc<Blueprint> {
        &self.blueprint
    }

    /// The name of the blueprint in the state of a new run.
    pub(super) fn name(&self) -> StoredBlueprint {
        StoredBlueprint::new(&self.blueprint.id, &self.hash)
    }

    /// The name of the blueprint in the state of a run that had another one, whose name is given if the state has it.
    pub(super) fn name_after(&self, before: Option<&StoredBlueprint>) -> StoredBlueprint {
        before.map_or_else(|| self.name(), |before| before.replaced_by(&self.hash))
    }

    /// The graph. A graph that cannot be built now is tried again at the next call.
    pub(super) fn graph(&self, councils: &Councils) -> Result<Graph<Council>, BlueprintError> {
        let mut graph = self.graph.lock();
        if let Some(graph) = &*graph {
            return Ok(graph.clone());
        }
        Ok(graph.insert(councils.graph(Some(&self.blueprint))?).clone())
    }
}

/// The versions of blueprints that runs use.
pub(crate) struct RunBlueprints {
    store: BlueprintStore,
    in_use: Lock<HashMap<String, Weak<RunBlueprint>>>,
}

impl RunBlueprints {
    pub(super) fn new(store: BlueprintStore) -> Self {
        Self { store, in_use: Lock::default() }
    }

    /// The present version of a saved blueprint. It is stored when this returns.
    pub(super) async fn of_saved(&self, id: String) -> Result<Arc<RunBlueprint>, BlueprintStoreError> {
        let hash = self.store.saved_hash(id.clone()).await?;
        let known = self.in_use().get(&hash).and_then(Weak::upgrade);
        if let Some(known) = known.filter(|known| known.is_stored.load(Ordering::Acquire)) {
            return Ok(known);
        }
        let text = self.store.saved_text(id).await?;
        let version = self.shared(&text.hash, || text.read().map(Arc::new))?;
        self.keep(&version, text).await?;
        Ok(version)
    }

    /// The version that this blueprint is. It is stored when this returns.
    pub(super) async fn of(&self, blueprint: Blueprint) -> Result<Arc<RunBlueprint>, BlueprintStoreError> {
        let text = BlueprintText::of(&blueprint);
        let version = self.shared(&text.hash, || Ok(Arc::new(blueprint)))?;
        self.keep(&version, text).await?;
        Ok(version)
    }

    async fn keep(&self, version: &RunBlueprint, text: BlueprintText) -> Result<(), BlueprintStoreError> {
        self.store.keep_version(text).await?;
        version.is_stored.store(true, Ordering::Release);
        Ok(())
    }

    /// Sets the blueprint in a record that names one, and returns it. A run of another program, or of an earlier version of this one, has
    /// the whole blueprint in its records.
    pub(super) fn resolve(
        &self,
        record: &mut TypedRecord<'_, Council>,
    ) -> Result<Option<Arc<RunBlueprint>>, BlueprintStoreError> {
        if let Some(state) = &mut record.state {
            let found = self.find(state.stored_blueprint.as_deref(), state.blueprint.take())?;
            state.blueprint = found.as_ref().map(|found| Arc::clone(&found.blueprint));
            return Ok(found);
        }
        let Some(update) = &mut record.update else { return Ok(None) };
        let stored = update.stored_blueprint.as_ref().and_then(Option::as_deref);
        let found = self.find(stored, update.blueprint.clone().flatten())?;
        if let Some(found) = &found {
            update.blueprint = Some(Some(Arc::clone(&found.blueprint)));
        }
        Ok(found)
    }

    fn find(
        &self,
        stored: Option<&StoredBlueprint>,
        whole: Option<Arc<Blueprint>>,
    ) -> Result<Option<Arc<RunBlueprint>>, BlueprintStoreError> {
        let found = match (stored, whole) {
            (Some(StoredBlueprint { hash, .. }), _) => self.shared(hash, || self.store.version(hash).map(Arc::new)),
            (None, Some(whole)) => self.shared(&BlueprintText::of(&whole).hash, || Ok(whole)),
            (None, None) => return Ok(None),
        };
        found.map(Some)
    }

    /// The stored versions that no run in memory uses.
    pub(super) async fn unused(&self) -> Result<HashSet<String>, BlueprintStoreError> {
        let stored = self.store.versions().await?;
        let in_use = self.in_use();
        Ok(stored.into_iter().filter(|hash| !is_alive(&in_use, hash)).collect())
    }

    /// Deletes these versions, except versions that a run in memory uses.
    pub(super) async fn delete(self: &Arc<Self>, unused: HashSet<String>) -> Result<(), BlueprintStoreError> {
        let blueprints = Arc::clone(self);
        let deleted = tokio::task::spawn_blocking(move || {
            unused.iter().try_for_each(|hash| {
                // While the lock is held, no run begins to use the version.
                let in_use = blueprints.in_use();
                if is_alive(&in_use, hash) { Ok(()) } else { blueprints.store.delete_version(hash) }
            })
        });
        deleted.await.unwrap_or(Err(BlueprintStoreError::Closed))
    }

    /// The version with this hash: the one in memory, or a new one.
    fn shared(
        &self,
        hash: &str,
        read: impl FnOnce() -> Result<Arc<Blueprint>, BlueprintStoreError>,
    ) -> Result<Arc<RunBlueprint>, BlueprintStoreError> {
        let known = self.in_use().get(hash).and_then(Weak::upgrade);
        if let Some(known) = known {
            return Ok(known);
        }
        let new = RunBlueprint {
            hash: hash.to_owned(),
            blueprint: read()?,
            graph: Lock::default(),
            is_stored: AtomicBool::new(false),
        };
        let mut in_use = self.in_use();
        if let Some(known) = in_use.get(hash).and_then(Weak::upgrade) {
            return Ok(known);
        }
        in_use.retain(|_, version| version.strong_count() > 0);
        let new = Arc::new(new);
        in_use.insert(hash.to_owned(), Arc::downgrade(&new));
        Ok(new)
    }

    fn in_use(&self) -> MutexGuard<'_, HashMap<String, Weak<RunBlueprint>>> {
        self.in_use.lock()
    }
}

fn is_alive(in_use: &HashMap<String, Weak<RunBlueprint>>, hash: &str) -> bool {
    in_use.get(hash).is_some_and(|version| version.strong_count() > 0)
}
