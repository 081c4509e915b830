//! Applies stored records to a position.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::graph::compiled::{Graph, Inner};
use crate::journal::check::check_successors;
use crate::journal::format::envelope::{Envelope, StoredTask};
use crate::journal::format::record::StoredRecord;
use crate::journal::format::successors::{StoredGoto, StoredSend, StoredSuccessors};
use crate::journal::replay_error::ReplayError;
use crate::node::codec::Codec;
use crate::node::erased::NodeKind;
use crate::node::goto::{Destinations, Goto};
use crate::plan;
use crate::plan::position::Position;
use crate::plan::record::{Committed, Record};
use crate::plan::successors::{Sent, Successors};
use crate::state::State;
use crate::types::node_id::{END, NodeId, NodeList};
use crate::types::raw_json::RawJson;

/// Applies a record to the position of the run, or of the subgraph that the record belongs to.
pub(crate) fn fold_envelope<S: State>(
    graph: &Graph<S>,
    codec: &dyn Codec<S>,
    position: &mut Position<S>,
    envelope: &Envelope<'_>,
) -> Result<(), ReplayError> {
    match fold_record(graph, codec, position, &envelope.path, &envelope.record) {
        Err(ReplayError::NoTask { .. } | ReplayError::NoPlace { .. } | ReplayError::NoSubgraph { .. })
            if envelope.record.may_come_late() =>
        {
            Ok(())
        }
        folded => folded,
    }
}

/// Applies a record to the position; `path` leads from there to the graph of the record.
pub(crate) fn fold_record<S: State>(
    graph: &Graph<S>,
    codec: &dyn Codec<S>,
    position: &mut Position<S>,
    path: &[StoredTask<'_>],
    record: &StoredRecord<'_>,
) -> Result<(), ReplayError> {
    if let Some((StoredTask { node, item }, path)) = path.split_first() {
        let place = place(&graph.inner, position, node, *item)?;
        let task = position.open_task(place)?;
        let NodeKind::Subgraph(subgraph) = &graph.inner.nodes[task.node as usize].erased.0 else {
            return Err(ReplayError::NoSubgraph { node: node.to_string() });
        };
        return subgraph.fold(&mut task.extras.get_or_insert_default().nested, path, record);
    }
    if let Some(record) = read_record(&graph.inner, codec, position, record)? {
        plan::fold(graph, position, record)?;
    }
    if let StoredRecord::TaskDone { committed: Some(committed), .. } = record {
        plan::fold(graph, position, Record::Committed(successors(&graph.inner, committed)?))?;
    }
    Ok(())
}

/// Converts a stored record to a record of the planner, or to `None` if it does not change the position.
fn read_record<S: State>(
    graph: &Inner<S>,
    codec: &dyn Codec<S>,
    position: &Position<S>,
    stored: &StoredRecord<'_>,
) -> Result<Option<Record<S>>, ReplayError> {
    let text = |json: &RawJson<'_>| json.text().to_owned();
    let task = |node: &str, item: &Option<u32>| place(graph, position, node, *item);
    Ok(Some(match stored {
        StoredRecord::TaskDone { node, item, update, goto, .. } => Record::TaskDone {
            task: task(node, item)?,
            update: self::update(codec, update)?,
            goto: goto.as_ref().map(|goto| self::goto(graph, goto)).transpose()?,
        },
        StoredRecord::TaskFailed { node, item, retry_at, .. } => {
            Record::TaskFailed { task: task(node, item)?, retry_at: *retry_at }
        }
        StoredRecord::Committed(committed) => Record::Committed(successors(graph, committed)?),
        StoredRecord::Merged {} => Record::Merged,
        StoredRecord::Asked { node, item, question } => {
            Record::Asked { task: task(node, item)?, question: text(question) }
        }
        StoredRecord::Reworded { node, item, ask, question } => {
            Record::Reworded { task: task(node, item)?, ask: *ask, question: text(question) }
        }
        StoredRecord::Answered { node, item, ask, answer } => {
            Record::Answered { task: task(node, item)?, ask: *ask, answer: text(answer) }
        }
        StoredRecord::Refused { node, item, ask, .. } => Record::Refused { task: task(node, item)?, ask: *ask },
        StoredRecord::Once { node, item, name, value } => {
            Record::Once { task: task(node, item)?, name: name.to_string(), value: text(value) }
        }
        StoredRecord::Edited { update, instead, .. } => Record::Edited {
            update: self::update(codec, update)?,
            instead: instead.as_ref().map(|redirect| successors(graph, &redirect.committed)).transpose()?,
        },
        StoredRecord::Paused { .. } => Record::Paused,
        StoredRecord::Resumed { .. } => Record::Resumed,
        StoredRecord::Reopened {} => Record::Reopened,
        StoredRecord::Finished {} if !position.is_over() => return Err(ReplayError::NotOver),
        StoredRecord::Finished {}
        | StoredRecord::Upgraded { .. }
        | StoredRecord::Stopped { .. }
        | StoredRecord::Failed { .. }
        | StoredRecord::Closed { .. } => return Ok(None),
        StoredRecord::Started { .. } | StoredRecord::StartedAt { .. } => return Err(ReplayError::AlreadyStarted),
    }))
}

/// The start of a graph with this input. Its first tasks have the order of the record, which names them.
pub(crate) fn begin<S: State>(
    graph: &Inner<S>,
    codec: &dyn Codec<S>,
    input: &RawJson<'_>,
    next: &[Cow<'_, str>],
) -> Result<Position<S>, ReplayError> {
    Ok(Position::starting_with(graph, state(codec, input)?, successors_of(graph, next, &[])?))
}

/// Converts the stored successors of a superstep.
pub(crate) fn successors<S: State>(graph: &Inner<S>, stored: &StoredSuccessors<'_>) -> Result<Committed, ReplayError> {
    Ok(Committed {
        next: successors_of(graph, &stored.next, &stored.sends)?,
        deferred: successors_of(graph, &stored.deferred, &stored.deferred_sends)?,
        end: stored.end,
        guards: stored.guards.iter().map(|name| guard(graph, name)).collect::<Result<_, _>>()?,
        opened_valves: stored.opened_valves.clone(),
    })
}

pub(crate) fn update<S: State>(codec: &dyn Codec<S>, json: &RawJson<'_>) -> Result<S::Update, ReplayError> {
    codec.read_update(json).map_err(|source| ReplayError::Unreadable { what: "an update".to_owned(), source })
}

pub(crate) fn state<S: State>(codec: &dyn Codec<S>, json: &RawJson<'_>) -> Result<S, ReplayError> {
    codec.read_state(json).map_err(|source| ReplayError::Unreadable { what: "the state".to_owned(), source })
}

/// The place of a task in its superstep.
pub(crate) fn place<S: State>(
    graph: &Inner<S>,
    position: &Position<S>,
    node: &str,
    item: Option<u32>,
) -> Result<usize, ReplayError> {
    let number = number(graph, node)?;
    position.place(number, item).ok_or_else(|| ReplayError::NoTask { node: node.to_owned() })
}

pub(crate) fn number<S: State>(graph: &Inner<S>, node: &str) -> Result<u32, ReplayError> {
    graph.names.number(node).ok_or_else(|| ReplayError::NoNode { node: node.to_owned() })
}

fn guard<S: State>(graph: &Inner<S>, name: &str) -> Result<u32, ReplayError> {
    let place = (0..).zip(&graph.guards).find(|(_, guard)| guard.name == name).map(|(place, _)| place);
    place.ok_or_else(|| ReplayError::NoGuard { guard: name.to_owned() })
}

fn successors_of<S: State>(
    graph: &Inner<S>,
    names: &[Cow<'_, str>],
    sends: &[StoredSend<'_>],
) -> Result<Successors, ReplayError> {
    check_successors(names, sends)?;
    if sends.is_empty() {
        let nodes = names.iter().map(|name| plain(graph, name)).collect::<Result<_, _>>()?;
        return Ok(Successors { nodes, sends: Vec::new() });
    }
    let mut sends = sends.iter().map(|send| sent(graph, send)).collect::<Result<Vec<_>, _>>()?;
    let workers: HashSet<u32> = sends.iter().map(|sent| sent.worker).collect();
    let node = |name: &Cow<'_, str>| {
        let is_worker = |node: &u32| workers.contains(node);
        graph.names.number(name).filter(is_worker).map_or_else(|| plain(graph, name), Ok)
    };
    let nodes: NodeList = names.iter().map(node).collect::<Result<_, _>>()?;
    let places: HashMap<u32, usize> = nodes.iter().copied().zip(0..).collect();
    sends.sort_by_key(|sent| places.get(&sent.worker));
    Ok(Successors { nodes, sends })
}

/// The number of a node, which must not be a worker.
fn plain<S: State>(graph: &Inner<S>, node: &str) -> Result<u32, ReplayError> {
    let number = number(graph, node)?;
    if graph.nodes[number as usize].erased.takes_items() {
        return Err(ReplayError::OtherKind { node: node.to_owned(), now: "a worker", then: "a plain node" });
    }
    Ok(number)
}

fn sent<S: State>(graph: &Inner<S>, stored: &StoredSend<'_>) -> Result<Sent, ReplayError> {
    let name = || stored.worker.to_string();
    let worker = number(graph, &stored.worker)?;
    if !graph.nodes[worker as usize].erased.takes_items() {
        return Err(ReplayError::OtherKind { node: name(), now: "a plain node", then: "a worker" });
    }
    let codec = graph.nodes[worker as usize].extras.items.ok_or_else(|| ReplayError::NoItems { node: name() })?;
    let items = (codec.read)(&stored.items);
    let items =
        items.map_err(|source| ReplayError::Unreadable { what: format!("an item of `{}`", stored.worker), source })?;
    Ok(Sent { worker, items })
}

pub(crate) fn goto<S: State>(graph: &Inner<S>, stored: &StoredGoto<'_>) -> Result<Goto<S>, ReplayError> {
    let node = |name: &Option<Cow<'_, str>>| match name {
        Some(name) => plain(graph, name),
        None => Ok(END),
    };
    let nodes = stored.to.iter().map(|name| Ok(NodeId::new(node(name)?, 0)));
    let nodes = nodes.collect::<Result<Vec<_>, ReplayError>>()?;
    let sends = stored.sends.iter().map(|send| {
        let Sent { worker, items } = sent(graph, send)?;
        Ok((NodeId::new(worker, 0), items))
    });
    let sends = sends.collect::<Result<Vec<_>, ReplayError>>()?;
    let destinations = match nodes.as_slice() {
        [node] if sends.is_empty() => Destinations::One(*node),
        _ => Destinations::Many { nodes, sends },
    };
    Ok(Goto { destinations, instead: stored.instead })
}
