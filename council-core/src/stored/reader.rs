//! Reads the records of a run in their order, also those of earlier versions of its program.

use super::migrate::{check_program, migrate_record};
use crate::graph::compiled::Graph;
use crate::journal::format::envelope::Envelope;
use crate::journal::format::program::{StoredProgram, UNKNOWN_PROGRAM};
use crate::journal::replay_error::ReplayError;
use crate::projection::TypedRecord;
use crate::state::State;
use crate::state::durable::Durable;

/// Reads the records of one run from the first to the last, for a [`RunProjection`](crate::projection::RunProjection). It changes the
/// records of older [versions](crate::StateGraph::version) of the graph to those of this version.
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// use council_core::journal::{Journal, Memory, ReadFrom};
/// use council_core::projection::RunProjection;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
///
/// let (mut reader, mut run) = (graph.reader(), RunProjection::<Essay>::default());
/// for entry in journal.read("r-1", ReadFrom::Record(0)).await?.entries {
///     run.apply(reader.read(&entry.json)?)?;
/// }
/// assert_eq!(run.state().draft, "a draft");
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct RecordReader<S: State> {
    graph: Graph<S>,
    /// The program that has written the next record; `None` if no record has said it.
    program: Option<StoredProgram>,
}

impl<S: Durable> Graph<S> {
    /// A reader of the records of one run of this graph.
    #[must_use]
    pub fn reader(&self) -> RecordReader<S> {
        RecordReader { graph: self.clone(), program: None }
    }
}

impl<S: Durable> RecordReader<S> {
    /// Reads the next record of the run.
    ///
    /// # Errors
    ///
    /// The errors of [`TypedRecord::read`]. Or the record was stored by a version of the graph that this one cannot read.
    pub fn read<'a>(&mut self, json: &'a str) -> Result<TypedRecord<'a, S>, ReplayError> {
        TypedRecord::parse(read_envelope(&self.graph, &mut self.program, json)?)
    }
}

/// Reads a record as one of this version of the graph. `program` has written it.
pub(super) fn read_envelope<'a, S: State>(
    graph: &Graph<S>,
    program: &mut Option<StoredProgram>,
    json: &'a str,
) -> Result<Envelope<'a>, ReplayError> {
    let mut envelope = Envelope::read(json)?;
    if let Some(writer) = envelope.program() {
        check_program(&graph.inner, writer)?;
        *program = Some(writer.clone());
    }
    let program = program.as_ref().unwrap_or(&UNKNOWN_PROGRAM);
    migrate_record(&graph.inner, program, &envelope.path, &mut envelope.record)?;
    Ok(envelope)
}
