//! Converts facts of a run to stored records, with the names of its graph.

use std::borrow::Cow;

use crate::graph::compiled::Inner;
use crate::journal::format::record::{StoredRecord, StoredRedirect};
use crate::journal::format::successors::{StoredGoto, StoredSend, StoredSuccessors};
use crate::node::codec::{Codec, ItemCodec};
use crate::node::goto::{Destinations, Goto};
use crate::node::items::Items;
use crate::plan::edit::{Edit, EditKind};
use crate::plan::position::Position;
use crate::plan::record::Committed;
use crate::plan::successors::{Sent, Successors};
use crate::state::State;
use crate::types::json_error::JsonError;
use crate::types::node_id::END;
use crate::types::raw_json::{BufferedJson, RawJson};

/// A value to be stored, or the error of writing it as JSON.
pub(crate) type Written<T> = Result<T, JsonError>;

/// Writes the records of one graph.
pub(crate) struct RecordWriter<'a, S: State> {
    pub(crate) graph: &'a Inner<S>,
    pub(crate) codec: &'a dyn Codec<S>,
}

impl<'a, S: State> RecordWriter<'a, S> {
    pub(crate) fn name(&self, node: u32) -> Cow<'a, str> {
        Cow::Borrowed(&self.graph.names[node as usize])
    }

    pub(crate) fn update(&self, update: &S::Update) -> Written<RawJson<'static>> {
        self.codec.write_update(update, String::new()).map(BufferedJson::into_json)
    }

    /// The result borrows nothing, because its record may be held back until its successors are known.
    pub(crate) fn goto(&self, goto: &Goto<S>) -> Written<StoredGoto<'static>> {
        let name = |node: u32| (node != END).then(|| Cow::Owned(self.graph.names[node as usize].to_string()));
        let mut stored = StoredGoto { instead: goto.instead, ..StoredGoto::default() };
        match &goto.destinations {
            Destinations::One(node) => stored.to.push(name(node.index)),
            Destinations::Many { nodes, sends } => {
                stored.to.extend(nodes.iter().map(|node| name(node.index)));
                for (worker, items) in sends {
                    let (worker, items) = (worker.index, self.items(worker.index, &**items)?);
                    let worker = Cow::Owned(self.graph.names[worker as usize].to_string());
                    stored.sends.push(StoredSend { worker, items });
                }
            }
        }
        Ok(stored)
    }

    /// The successors of the last completed superstep.
    pub(crate) fn committed(&self, position: &Position<S>) -> Written<StoredSuccessors<'a>> {
        let Position { tasks, deferred, guards, opened_valves, .. } = position;
        let open = (0..).zip(guards).filter(|(_, open)| **open).map(|(guard, _)| guard);
        let mut stored = StoredSuccessors {
            end: position.end_reached,
            guards: self.guards(open),
            opened_valves: opened_valves.clone(),
            ..StoredSuccessors::default()
        };
        match tasks.tasks.as_slice() {
            // The common case.
            [task] if task.item.is_none() => stored.next.push(self.name(task.node)),
            tasks => self.next(&Successors::from_tasks(tasks), &mut stored)?,
        }
        // In most supersteps nothing is deferred.
        if !deferred.is_empty() {
            self.deferred(deferred, &mut stored)?;
        }
        Ok(stored)
    }

    /// Converts the successors in a record of the planner.
    fn successors(&self, committed: &Committed) -> Written<StoredSuccessors<'a>> {
        let Committed { next, deferred, end, guards, opened_valves } = committed;
        let mut stored = StoredSuccessors {
            end: *end,
            guards: self.guards(guards.iter().copied()),
            opened_valves: opened_valves.clone(),
            ..StoredSuccessors::default()
        };
        self.next(next, &mut stored)?;
        self.deferred(deferred, &mut stored)?;
        Ok(stored)
    }

    fn next(&self, next: &Successors, stored: &mut StoredSuccessors<'a>) -> Written<()> {
        stored.next = self.names(next);
        stored.sends = self.sends(&next.sends)?;
        Ok(())
    }

    fn deferred(&self, deferred: &Successors, stored: &mut StoredSuccessors<'a>) -> Written<()> {
        stored.deferred = self.names(deferred);
        stored.deferred_sends = self.sends(&deferred.sends)?;
        Ok(())
    }

    /// The names of guards, sorted.
    fn guards(&self, guards: impl Iterator<Item = u32>) -> Vec<Cow<'a, str>> {
        let name = |guard: u32| Cow::Borrowed(self.graph.guards[guard as usize].name.as_str());
        let mut names: Vec<_> = guards.map(name).collect();
        names.sort_unstable();
        names
    }

    /// The names of nodes and workers in the order of their tasks.
    fn names(&self, successors: &Successors) -> Vec<Cow<'a, str>> {
        successors.nodes.iter().map(|node| self.name(*node)).collect()
    }

    fn sends(&self, sends: &[Sent]) -> Written<Vec<StoredSend<'a>>> {
        let send = |Sent { worker, items }: &Sent| {
            Ok(StoredSend { worker: self.name(*worker), items: self.items(*worker, &**items)? })
        };
        sends.iter().map(send).collect()
    }

    fn items(&self, worker: u32, items: &dyn Items) -> Written<RawJson<'static>> {
        match self.graph.nodes[worker as usize].extras.items {
            Some(ItemCodec { write, .. }) => write(items).map_err(|error| error.inside(&self.name(worker))),
            // A worker without a codec was refused when the run began.
            None => RawJson::of(&[(); 0]),
        }
    }

    pub(crate) fn edited(&self, Edit { by, update, kind }: &'a Edit<S>) -> Written<StoredRecord<'a>> {
        let (by, update) = (Cow::Borrowed(by.as_str()), self.update(update)?);
        Ok(match kind {
            EditKind::State => StoredRecord::Edited { by, update, instead: None },
            EditKind::Redirect(node, committed) => {
                let instead = StoredRedirect { node: self.name(*node), committed: self.successors(committed)? };
                StoredRecord::Edited { by, update, instead: Some(instead) }
            }
            &EditKind::Result(node, item) => {
                let node = self.name(node);
                StoredRecord::TaskDone { node, item, update, goto: None, committed: None, by: Some(by) }
            }
        })
    }
}
