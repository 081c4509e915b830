//! The program that writes the records of a run: the version of its graph, and the reducers of the fields of its state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::state::schema::{Schema, SchemaField};

/// The fields of a state, by the name of their reducer.
pub(crate) type FieldsByReducer = BTreeMap<String, Vec<String>>;

/// The program that writes the records of a run, in the first record and in each [`StoredRecord::Upgraded`](super::record::StoredRecord).
///
/// ```
/// # use council_core::journal::{Envelope, StoredRecord};
/// let json = r#"{"v":2,"record":{"started":{"graph":"essay","program":{"version":3,"fields":{"append":["notes"],"replace":["draft"]}},"input":{},"next":["write"]}}}"#;
/// let StoredRecord::Started { program, .. } = Envelope::read(json)?.record else { panic!("it starts a run") };
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
    /// The subgraphs, each after the graph that contains it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) subgraphs: Vec<StoredSubgraph>,
}

/// A graph inside the graph of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSubgraph {
    /// The name of the node that holds this graph.
    pub(crate) node: String,
    /// The index in `subgraphs` of the graph that contains the node; `None` for the graph of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) of: Option<usize>,
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub(crate) version: u32,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: FieldsByReducer,
}

impl Default for StoredProgram {
    /// The program of a run whose records do not describe one: a graph of version 1, with unknown fields.
    fn default() -> Self {
        Self { version: first(), fields: FieldsByReducer::new(), subgraphs: Vec::new() }
    }
}

impl StoredProgram {
    /// The name of the reducer of the field with this key; `None` if the program has no such field, or the record does not say it.
    ///
    /// ```
    /// # use council_core::journal::StoredProgram;
    /// assert_eq!(StoredProgram::default().reducer("notes"), None);
    /// ```
    #[must_use]
    pub fn reducer(&self, key: &str) -> Option<&str> {
        reducer(&self.fields, key)
    }

    /// The program of a graph with this schema, without its subgraphs.
    pub(crate) fn new(version: u32, schema: &Schema) -> Self {
        let mut fields = FieldsByReducer::new();
        for SchemaField { key, reducer, .. } in schema.fields {
            fields.entry((*reducer).to_owned()).or_default().push((*key).to_owned());
        }
        Self { version, fields, subgraphs: Vec::new() }
    }

    /// Adds the graph of a node, with its subgraphs.
    pub(crate) fn add(&mut self, node: &str, inner: &Self) {
        let base = self.subgraphs.len();
        let (version, fields) = (inner.version, inner.fields.clone());
        self.subgraphs.push(StoredSubgraph { node: node.to_owned(), of: None, version, fields });
        self.subgraphs.extend(inner.subgraphs.iter().map(|subgraph| {
            let of = subgraph.of.map_or(base, |of| base + 1 + of);
            StoredSubgraph { of: Some(of), ..subgraph.clone() }
        }));
    }

    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The part of the program that is the graph of the run.
    pub(crate) fn part(&self) -> ProgramPart<'_> {
        ProgramPart { program: self, at: None, version: self.version, fields: &self.fields }
    }
}

/// One graph of a program: the graph of the run, or a subgraph.
#[derive(Clone, Copy)]
pub(crate) struct ProgramPart<'a> {
    program: &'a StoredProgram,
    /// The index of the graph in `subgraphs`; `None` for the graph of the run.
    at: Option<usize>,
    pub(crate) version: u32,
    pub(crate) fields: &'a FieldsByReducer,
}

impl<'a> ProgramPart<'a> {
    /// The graph of a node in this graph; `None` if the node was no graph, or the record does not say it.
    pub(crate) fn subgraph(self, node: &str) -> Option<Self> {
        let all = self.program.subgraphs.iter().enumerate();
        let mut of_this = all.filter(|(_, subgraph)| subgraph.of == self.at);
        let (at, found) = of_this.find(|(_, subgraph)| subgraph.node == node)?;
        Some(Self { at: Some(at), version: found.version, fields: &found.fields, ..self })
    }

    pub(crate) fn reducer(self, key: &str) -> Option<&'a str> {
        reducer(self.fields, key)
    }
}

fn reducer<'a>(fields: &'a FieldsByReducer, key: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(_, keys)| keys.iter().any(|known| known == key));
    found.map(|(reducer, _)| reducer.as_str())
}

fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(version: &u32) -> bool {
    *version == first()
}
