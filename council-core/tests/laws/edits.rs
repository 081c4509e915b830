//! Random edits: of the state, and in the place of a node.

use council_core::{Graph, Position, State};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::plans::{Doc, DocUpdate, Plan};

#[derive(Clone, Debug)]
pub(crate) struct Edit {
    update: DocUpdate,
    /// The open task that the chair ends before the edit of the state, if there is one.
    instead_of: Option<Index>,
}

/// Edits of random fields: fields that a write replaces, overwrites, and writes that go through a reducer.
pub(crate) fn edits() -> impl Strategy<Value = Edit> {
    let update = any::<[bool; 6]>().prop_map(|[plain, writers, restart, trail, reset, sum]| {
        let mut update = Doc::update();
        update = if plain { update.plain(70) } else { update };
        update = if writers { update.writers(["chair".into()]) } else { update };
        update = if restart { update.overwrite_trail(vec!["restarted".into()]) } else { update };
        update = if trail { update.trail("chair") } else { update };
        update = if reset { update.overwrite_peak(0) } else { update };
        if sum { update.sum(3) } else { update }
    });
    (update, prop::option::of(any::<Index>())).prop_map(|(update, instead_of)| Edit { update, instead_of })
}

impl Edit {
    pub(crate) fn apply(self, graph: &Graph<Doc>, plan: &Plan, position: &mut Position<Doc>) {
        let open: Vec<_> = position.open_tasks().map(|task| (task.node.to_owned(), task.item)).collect();
        if let Some(index) = self.instead_of.filter(|_| !open.is_empty()) {
            let (node, item) = index.get(&open);
            let update = plan.update(node, *item);
            let ended = match item {
                None => graph.edit_instead_of(position, node, "the chair", update),
                Some(item) => graph.edit_instead_of_item(position, node, *item, "the chair", update),
            };
            assert_eq!(ended.is_err(), plan.decides(node), "{ended:?}");
        }
        position.edit("the chair", self.update);
    }
}
