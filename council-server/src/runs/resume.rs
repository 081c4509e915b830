//! Where a run goes on: its graph, its position in the journal, and its limits.

use std::num::NonZeroUsize;

use council_core::stored::LoadError;
use council_core::{Graph, Limits, Position};
use council_llm::{Blueprint, BlueprintError, Council};

use super::handle::RunHandle;
use super::registry::Runs;

/// Why a run does not go on from where it stands in the journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ResumeError {
    /// It does not fit its graph any more.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its graph cannot be had.
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
}

impl Runs {
    /// Where a run stands in the journal, and the graph that it goes on in.
    pub(super) async fn load(&self, entry: &RunHandle) -> Result<(Graph<Council>, Position<Council>), ResumeError> {
        let graph = self.councils.graph(entry.blueprint().as_deref())?;
        let position = graph.load(&self.store.journal, entry.id()).await?;
        Ok((graph, position))
    }

    /// How far a run of this graph may go. A blueprint may go round and round without a critic who ends that, and may have a crowd
    /// of agents side by side.
    pub(super) fn limits(&self, graph: &Graph<Council>) -> Limits {
        if graph.name() != Blueprint::GRAPH {
            return self.limits;
        }
        Limits {
            supersteps: self.limits.supersteps.min(Limits::default().supersteps),
            concurrency: self.limits.concurrency.or(NonZeroUsize::new(SIDE_BY_SIDE)),
            ..self.limits
        }
    }
}

/// How many agents of a blueprint's run call their models at the same time, unless the limits say otherwise.
const SIDE_BY_SIDE: usize = 32;
