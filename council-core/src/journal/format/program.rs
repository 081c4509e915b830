//! The program that writes the records of a run: the version of its graph, and the reducers of the fields of its state.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::state::schema::{Schema, SchemaField};

/// The fields of a state, by the name of their reducer.
pub(crate) type FieldsByReducer = BTreeMap<String, BTreeSet<String>>;

/// The program that writes the records of a run, in the first record and in each [`StoredRecord::Upgraded`](super::record::StoredRecord).
/// The order in which it declares fields and nodes is no part of it.
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// let json = r#"{"v":3,"record":{"started":{"graph":"essay","program":{"version":3,"fields":{"append":["notes"],"replace":["draft"]}},"input":{},"next":["write"]}}}"#;
/// let StoredRecord::Started { program: Some(program), .. } = Envelope::read(json)?.record else { panic!("it starts a run") };
/// assert_eq!((program.version, program.reducer("notes"), program.reducer("title")), (3, Some("append"), None));
/// # Ok::<(), council_core::journal::FormatError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredProgram {
    /// The version of its graph: see [`StateGraph::version`](crate::StateGraph::version).
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub version: u32,
    /// The keys of the stored fields, by the name of their reducer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: FieldsByReducer,
    /// The programs of its subgraphs, by the names of their nodes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) subgraphs: BTreeMap<String, StoredProgram>,
}

/// The program of a run whose records do not describe one: a graph of version 1, with unknown fields.
pub(crate) static UNKNOWN_PROGRAM: StoredProgram =
    StoredProgram { version: first(), fields: FieldsByReducer::new(), subgraphs: BTreeMap::new() };

impl StoredProgram {
    /// The name of the reducer of the field with this key; `None` if the program has no such field.
    ///
    /// ```
    /// # use council_core::journal::{Envelope, StoredRecord};
    /// # let json = r#"{"v":3,"record":{"upgraded":{"program":{"fields":{"add":["round"]}}}}}"#;
    /// let StoredRecord::Upgraded { program } = Envelope::read(json)?.record else { panic!("another program writes") };
    /// assert_eq!((program.reducer("round"), program.reducer("notes")), (Some("add"), None));
    /// # Ok::<(), council_core::journal::FormatError>(())
    /// ```
    #[must_use]
    pub fn reducer(&self, key: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(_, keys)| keys.contains(key));
        found.map(|(reducer, _)| reducer.as_str())
    }

    /// The program of a graph with this schema, without its subgraphs.
    pub(crate) fn new(version: u32, schema: &Schema) -> Self {
        let mut fields = FieldsByReducer::new();
        for SchemaField { key, reducer, .. } in schema.fields {
            fields.entry((*reducer).to_owned()).or_default().insert((*key).to_owned());
        }
        Self { version, fields, subgraphs: BTreeMap::new() }
    }
}

const fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(version: &u32) -> bool {
    *version == first()
}
