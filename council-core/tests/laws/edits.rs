//! Random edits.

use council_core::State;
use proptest::prelude::*;

use crate::plans::{Doc, DocUpdate};

/// Edits of random fields: fields that a write replaces, overwrites, and writes that go through a reducer.
pub(crate) fn edits() -> impl Strategy<Value = DocUpdate> {
    any::<[bool; 6]>().prop_map(|[plain, writers, restart, trail, reset, sum]| {
        let mut update = Doc::update();
        update = if plain { update.plain(70) } else { update };
        update = if writers { update.writers(["chair".into()]) } else { update };
        update = if restart { update.overwrite_trail(vec!["restarted".into()]) } else { update };
        update = if trail { update.trail("chair") } else { update };
        update = if reset { update.overwrite_peak(0) } else { update };
        if sum { update.sum(3) } else { update }
    })
}
