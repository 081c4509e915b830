//! An agent whose model has changed since its run began.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// An agent of the built-in council whose model has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ModelChange {
    /// The agent.
    pub(crate) node: String,
    /// Its model so far.
    pub(crate) before: String,
    /// Its model from now on.
    pub(crate) now: String,
}

impl ModelChange {
    /// The agents whose models differ. An agent whose model only one side names is left out.
    pub(crate) fn between(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<Self> {
        let both = before.iter().filter_map(|(node, before)| Some((node, before, now.get(node)?)));
        let changed = both.filter(|(_, before, now)| before != now);
        changed
            .map(|(node, before, now)| Self { node: node.clone(), before: before.clone(), now: now.clone() })
            .collect()
    }
}
