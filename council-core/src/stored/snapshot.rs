//! A whole position as an object of JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::read;
use super::write::{Lines, Written, valves};
use crate::graph::compiled::{Graph, Inner};
use crate::journal::format::line;
use crate::journal::format::line::{FORMAT, GotoLine, LineError, ValveLine};
use crate::journal::format::writer::Writer;
use crate::journal::replay_error::Misfit;
use crate::node::codec::Codec;
use crate::node::erased::Kind;
use crate::node::memory::{Asked, Remembered};
use crate::plan::position::Position;
use crate::plan::successors::Ahead;
use crate::state::State;
use crate::state::cell::Slot;

/// What of a position is not JSON of the user's own.
#[derive(Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are those of the position")]
struct Rest<'a> {
    supersteps: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    before_begin: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    end: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    merged: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    paused: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    passed: bool,
    #[serde(borrow)]
    visits: BTreeMap<Cow<'a, str>, u32>,
    /// The sources that have arrived at joins, by the join's target and its place among the joins.
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    arrived: Vec<(usize, Cow<'a, str>)>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    guards: Vec<Cow<'a, str>>,
    #[serde(default, borrow, skip_serializing_if = "Vec::is_empty")]
    remembered: Vec<RememberedText<'a>>,
}

#[derive(Serialize, Deserialize)]
struct RememberedText<'a> {
    node: Cow<'a, str>,
    item: Option<u32>,
    /// Question and answer.
    asks: Vec<(String, Option<String>)>,
    once: Vec<(String, String)>,
}

/// A position as it is read; the fields of `Rest` are in `rest`.
#[derive(Deserialize)]
struct Stored<'a> {
    v: u32,
    #[serde(borrow)]
    rest: Rest<'a>,
    #[serde(borrow)]
    state: &'a RawValue,
    #[serde(borrow)]
    nodes: Vec<Cow<'a, str>>,
    #[serde(default, borrow)]
    sends: Vec<(Cow<'a, str>, &'a RawValue)>,
    #[serde(default, borrow)]
    later: Vec<Cow<'a, str>>,
    #[serde(default, borrow)]
    later_sends: Vec<(Cow<'a, str>, &'a RawValue)>,
    #[serde(default, borrow)]
    valves: Vec<ValveLine<'a>>,
    #[serde(default, borrow)]
    tasks: Vec<TaskText<'a>>,
}

/// A task that is not as it was when its superstep began.
#[derive(Deserialize)]
struct TaskText<'a> {
    place: usize,
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(default, borrow)]
    update: Option<&'a RawValue>,
    #[serde(default, borrow)]
    goto: Option<GotoLine<'a>>,
    #[serde(default, borrow)]
    inner: Option<&'a RawValue>,
}

/// Writes the position.
pub(crate) fn write_position<S: State>(
    graph: &Inner<S>,
    codec: &dyn Codec<S>,
    position: &Position<S>,
) -> Written<String> {
    let lines = Lines { graph, codec };
    let name = |node: usize| Cow::Borrowed(&*graph.names[node]);
    let visited = position.visits.iter().enumerate().filter(|(_, visits)| **visits > 0);
    let arrived = position.joins.iter().enumerate().flat_map(|(join, arrivals)| {
        arrivals.here().map(move |source| (join, name(graph.joins[join].sources[source] as usize)))
    });
    let open = position.guards.iter().zip(&graph.guards).filter(|(open, _)| **open);
    let rest = Rest {
        supersteps: position.supersteps,
        before_begin: !position.has_begun,
        end: position.end_reached,
        merged: position.merged,
        paused: position.paused,
        passed: position.passed,
        visits: visited.map(|(node, visits)| (name(node), *visits)).collect(),
        arrived: arrived.collect(),
        guards: open.map(|(_, guard)| Cow::Borrowed(guard.name.as_str())).collect(),
        remembered: remembered_texts(graph, &position.remembered),
    };
    let mut object = Writer::line("").with("rest", |out| serde_json::to_writer(out, &rest))?;
    object = object.with("state", |out| codec.write_state(position.state(), out))?;
    object = lines.ahead(object, ["nodes", "sends"], &Ahead::from_tasks(&position.tasks.tasks), true)?;
    object = lines.ahead(object, ["later", "later_sends"], &position.deferred, false)?;
    if !position.opened.is_empty() {
        object = object.raw("valves", &valves(&position.opened));
    }
    let mut tasks = Vec::new();
    for (place, task) in position.tasks.tasks.iter().enumerate() {
        let mut text = Writer::object().plain("place", &place);
        if task.attempt > 1 {
            text = text.plain("attempt", &task.attempt);
        }
        if let Some(update) = &task.update {
            text = text.with("update", |out| codec.write_update(update, out))?;
        }
        if let Some(goto) = task.goto() {
            text = text.with("goto", |out| lines.goto(goto, out))?;
        }
        if let Some(kept) = task.rest.as_ref().and_then(|rest| rest.kept.as_ref())
            && let Kind::Nested(nested) = &graph.nodes[task.node as usize].body.0
        {
            text = text.raw("inner", &nested.write_kept(&**kept)?);
        }
        if task.attempt > 1 || task.has_ended() || task.rest.is_some() {
            tasks.push(text.end());
        }
    }
    if !tasks.is_empty() {
        object = object.raw("tasks", &format!("[{}]", tasks.join(",")));
    }
    Ok(object.end())
}

/// Reads a position of the graph.
pub(crate) fn read_position<S: State>(
    graph: &Graph<S>,
    codec: &dyn Codec<S>,
    json: &str,
) -> Result<Position<S>, Misfit> {
    let stored: Stored<'_> = line::parse(json)?;
    if stored.v != FORMAT {
        return Err(LineError::Format { found: stored.v }.into());
    }
    let inner = &graph.inner;
    let rest = stored.rest;
    let mut position = Position::new(inner, read::state(codec, stored.state)?);
    position.schedule(read::ahead(inner, &stored.nodes, &stored.sends)?);
    position.deferred = read::ahead(inner, &stored.later, &stored.later_sends)?;
    position.opened = stored.valves.iter().map(read::valve).collect::<Result<_, _>>()?;
    position.supersteps = rest.supersteps;
    position.has_begun = !rest.before_begin;
    position.end_reached = rest.end;
    position.merged = rest.merged;
    (position.paused, position.passed) = (rest.paused, rest.passed);
    position.visits.fill(0);
    for (node, visits) in &rest.visits {
        position.visits[read::number(inner, node)? as usize] = *visits;
    }
    for task in &mut position.tasks.tasks {
        task.visit = position.visits[task.node as usize];
    }
    for (join, source) in &rest.arrived {
        let source = read::number(inner, source)?;
        let sources = inner.joins.get(*join).map_or(&[][..], |join| &join.sources);
        let place = (0..).zip(sources).find(|(_, known)| **known == source).map(|(place, _)| place);
        let place = place.ok_or(Misfit::Senseless)?;
        position.joins[*join].arrive(place);
    }
    for name in &rest.guards {
        position.guards[read::guard(inner, name)? as usize] = true;
    }
    for task in rest.remembered {
        position.remembered.push(remembered(inner, task)?);
    }
    for text in stored.tasks {
        let task = position.tasks.tasks.get_mut(text.place).ok_or(Misfit::NoPlace { place: text.place })?;
        task.attempt = text.attempt.unwrap_or(1);
        task.update = text.update.map(|json| read::update(codec, Some(json))).transpose()?;
        task.go(text.goto.map(|line| read::goto(inner, &line)).transpose()?);
        if let Some(json) = text.inner {
            let Kind::Nested(nested) = &inner.nodes[task.node as usize].body.0 else {
                return Err(Misfit::NoSubgraph { node: inner.names[task.node as usize].to_string() });
            };
            task.rest.get_or_insert_default().kept = Some(nested.read_kept(json.get())?);
        }
    }
    debug_assert!(matches!(position.state, Slot::Held(_)), "a position that was read is shared with nobody");
    Ok(position)
}

/// In the order of the tasks, in whatever order they spoke.
fn remembered_texts<'a, S: State>(graph: &'a Inner<S>, tasks: &[Remembered]) -> Vec<RememberedText<'a>> {
    let mut tasks: Vec<_> = tasks.iter().collect();
    tasks.sort_by_key(|task| (task.node, task.item));
    tasks.into_iter().map(|task| remembered_text(graph, task)).collect()
}

fn remembered_text<'a, S: State>(graph: &'a Inner<S>, task: &Remembered) -> RememberedText<'a> {
    let asks = task.asks.iter().map(|ask| (ask.question.clone(), ask.answer.clone()));
    RememberedText {
        node: Cow::Borrowed(&graph.names[task.node as usize]),
        item: task.item,
        asks: asks.collect(),
        once: task.once.clone(),
    }
}

fn remembered<S: State>(graph: &Inner<S>, text: RememberedText<'_>) -> Result<Remembered, Misfit> {
    let mut task = Remembered::of(read::number(graph, &text.node)?, text.item);
    task.asks = text.asks.into_iter().map(|(question, answer)| Asked::new(question, answer)).collect();
    task.once = text.once;
    Ok(task)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}
