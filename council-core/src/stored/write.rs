//! What happened in a run, as lines of JSON.

use super::snapshot::write_position;
use crate::graph::compiled::Inner;
use crate::journal::format::text::write_text;
use crate::journal::format::writer::Writer;
use crate::node::codec::{Codec, ItemCodec};
use crate::node::goto::{Goto, Items, Places};
use crate::node::memory::Given;
use crate::plan::edit::Edit;
use crate::plan::position::Position;
use crate::plan::record::Committed;
use crate::plan::successors::{Ahead, Sent};
use crate::state::State;
use crate::types::node_id::{END, NodeList};
use crate::types::valve::{OpenedValve, Valve};

/// What cannot be written as JSON, and why.
pub(crate) type Written<T> = serde_json::Result<T>;

/// Lines of one graph of a run.
pub(crate) struct Lines<'a, S: State> {
    pub(crate) graph: &'a Inner<S>,
    pub(crate) codec: &'a dyn Codec<S>,
}

impl<S: State> Lines<'_, S> {
    fn name(&self, node: u32) -> &str {
        &self.graph.names[node as usize]
    }

    /// The first record of the run, or of a subgraph: its input, or where it stands; and the nodes that come first.
    pub(crate) fn started(&self, line: Writer, key: &str, position: &Position<S>) -> Written<Writer> {
        let line = line.name(key, &self.graph.name);
        let line = if position.is_fresh() {
            line.with("input", |out| self.codec.write_state(position.state(), out))?
        } else {
            line.raw("position", &write_position(self.graph, self.codec, position)?)
        };
        let mut first: Vec<_> = position.open_tasks().map(|task| task.node).collect();
        first.dedup();
        Ok(if first.is_empty() { line } else { line.plain("next", &first) })
    }

    pub(crate) fn done(
        &self,
        line: Writer,
        node: u32,
        item: Option<u32>,
        update: &S::Update,
        goto: Option<&Goto<S>>,
    ) -> Written<Writer> {
        let line = line.name("done", self.name(node)).maybe("item", item);
        let line = line.with("update", |out| self.codec.write_update(update, out))?;
        match goto {
            None => Ok(line),
            Some(goto) => line.with("goto", |out| self.goto(goto, out)),
        }
    }

    pub(crate) fn goto(&self, goto: &Goto<S>, out: &mut Vec<u8>) -> Written<()> {
        let name = |node: u32| (node != END).then(|| self.name(node));
        let (nodes, sends): (Vec<_>, Vec<_>) = match &goto.places {
            Places::One(node) => (vec![name(node.index)], Vec::new()),
            Places::Many { nodes, sends } => (
                nodes.iter().map(|node| name(node.index)).collect(),
                sends.iter().map(|(worker, items)| (worker.index, &**items)).collect(),
            ),
        };
        let mut goto_line = Writer::object().flag("instead", goto.instead);
        if !nodes.is_empty() {
            goto_line = goto_line.plain("to", &nodes);
        }
        if !sends.is_empty() {
            goto_line = goto_line.with("sends", |out| self.sends(&sends, out))?;
        }
        out.extend_from_slice(goto_line.end().as_bytes());
        Ok(())
    }

    /// What the superstep that was completed last led to.
    pub(crate) fn committed(&self, position: &Position<S>) -> Written<Writer> {
        let Position { tasks, deferred, guards, opened, .. } = position;
        let line = Writer::object();
        let mut line = match tasks.tasks.as_slice() {
            // The step of most runs.
            [task] if task.item.is_none() => line.with("next", |out| {
                out.push(b'[');
                write_text(self.name(task.node), out);
                out.push(b']');
                Ok::<_, serde_json::Error>(())
            })?,
            tasks => self.ahead(line, ["next", "sends"], &Ahead::from_tasks(tasks), true)?,
        };
        line = self.ahead(line, ["later", "later_sends"], deferred, false)?;
        let open = guards.iter().zip(&self.graph.guards).filter(|(open, _)| **open);
        let open: Vec<_> = open.map(|(_, guard)| guard.name.as_str()).collect();
        Ok(followed(line, position.end_reached, &open, opened))
    }

    /// Nodes and workers with their items. `always` writes the list of nodes even where there are none.
    pub(crate) fn ahead(&self, line: Writer, keys: [&str; 2], ahead: &Ahead, always: bool) -> Written<Writer> {
        let mut line = line;
        if always || !ahead.nodes.is_empty() {
            line = line.plain(keys[0], &self.names(&ahead.nodes));
        }
        if !ahead.sends.is_empty() {
            let sends: Vec<_> = ahead.sends.iter().map(|Sent { worker, items }| (*worker, &**items)).collect();
            line = line.with(keys[1], |out| self.sends(&sends, out))?;
        }
        Ok(line)
    }

    fn names(&self, nodes: &NodeList) -> Vec<&str> {
        nodes.iter().map(|node| self.name(*node)).collect()
    }

    fn sends(&self, sends: &[(u32, &dyn Items)], out: &mut Vec<u8>) -> Written<()> {
        for (place, (worker, items)) in sends.iter().enumerate() {
            out.push(if place == 0 { b'[' } else { b',' });
            out.push(b'[');
            write_text(self.name(*worker), out);
            out.push(b',');
            // What has no codec was refused when the run was begun.
            match self.graph.nodes[*worker as usize].rest.items {
                Some(ItemCodec { write, .. }) => write(*items, out)?,
                None => out.extend_from_slice(b"[]"),
            }
            out.push(b']');
        }
        out.push(b']');
        Ok(())
    }

    pub(crate) fn edited(&self, line: Writer, edit: &Edit<S>) -> Written<Writer> {
        let line = line.name("edited", &edit.by);
        let line = line.with("update", |out| self.codec.write_update(&edit.update, out))?;
        let Some((node, Committed { next, deferred, end, guards, opened })) = &edit.instead else {
            return Ok(line);
        };
        let line = self.ahead(line.name("node", self.name(*node)), ["next", "sends"], next, true)?;
        let line = self.ahead(line, ["later", "later_sends"], deferred, false)?;
        let open: Vec<_> = guards.iter().map(|guard| self.graph.guards[*guard as usize].name.as_str()).collect();
        Ok(followed(line, *end, &open, opened))
    }
}

/// What the run remembers of how it came to what comes next.
fn followed(line: Writer, end: bool, guards: &[&str], opened: &[OpenedValve]) -> Writer {
    let mut line = line.flag("end", end);
    if !guards.is_empty() {
        line = line.plain("guards", guards);
    }
    if opened.is_empty() { line } else { line.raw("valves", &valves(opened)) }
}

/// Somebody has answered a question, in the graph or in one inside it.
pub(crate) fn answered(given: &Given) -> Writer {
    let line = Writer::line("");
    let line = if given.path.is_empty() { line } else { line.plain("in", &given.path) };
    let line = line.name("answered", &given.node).maybe("item", given.item);
    line.plain("ask", &given.place).raw("answer", &given.answer)
}

pub(crate) fn valves(opened: &[OpenedValve]) -> String {
    let lines: Vec<_> = opened
        .iter()
        .map(|OpenedValve { valve, to }| {
            let line = match valve {
                Valve::Visits { node, visits } => Writer::object().name("node", node).plain("visits", visits),
                Valve::Guard { name } => Writer::object().name("guard", name),
            };
            match to {
                Some(to) => line.name("to", to),
                None => line,
            }
            .end()
        })
        .collect();
    format!("[{}]", lines.join(","))
}
