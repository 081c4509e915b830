//! Migration of records and positions that another version of a graph has stored.

use super::joins;
use crate::graph::compiled::Inner;
use crate::journal::compatibility::{check_fields, check_reducers, reduces_alike};
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::StoredPosition;
use crate::journal::format::program::StoredProgram;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::node::erased::{ErasedSubgraph, NodeKind};
use crate::state::State;
use crate::types::raw_json::RawJson;

/// Checks that the graph can read what a program has stored: its version, its fields with their reducers, and its subgraphs.
pub(crate) fn check_program<S: State>(graph: &Inner<S>, then: &StoredProgram) -> Result<(), ReplayError> {
    let (found, version, name) = (then.version, graph.program.version, || graph.name.clone());
    if found > version {
        return Err(ReplayError::NewerVersion { graph: name(), found, version });
    }
    if found < version && graph.migrate.is_none() {
        return Err(ReplayError::OlderVersion { graph: name(), found, version });
    }
    if found == version {
        // For an older version, `migrate` says what becomes of a field.
        check_fields(S::SCHEMA, then)?;
    }
    check_reducers(S::SCHEMA, then)?;
    for (node, subgraph) in subgraphs(graph) {
        if let Some(then) = then.subgraphs.get(node) {
            subgraph.check_program(then)?;
        }
    }
    Ok(())
}

/// Whether the graph computes the position that a program has computed of the same records: both have the same version and reducers, also
/// in the subgraphs, whose states are in a position until they are complete.
pub(crate) fn folds_like<S: State>(graph: &Inner<S>, then: &StoredProgram) -> bool {
    let folds_alike = |(node, subgraph): (&str, &dyn ErasedSubgraph<S>)| {
        then.subgraphs.get(node).is_none_or(|then| subgraph.folds_like(then))
    };
    then.version == graph.program.version && reduces_alike(S::SCHEMA, then) && subgraphs(graph).all(folds_alike)
}

/// Whether the graph and its subgraphs count the sources of their joins as the graph of a stored position did.
pub(crate) fn counts_joins_like<S: State>(graph: &Inner<S>, stored: &StoredPosition<'_>) -> bool {
    let nested = stored.tasks.iter().filter_map(|task| Some((subgraph(graph, &task.node)?, task.nested.as_ref()?)));
    let mut nested = nested.map(|(subgraph, nested)| subgraph.counts_joins_like(nested));
    joins::are_counted_alike(graph, stored) && nested.all(|is_alike| is_alike)
}

/// Changes the states and updates of a record. `path` leads to the graph of the record.
pub(crate) fn migrate_record<S: State>(
    graph: &Inner<S>,
    then: &StoredProgram,
    path: &[StoredTask<'_>],
    record: &mut StoredRecord<'_>,
) -> Result<(), ReplayError> {
    if let Some((task, path)) = path.split_first() {
        return match (subgraph(graph, &task.node), then.subgraphs.get(&*task.node)) {
            (Some(subgraph), Some(then)) => subgraph.migrate_record(then, path, record),
            _ => Ok(()),
        };
    }
    match record {
        StoredRecord::Started { input, .. } => migrate(graph, then, false, input),
        StoredRecord::StartedAt { position, .. } => migrate_position(graph, then, position),
        StoredRecord::TaskDone { update, .. } | StoredRecord::Edited { update, .. } => {
            migrate(graph, then, true, update)
        }
        _ => Ok(()),
    }
}

/// Changes the state and the updates of a position.
pub(crate) fn migrate_position<S: State>(
    graph: &Inner<S>,
    then: &StoredProgram,
    position: &mut StoredPosition<'_>,
) -> Result<(), ReplayError> {
    migrate(graph, then, false, &mut position.state)?;
    for task in &mut position.tasks {
        if let Some(update) = &mut task.update {
            migrate(graph, then, true, update)?;
        }
        if let (Some(nested), Some(subgraph), Some(then)) =
            (&mut task.nested, subgraph(graph, &task.node), then.subgraphs.get(&*task.node))
        {
            subgraph.migrate_position(then, nested)?;
        }
    }
    Ok(())
}

fn migrate<S: State>(
    graph: &Inner<S>,
    then: &StoredProgram,
    is_update: bool,
    json: &mut RawJson<'_>,
) -> Result<(), ReplayError> {
    let what = if is_update { "an update" } else { "the state" };
    graph.migrate(then.version, is_update, json).map_err(|source| ReplayError::Migration {
        what,
        version: then.version,
        source,
    })
}

fn subgraph<'g, S: State>(graph: &'g Inner<S>, node: &str) -> Option<&'g dyn ErasedSubgraph<S>> {
    let number = graph.names.number(node)?;
    match &graph.nodes[number as usize].erased.0 {
        NodeKind::Subgraph(subgraph) => Some(&**subgraph),
        _ => None,
    }
}

fn subgraphs<S: State>(graph: &Inner<S>) -> impl Iterator<Item = (&str, &dyn ErasedSubgraph<S>)> {
    let all = graph.names.iter().zip(&graph.nodes);
    all.filter_map(|(name, node)| match &node.erased.0 {
        NodeKind::Subgraph(subgraph) => Some((&**name, &**subgraph)),
        _ => None,
    })
}
