//! The successors in a record, checked: the nodes of the next superstep, each with its number of tasks.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::de::IgnoredAny;

use crate::journal::check::check_successors;
use crate::journal::format::successors::{StoredSend, StoredSuccessors};
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
        let mut items: HashMap<&str, usize> = HashMap::new();
        for StoredSend { worker, items: sent } in sends {
            *items.entry(worker).or_default() += count(worker, sent)?;
        }
        Ok(Self(next.iter().map(|name| Successor { name, items: items.get(&**name).copied() }).collect()))
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
