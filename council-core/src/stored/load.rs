//! Loads the positions of stored runs from a journal, and forks runs.

use std::fmt;

use super::read::{fold_envelope, state};
use super::snapshot::{read_position, write_position};
use crate::graph::compiled::Graph;
use crate::journal::Journal;
use crate::journal::entry::{Head, Parent, ReadFrom, RunEntry, Status, StoredRun};
use crate::journal::error::JournalError;
use crate::journal::format::envelope::Envelope;
use crate::journal::format::position::Snapshot;
use crate::journal::format::record::StoredRecord;
use crate::journal::replay_error::ReplayError;
use crate::node::codec::{Codec, Json};
use crate::plan;
use crate::plan::position::{JournalPosition, Position};
use crate::state::State;
use crate::state::durable::Durable;
use crate::types::error_chain::error_chain;

/// A moment of a stored run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The moment at which this number of supersteps was complete; 0 is before the first.
    Superstep(u64),
    /// The moment at which the run had this number of records. The first record has the input of the run, and counts.
    Record(u64),
    /// The last recorded moment.
    End,
}

/// Why a run cannot be loaded. The journal has not changed.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The journal cannot be read, or does not know the run.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run belongs to a graph with another name.
    #[error("run `{run}` is one of the graph `{found}`, not of `{graph}`")]
    OtherGraph {
        /// The run.
        run: String,
        /// The graph of the run.
        found: String,
        /// The graph that should load the run.
        graph: String,
    },
    /// A record does not fit the graph or its state.
    #[error("record {record} of run `{run}` does not fit the graph `{graph}`")]
    Record {
        /// The run.
        run: String,
        /// The index of the record, from 0; for a snapshot, the number of records that it replaces.
        record: u64,
        /// The graph.
        graph: String,
        /// The cause.
        #[source]
        source: ReplayError,
    },
    /// The run has not reached this moment.
    #[error("run `{run}` has not come to {moment}: it has {supersteps} supersteps in {records} records")]
    NotThere {
        /// The run.
        run: String,
        /// The requested moment.
        moment: String,
        /// The number of complete supersteps.
        supersteps: u64,
        /// The number of records.
        records: u64,
    },
}

/// The text of `Display` and of all causes, because a `main` that returns the error prints it with `Debug`.
impl fmt::Debug for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&error_chain(self))
    }
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
    /// run.pause_before(["shout"]).await?;
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
    pub async fn load(&self, journal: &impl Journal, run: &str) -> Result<Position<S>, LoadError> {
        let stored = journal.read(run, ReadFrom::Snapshot).await?;
        let mut reading = self.begin_reading(&stored)?;
        for (place, entry) in (reading.records..).zip(&stored.entries[reading.taken..]) {
            self.fold_entry(&mut reading.position, run, place, &entry.json)?;
        }
        let tail = stored.entries.iter().map(|entry| entry.json.len()).sum();
        let RunEntry { records, status, .. } = stored.head;
        reading.position.saved = Some(JournalPosition { run: run.into(), records, tail, status });
        Ok(reading.position)
    }

    /// Loads the position of a run at an earlier moment. Resumed with a journal, it is a new run that starts at this position. To
    /// keep its history, use [`fork`](Self::fork).
    ///
    /// # Errors
    ///
    /// The errors of [`load`](Self::load); or the run has not reached that moment.
    pub async fn load_at(&self, journal: &impl Journal, run: &str, at: At) -> Result<Position<S>, LoadError> {
        Ok(self.read_until(journal, run, at).await?.0)
    }

    /// Creates a new run with the same past as another run up to a moment. The other run does not change.
    ///
    /// ```
    /// # use council_core::{State, StateGraph, journal::Memory, node, stored::At};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let journal = Memory::default();
    /// graph.run(Text { text: "hello".into() }).id("r-1").journal(journal.clone()).await?;
    ///
    /// let mut position = graph.fork(&journal, "r-1", At::Superstep(0), "r-2").await?;
    /// position.edit("an editor", Text::update().text("good bye"));
    /// assert_eq!(graph.resume(position).journal(journal.clone()).await?.state().text, "GOOD BYE");
    /// assert_eq!(graph.load(&journal, "r-1").await?.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`load_at`](Self::load_at); or there is a run `to` already.
    pub async fn fork(&self, journal: &impl Journal, run: &str, at: At, to: &str) -> Result<Position<S>, LoadError> {
        let (_, records) = self.read_until(journal, run, at).await?;
        let parent = Some(Parent { run: run.to_owned(), records });
        let head = Head { graph: self.name().to_owned(), status: Status::Stopped, summary: None, parent };
        journal.copy(run, records, to, head).await?;
        self.load(journal, to).await
    }

    /// The position at that moment, and the number of records up to it.
    async fn read_until(&self, journal: &impl Journal, run: &str, at: At) -> Result<(Position<S>, u64), LoadError> {
        let stored = journal.read(run, ReadFrom::Record(0)).await?;
        let mut reading = self.begin_reading(&stored)?;
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
            self.fold_entry(&mut reading.position, run, records, &entry.json)?;
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

    /// The position before the remaining entries are folded.
    pub(super) fn begin_reading(&self, stored: &StoredRun) -> Result<Reading<S>, LoadError> {
        self.is_of_this_graph(stored)?;
        let run = &stored.head.run;
        if let Some((records, json)) = &stored.snapshot {
            let position = self.restore(json);
            let position = position.map_err(|source| self.does_not_fit(run, *records, source))?;
            return Ok(Reading { position, records: *records, taken: 0 });
        }
        let first = stored.entries.first().ok_or(ReplayError::NotStarted);
        let position = first.and_then(|entry| self.begin_with(&entry.json));
        let position = position.map_err(|source| self.does_not_fit(run, 0, source))?;
        Ok(Reading { position, records: 1, taken: 1 })
    }

    pub(super) fn is_of_this_graph(&self, stored: &StoredRun) -> Result<(), LoadError> {
        let RunEntry { run, graph: found, .. } = &stored.head;
        if found == self.name() {
            return Ok(());
        }
        Err(LoadError::OtherGraph { run: run.clone(), found: found.clone(), graph: self.name().to_owned() })
    }

    fn begin_with(&self, json: &str) -> Result<Position<S>, ReplayError> {
        match Envelope::read(json)?.record {
            StoredRecord::Started { input, .. } => Ok(plan::begin(self, state(&Json as &dyn Codec<S>, &input)?)),
            StoredRecord::StartedAt { position, .. } => read_position(self, &Json, &position),
            _ => Err(ReplayError::NotStarted),
        }
    }

    /// Applies a record to the position, and returns the record.
    pub(super) fn fold_entry<'j>(
        &self,
        position: &mut Position<S>,
        run: &str,
        record: u64,
        json: &'j str,
    ) -> Result<Envelope<'j>, LoadError> {
        let does_not_fit = |source| self.does_not_fit(run, record, source);
        let envelope = Envelope::read(json).map_err(|source| does_not_fit(source.into()))?;
        fold_envelope(self, &Json, position, &envelope).map_err(does_not_fit)?;
        Ok(envelope)
    }

    pub(super) fn does_not_fit(&self, run: &str, record: u64, source: ReplayError) -> LoadError {
        LoadError::Record { run: run.to_owned(), record, graph: self.name().to_owned(), source }
    }

    /// The position as JSON, to be stored outside a journal.
    ///
    /// ```
    /// # use council_core::{Outcome, State, StateGraph, node};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Text { text: "hello".into() }).pause_before(["shout"]).await?;
    /// let Outcome::Paused { position } = outcome else { panic!("it pauses") };
    /// let json = graph.snapshot(&position)?;
    /// assert_eq!(graph.resume(graph.restore(&json)?).await?.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The state cannot be written as JSON.
    pub fn snapshot(&self, position: &Position<S>) -> serde_json::Result<String> {
        serde_json::to_string(&Snapshot::new(write_position(&self.inner, &Json, position)?))
    }

    /// Reads a position that [`snapshot`](Self::snapshot) has written.
    ///
    /// # Errors
    ///
    /// The text is not a position, or it does not fit the graph.
    pub fn restore(&self, json: &str) -> Result<Position<S>, ReplayError> {
        read_position(self, &Json, &Snapshot::read(json)?.position)
    }
}

/// The progress of reading a run.
pub(super) struct Reading<S: State> {
    pub(super) position: Position<S>,
    /// The number of records that the position is the fold of.
    pub(super) records: u64,
    /// The number of the entries at hand that the position is the fold of.
    pub(super) taken: usize,
}
