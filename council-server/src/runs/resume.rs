//! Resumes runs: the graph, the position, in memory or from the journal, and the limits.

use std::num::NonZeroUsize;

use council_core::stored::LoadError;
use council_core::{Graph, Limits, Position};
use council_llm::{Blueprint, BlueprintError, Council};

use super::handle::RunHandle;
use super::models::ChangedModels;
use super::registry::Runs;
use super::run_blueprint::RunBlueprint;

/// A run at its last position.
pub(super) struct LoadedRun {
    pub(super) graph: Graph<Council>,
    pub(super) position: Position<Council>,
    /// The models of the run, if this server has other ones.
    pub(super) changed_models: Option<ChangedModels>,
}

/// The error of a run that cannot resume.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResumeError {
    /// The stored run does not fit its graph, or cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The graph cannot be built.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

impl Runs {
    /// Loads a run. The journal is read only if the position is not in memory.
    pub(super) async fn load(&self, handle: &RunHandle) -> Result<LoadedRun, ResumeError> {
        self.load_with(handle, handle.blueprint().as_deref()).await
    }

    /// Loads a run with the graph of this blueprint, whose nodes and edges are those of the run.
    pub(super) async fn load_with(
        &self,
        handle: &RunHandle,
        blueprint: Option<&RunBlueprint>,
    ) -> Result<LoadedRun, ResumeError> {
        let graph = self.graph(blueprint)?;
        let position = if let Some(position) = handle.take_position() {
            position
        } else {
            let position = graph.load(&self.store.journal, handle.id()).await?;
            // The event log must contain all records up to the position, because the next records are applied to both.
            self.catch_up(handle).await.map_err(LoadError::from)?;
            position
        };
        let changed_models = ChangedModels::of(position.state(), &self.councils);
        Ok(LoadedRun { graph, position, changed_models })
    }

    /// The graph of a blueprint, or of the built-in council.
    pub(super) fn graph(&self, blueprint: Option<&RunBlueprint>) -> Result<Graph<Council>, BlueprintError> {
        match blueprint {
            Some(blueprint) => blueprint.graph(&self.councils),
            None => self.councils.graph(None),
        }
    }

    /// The limits of a run of this graph. A blueprint may have a loop that no critic ends, and very many parallel agents, so it has limits
    /// of its own. A run that is tried again has its limits again.
    pub(super) fn limits(&self, graph: &Graph<Council>, handle: &RunHandle) -> Limits {
        let Limits { supersteps, concurrency, .. } = self.limits;
        let before = handle.supersteps_before_retry();
        if graph.name() != Blueprint::GRAPH {
            return Limits { supersteps: supersteps.saturating_add(before), ..self.limits };
        }
        Limits {
            supersteps: supersteps.min(Limits::default().supersteps).saturating_add(before),
            concurrency: concurrency.or(NonZeroUsize::new(PARALLEL_AGENTS)),
            ..self.limits
        }
    }
}

/// How many agents of a blueprint may call their models at the same time, unless the limits say otherwise.
const PARALLEL_AGENTS: usize = 32;
