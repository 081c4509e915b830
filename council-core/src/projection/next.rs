//! The successors in a record, checked: the nodes of the next superstep, each with its number of tasks.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::journal::check::check_successors;
use crate::journal::format::successors::StoredSuccessors;
use crate::journal::replay_error::ReplayError;
use crate::types::raw_json::RawJson;

/// The nodes of the next superstep, in the order of their tasks.
pub(super) struct Next<'a>(Vec<Successor<'a>>);

/// A node of the next superstep.
pub(super) struct Successor<'a> {
    pub(super) name: &'a str,
    /// The number of items, if it is a worker.
    pub(super) items: Option<usize>,
}

impl<'a> Next<'a> {
    /// Reads successors. They are checked here, so that nothing fails once the projection changes.
    pub(super) fn read(successors: &'a StoredSuccessors<'_>) -> Result<Self, ReplayError> {
        let StoredSuccessors { next, sends, .. } = successors;
        check_successors(next, sends)?;
        let successor = |name: &'a Cow<'_, str>| {
            let mut items = None;
            for send in sends.iter().filter(|send| send.worker == *name) {
                *items.get_or_insert(0) += count(name, &send.items)?;
            }
            Ok(Successor { name, items })
        };
        next.iter().map(successor).collect::<Result<_, _>>().map(Self)
    }

    /// Nodes without items.
    pub(super) fn of_nodes(names: &'a [Cow<'_, str>]) -> Result<Self, ReplayError> {
        check_successors(names, &[])?;
        Ok(Self(names.iter().map(|name| Successor { name, items: None }).collect()))
    }

    pub(super) fn into_nodes(self) -> impl Iterator<Item = Successor<'a>> {
        self.0.into_iter()
    }
}

/// The number of items that were sent to a worker.
fn count(worker: &str, items: &RawJson<'_>) -> Result<usize, ReplayError> {
    let items = items.parse::<Vec<IgnoredAny>>();
    let unreadable = |source| ReplayError::Unreadable { what: format!("the items of `{worker}`"), source };
    items.map(|items| items.len()).map_err(unreadable)
}
