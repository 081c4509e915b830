//! The blueprint with which a retried run goes on.

use std::sync::Arc;

use council_llm::{Agent, Blueprint, BlueprintEdge, EdgeKind};

use super::handle::RunHandle;
use super::registry::Runs;
use super::run_blueprint::RunBlueprint;
use crate::store::blueprints::BlueprintStoreError;

/// What the saved blueprint changes in a run that is retried. By default it changes nothing.
#[derive(Default)]
pub(super) struct RetryBlueprint {
    /// The blueprint of the run with the saved settings of its agents, if they differ.
    pub(super) mended: Option<Arc<RunBlueprint>>,
    /// Why the run does not use the saved blueprint, if its graph differs.
    pub(super) note: Option<String>,
}

impl Runs {
    /// Compares the blueprint of a run with the saved one. A run whose blueprint was deleted, or cannot be read, keeps its own.
    pub(super) async fn retry_blueprint(&self, handle: &RunHandle) -> Result<RetryBlueprint, BlueprintStoreError> {
        let Some(own) = handle.blueprint() else { return Ok(RetryBlueprint::default()) };
        let own = own.blueprint();
        match self.store.blueprints.get(own.id.clone()).await {
            Ok(saved) if !have_same_graph(own, &saved) => {
                let note = format!(
                    "the nodes or the edges of blueprint '{}' have changed since the run began, so the run keeps its \
                     own blueprint: only a new run uses the changed one",
                    own.id
                );
                Ok(RetryBlueprint { note: Some(note), mended: None })
            }
            Ok(saved) => {
                let mended = mended(own, saved);
                let is_changed = mended != **own;
                let mended = if is_changed { Some(self.blueprints.of(mended).await?) } else { None };
                Ok(RetryBlueprint { mended, note: None })
            }
            Err(BlueprintStoreError::NotFound(_) | BlueprintStoreError::Unreadable { .. }) => {
                Ok(RetryBlueprint::default())
            }
            Err(error) => Err(error),
        }
    }
}

/// The blueprint of a run, with the saved limit of calls and the saved settings of its agents.
fn mended(own: &Blueprint, saved: Blueprint) -> Blueprint {
    let mut mended = own.clone();
    mended.max_calls = saved.max_calls;
    for (agent, saved) in mended.nodes.iter_mut().zip(saved.nodes) {
        agent.model = saved.model;
        agent.temperature = saved.temperature;
        agent.max_tokens = saved.max_tokens;
        agent.timeouts = saved.timeouts;
        agent.patience = saved.patience;
    }
    mended
}

/// Whether the blueprints have the same nodes and edges, in the same order. Two drafts are merged in the order of their nodes.
fn have_same_graph(one: &Blueprint, other: &Blueprint) -> bool {
    one.start == other.start
        && one.nodes.iter().map(node).eq(other.nodes.iter().map(node))
        && one.edges.iter().map(edge).eq(other.edges.iter().map(edge))
}

fn node(agent: &Agent) -> (&str, bool) {
    (&agent.id, agent.is_critic())
}

fn edge(edge: &BlueprintEdge) -> (&str, &str, EdgeKind, Option<&str>) {
    (&edge.source, &edge.target, edge.kind, edge.condition.as_deref())
}
