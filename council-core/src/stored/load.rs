//! Loads the positions of stored runs from a journal.

use super::load_error::LoadError;
use super::read::{begin, fold_envelope};
use super::reader::read_envelope;
use super::snapshot::read_position;
use crate::graph::compiled::Graph;
use crate::journal::Journal;
use crate::journal::format::envelope::Envelope;
use crate::journal::format::program::StoredProgram;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::journal::stored_run::{ReadFrom, RunEntry, StoredRun};
use crate::node::codec::Json;
use crate::plan::position::{JournalPosition, Position};
use crate::state::State;
use crate::state::durable::Durable;

/// A moment of a stored run, for [`Graph::load_at`] and [`Graph::fork`].
///
/// ```
/// # use council_core::*; use serde::{Deserialize, Serialize};
/// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let journal = journal::Memory::default();
/// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
/// let drafts = async |at| graph.load_at(&journal, "r-1", at).await.map(|position| position.into_state().draft);
/// assert_eq!(drafts(stored::At::Superstep(0)).await?, "");
/// assert_eq!(drafts(stored::At::Record(2)).await?, "a draft"); // the input, and the task with its superstep
/// assert_eq!(drafts(stored::At::End).await?, "a draft");
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum At {
    /// The moment at which this number of supersteps was complete; 0 is before the first.
    Superstep(u64),
    /// The moment at which the run had this number of records. The first record has the input of the run, and counts.
    Record(u64),
    /// The last recorded moment.
    End,
}

impl<S: Durable> Graph<S> {
    /// Loads the current position of a run of this graph from the journal. To continue, [`resume`](Self::resume) it with the same
    /// [`journal`](crate::RunBuilder::journal).
    ///
    /// ```
    /// # use council_core::{State, StateGraph, journal::Memory, node};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let journal = Memory::default();
    /// let run = graph.run(Text { text: "hello".into() }).id("r-1").journal(journal.clone());
    /// run.pause_before([shout]).await?;
    ///
    /// let position = graph.load(&journal, "r-1").await?;
    /// assert!(position.is_paused());
    /// assert_eq!(position.open_tasks().next().unwrap().node, "shout");
    /// let outcome = graph.resume(position).journal(journal).await?;
    /// assert_eq!(outcome.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The journal does not know the run; the run belongs to another graph; a node that a record names is not in the graph; a
    /// state, an update or an item no longer parses. These errors lose nothing.
    #[doc(alias = "get_state")]
    pub async fn load(&self, journal: &(impl Journal + ?Sized), run: &str) -> Result<Position<S>, LoadError> {
        let mut stored = journal.read(run, ReadFrom::Snapshot).await?;
        let mut reading = if let Some(reading) = self.begin_at_snapshot(&stored)? {
            reading
        } else {
            if stored.snapshot.is_some() {
                stored = journal.read(run, ReadFrom::Record(0)).await?;
            }
            self.begin_at_first_record(&stored)?
        };
        for (place, entry) in (reading.records..).zip(&stored.entries[reading.taken..]) {
            self.fold_entry(&mut reading, run, place, &entry.json)?;
        }
        let tail = stored.entries.iter().map(|entry| entry.json.len()).sum();
        let RunEntry { records, status, .. } = stored.head;
        let is_upgrade = reading.program.as_ref() != Some(&self.inner.program);
        reading.position.saved = Some(JournalPosition { run: run.into(), records, tail, status, is_upgrade });
        Ok(reading.position)
    }

    /// Loads the position of a run at an earlier moment. Resumed with a journal, it is a new run that starts at this position. To
    /// keep its history, use [`fork`](Self::fork).
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let journal = journal::Memory::default();
    /// graph.run(Essay::default()).id("r-1").journal(journal.clone()).await?;
    /// let position = graph.load_at(&journal, "r-1", stored::At::Superstep(0)).await?;
    /// assert_eq!(position.open_tasks().next().unwrap().node, "write");
    /// let error = graph.load_at(&journal, "r-1", stored::At::Superstep(7)).await.unwrap_err();
    /// assert_eq!(error.to_string(), "run `r-1` has not reached superstep 7: it has 1 supersteps in 3 records");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`load`](Self::load); or the run has not reached that moment.
    #[doc(alias = "get_state")]
    pub async fn load_at(
        &self,
        journal: &(impl Journal + ?Sized),
        run: &str,
        at: At,
    ) -> Result<Position<S>, LoadError> {
        Ok(self.read_until(journal, run, at).await?.0)
    }

    /// The position at that moment, and the number of records up to it.
    pub(super) async fn read_until(
        &self,
        journal: &(impl Journal + ?Sized),
        run: &str,
        at: At,
    ) -> Result<(Position<S>, u64), LoadError> {
        let stored = journal.read(run, ReadFrom::Record(0)).await?;
        let mut reading = self.begin_at_first_record(&stored)?;
        let is_there = |position: &Position<S>, records: u64| match at {
            At::Superstep(superstep) => position.supersteps() == superstep,
            At::Record(wanted) => records == wanted,
            At::End => records == stored.head.records,
        };
        let mut records = 1;
        for entry in &stored.entries[1..] {
            if is_there(&reading.position, records) {
                break;
            }
            self.fold_entry(&mut reading, run, records, &entry.json)?;
            records += 1;
        }
        if is_there(&reading.position, records) {
            return Ok((reading.position, records));
        }
        let moment = match at {
            At::Superstep(superstep) => format!("superstep {superstep}"),
            At::Record(record) => format!("record {record}"),
            At::End => "its end".to_owned(),
        };
        let supersteps = reading.position.supersteps();
        Err(LoadError::NotThere { run: run.to_owned(), moment, supersteps, records: stored.head.records })
    }

    /// The position of the snapshot. `None` if there is none, or if its program could have computed another position than this graph
    /// computes of the same records.
    fn begin_at_snapshot(&self, stored: &StoredRun) -> Result<Option<Reading<S>>, LoadError> {
        self.is_of_this_graph(stored)?;
        let Some((records, json)) = &stored.snapshot else { return Ok(None) };
        let restored = self.restore_if_alike(json);
        let restored = restored.map_err(|source| self.does_not_fit(&stored.head.run, *records, source))?;
        Ok(restored.map(|(position, program)| Reading {
            position,
            program: Some(program),
            records: *records,
            taken: 0,
        }))
    }

    /// The position after the first record.
    fn begin_at_first_record(&self, stored: &StoredRun) -> Result<Reading<S>, LoadError> {
        self.is_of_this_graph(stored)?;
        let first = stored.entries.first().ok_or(ReplayError::NotStarted);
        let begun = first.and_then(|entry| self.begin_with(&entry.json));
        let (position, program) = begun.map_err(|source| self.does_not_fit(&stored.head.run, 0, source))?;
        Ok(Reading { position, program, records: 1, taken: 1 })
    }

    pub(super) fn is_of_this_graph(&self, stored: &StoredRun) -> Result<(), LoadError> {
        let RunEntry { run, graph: found, .. } = &stored.head;
        if found == self.name() {
            return Ok(());
        }
        Err(LoadError::OtherGraph { run: run.clone(), found: found.clone(), graph: self.name().to_owned() })
    }

    fn begin_with(&self, json: &str) -> Result<(Position<S>, Option<StoredProgram>), ReplayError> {
        let mut program = None;
        let position = match read_envelope(self, &mut program, json)?.record {
            StoredRecord::Started { input, next, .. } => begin(&self.inner, &Json, &input, &next)?,
            StoredRecord::StartedAt { position, .. } => read_position(self, &Json, &position)?,
            _ => return Err(ReplayError::NotStarted),
        };
        Ok((position, program))
    }

    /// Applies a record to the position, and returns the record.
    pub(super) fn fold_entry<'j>(
        &self,
        reading: &mut Reading<S>,
        run: &str,
        record: u64,
        json: &'j str,
    ) -> Result<Envelope<'j>, LoadError> {
        let does_not_fit = |source| self.does_not_fit(run, record, source);
        let envelope = read_envelope(self, &mut reading.program, json).map_err(does_not_fit)?;
        fold_envelope(self, &Json, &mut reading.position, &envelope).map_err(does_not_fit)?;
        Ok(envelope)
    }

    pub(super) fn does_not_fit(&self, run: &str, record: u64, source: ReplayError) -> LoadError {
        LoadError::Record { run: run.to_owned(), record, graph: self.name().to_owned(), source }
    }
}

/// The progress of reading a run.
pub(super) struct Reading<S: State> {
    pub(super) position: Position<S>,
    /// The program that has written the next record; `None` if no record has said it.
    program: Option<StoredProgram>,
    /// The number of records that the position is the fold of.
    pub(super) records: u64,
    /// The number of the entries at hand that the position is the fold of.
    pub(super) taken: usize,
}
