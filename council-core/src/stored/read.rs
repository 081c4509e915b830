//! Lines of JSON, put into a position.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::graph::compiled::{Graph, Inner};
use crate::journal::format::line::{GotoLine, Line, ValveLine};
use crate::journal::replay_error::Misfit;
use crate::node::codec::Codec;
use crate::node::erased::Kind;
use crate::node::goto::{Goto, Places};
use crate::plan;
use crate::plan::position::Position;
use crate::plan::record::{Committed, Record};
use crate::plan::successors::{Ahead, Sent};
use crate::state::State;
use crate::types::node_id::{END, NodeId};
use crate::types::valve::{OpenedValve, Valve};

/// Puts a line of JSON into the position of the run, or of the subgraph that it names.
pub(crate) fn fold_json<S: State>(
    graph: &Graph<S>,
    codec: &dyn Codec<S>,
    position: &mut Position<S>,
    json: &str,
) -> Result<(), Misfit> {
    let line = Line::read(json)?;
    match fold_line(graph, codec, position, &line, 0) {
        Err(Misfit::NoTask { .. } | Misfit::NoPlace { .. } | Misfit::NoSubgraph { .. }) if may_come_late(&line) => {
            Ok(())
        }
        folded => folded,
    }
}

/// Whether it is what a node says, which may have handed its context to a task that outlives it: nobody waits for that.
fn may_come_late(line: &Line<'_>) -> bool {
    line.asked.is_some() || line.refused.is_some() || line.once.is_some()
}

/// Puts a line into the position; so many tasks of its path have been gone through already.
pub(crate) fn fold_line<S: State>(
    graph: &Graph<S>,
    codec: &dyn Codec<S>,
    position: &mut Position<S>,
    line: &Line<'_>,
    depth: usize,
) -> Result<(), Misfit> {
    if let Some((node, item)) = line.path.get(depth) {
        let place = place(&graph.inner, position, node, *item)?;
        let task = &mut position.tasks.tasks[place];
        let Kind::Nested(nested) = &graph.inner.nodes[task.node as usize].body.0 else {
            return Err(Misfit::NoSubgraph { node: node.to_string() });
        };
        return nested.fold(&mut task.rest.get_or_insert_default().kept, line, depth + 1);
    }
    if let Some(record) = record(&graph.inner, codec, position, line)? {
        plan::fold(graph, position, record)?;
    }
    if line.done.is_some()
        && let Some(committed) = committed(&graph.inner, line)?
    {
        plan::fold(graph, position, Record::Committed(committed))?;
    }
    Ok(())
}

/// The record that a line is, if it is one that changes where the run stands. What comes next after a task that was alone in its
/// superstep is one more.
fn record<S: State>(
    graph: &Inner<S>,
    codec: &dyn Codec<S>,
    position: &Position<S>,
    line: &Line<'_>,
) -> Result<Option<Record<S>>, Misfit> {
    let update = || update(codec, line.update);
    let text = |value: Option<&RawValue>| value.map(|value| value.get().to_owned()).ok_or(Misfit::Senseless);
    let at = |node: &str| place(graph, position, node, line.item);
    Ok(Some(if let Some(node) = &line.done {
        let goto = line.goto.as_ref().map(|line| goto(graph, line)).transpose()?;
        Record::TaskDone { task: at(node)?, update: update()?, goto }
    } else if line.edited.is_some() {
        Record::Edited { update: update()?, instead: committed(graph, line)? }
    } else if let Some(committed) = committed(graph, line)? {
        Record::Committed(committed)
    } else if let Some(node) = &line.failed {
        Record::TaskFailed { task: at(node)? }
    } else if let Some(node) = &line.asked {
        Record::Asked { task: at(node)?, question: text(line.question)? }
    } else if let Some(node) = &line.answered {
        Record::Answered { task: at(node)?, ask: line.ask, answer: text(line.answer)? }
    } else if let Some(node) = &line.refused {
        Record::Refused { task: at(node)?, ask: line.ask }
    } else if line.merged {
        Record::Merged
    } else if let Some(name) = &line.once {
        let node = line.node.as_deref().ok_or(Misfit::Senseless)?;
        Record::Once { task: at(node)?, name: name.to_string(), value: text(line.value)? }
    } else if line.paused.is_some() {
        Record::Paused
    } else if line.resumed {
        Record::Resumed
    } else if line.finished || line.stopped.is_some() || line.gave_up.is_some() || line.closed.is_some() {
        return Ok(None);
    } else {
        return Err(Misfit::Senseless);
    }))
}

/// What comes next, if the line says so.
fn committed<S: State>(graph: &Inner<S>, line: &Line<'_>) -> Result<Option<Committed>, Misfit> {
    let Some(next) = &line.next else { return Ok(None) };
    Ok(Some(Committed {
        next: ahead(graph, next, &line.sends)?,
        deferred: ahead(graph, &line.later, &line.later_sends)?,
        end: line.end,
        guards: line.guards.iter().map(|name| guard(graph, name)).collect::<Result<_, _>>()?,
        opened: line.valves.iter().map(valve).collect::<Result<_, _>>()?,
    }))
}

pub(crate) fn update<S: State>(codec: &dyn Codec<S>, json: Option<&RawValue>) -> Result<S::Update, Misfit> {
    let json = json.ok_or(Misfit::Senseless)?;
    codec.read_update(json.get()).map_err(|source| Misfit::Unreadable { what: "an update".to_owned(), source })
}

pub(crate) fn state<S: State>(codec: &dyn Codec<S>, json: &RawValue) -> Result<S, Misfit> {
    codec.read_state(json.get()).map_err(|source| Misfit::Unreadable { what: "the state".to_owned(), source })
}

/// The place of a task in its superstep.
pub(crate) fn place<S: State>(
    graph: &Inner<S>,
    position: &Position<S>,
    node: &str,
    item: Option<u32>,
) -> Result<usize, Misfit> {
    let number = number(graph, node)?;
    position.place(number, item).ok_or_else(|| Misfit::NoTask { node: node.to_owned() })
}

pub(crate) fn number<S: State>(graph: &Inner<S>, node: &str) -> Result<u32, Misfit> {
    graph.numbers.get(node).copied().ok_or_else(|| Misfit::NoNode { node: node.to_owned() })
}

pub(crate) fn guard<S: State>(graph: &Inner<S>, name: &str) -> Result<u32, Misfit> {
    let place = (0..).zip(&graph.guards).find(|(_, guard)| guard.name == name).map(|(place, _)| place);
    place.ok_or_else(|| Misfit::NoGuard { guard: name.to_owned() })
}

pub(crate) fn ahead<S: State>(
    graph: &Inner<S>,
    nodes: &[Cow<'_, str>],
    sends: &[(Cow<'_, str>, &RawValue)],
) -> Result<Ahead, Misfit> {
    Ok(Ahead {
        nodes: nodes.iter().map(|node| plain(graph, node)).collect::<Result<_, _>>()?,
        sends: sends.iter().map(|(worker, items)| sent(graph, worker, items)).collect::<Result<_, _>>()?,
    })
}

/// A node that is no worker.
fn plain<S: State>(graph: &Inner<S>, node: &str) -> Result<u32, Misfit> {
    let number = number(graph, node)?;
    if graph.nodes[number as usize].body.takes_items() {
        return Err(Misfit::OtherKind { node: node.to_owned(), now: "a worker", then: "none" });
    }
    Ok(number)
}

fn sent<S: State>(graph: &Inner<S>, name: &str, items: &RawValue) -> Result<Sent, Misfit> {
    let worker = number(graph, name)?;
    if !graph.nodes[worker as usize].body.takes_items() {
        return Err(Misfit::OtherKind { node: name.to_owned(), now: "no worker", then: "one" });
    }
    let codec = graph.nodes[worker as usize].rest.items;
    let codec = codec.ok_or_else(|| Misfit::NoItems { node: name.to_owned() })?;
    let items = (codec.read)(items.get());
    let items = items.map_err(|source| Misfit::Unreadable { what: format!("an item of `{name}`"), source })?;
    Ok(Sent { worker, items })
}

pub(crate) fn goto<S: State>(graph: &Inner<S>, line: &GotoLine<'_>) -> Result<Goto<S>, Misfit> {
    let node = |name: &Option<Cow<'_, str>>| match name {
        Some(name) => plain(graph, name),
        None => Ok(END),
    };
    let nodes = line.to.iter().map(|name| Ok(NodeId::new(node(name)?, 0)));
    let nodes = nodes.collect::<Result<Vec<_>, Misfit>>()?;
    let sends = line.sends.iter().map(|(worker, items)| {
        let Sent { worker, items } = sent(graph, worker, items)?;
        Ok((NodeId::new(worker, 0), items))
    });
    let sends = sends.collect::<Result<Vec<_>, Misfit>>()?;
    let places = match nodes.as_slice() {
        [node] if sends.is_empty() => Places::One(*node),
        _ => Places::Many { nodes, sends },
    };
    Ok(Goto { places, instead: line.instead })
}

pub(crate) fn valve(line: &ValveLine<'_>) -> Result<OpenedValve, Misfit> {
    let text = |text: &Cow<'_, str>| Arc::from(&**text);
    let valve = match (&line.node, &line.guard) {
        (Some(node), _) => Valve::Visits { node: text(node), visits: line.visits },
        (None, Some(guard)) => Valve::Guard { name: text(guard) },
        (None, None) => return Err(Misfit::Senseless),
    };
    Ok(OpenedValve { valve, to: line.to.as_ref().map(text) })
}
