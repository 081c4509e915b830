//! The recording of one graph of a run.

use std::borrow::Cow;
use std::sync::Arc;

use super::outbox::{DoneTask, RecordPath};
use super::recorder::{Durability, Hook, Recorder};
use super::snapshot::write_position;
use super::write::RecordWriter;
use crate::graph::compiled::{Graph, Inner};
use crate::journal::Journal;
use crate::journal::entry::Head;
use crate::journal::error::JournalError;
use crate::journal::format::envelope::StoredTask;
use crate::journal::format::position::Snapshot;
use crate::journal::format::record::StoredRecord;
use crate::journal::status::Status;
use crate::node::codec::Codec;
use crate::node::context::Context;
use crate::node::failure::{Failure, of_item};
use crate::node::memory::PendingAnswer;
use crate::node::recorder::{Saving, TaskRecorder};
use crate::plan::edit::Edit;
use crate::plan::position::{JournalPosition, Position};
use crate::plan::tasks::SuperstepTask;
use crate::state::State;
use crate::types::error_chain::error_chain;
use crate::types::json_error::JsonError;
use crate::types::panic;
use crate::types::raw_json::RawJson;

/// The settings by which a run is stored, if it is stored.
pub(crate) struct Storing<S: State> {
    pub(crate) journal: Option<(Arc<dyn Journal>, &'static dyn Codec<S>)>,
    pub(crate) durability: Durability,
    pub(crate) summary: Option<Summary<S>>,
    pub(crate) hooks: Vec<Hook>,
}

impl<S: State> Default for Storing<S> {
    fn default() -> Self {
        Self { journal: None, durability: Durability::default(), summary: None, hooks: Vec::new() }
    }
}

impl<S: State> Storing<S> {
    /// Creates the recording of a run, which may already have records.
    pub(crate) fn into_recording(self, run: &Arc<str>, saved: Option<&JournalPosition>) -> Option<Recording<S>> {
        let (journal, codec) = self.journal?;
        let recorder = Recorder::new(journal, Arc::clone(run), saved, self.durability, self.hooks);
        Some(Recording { recorder: Arc::new(recorder), codec, path: Arc::new([]), summary: self.summary })
    }
}

pub(crate) type Summary<S> = Box<dyn Fn(&S, Option<&Failure>) -> Result<String, JsonError> + Send + Sync>;

/// The recording of one graph of a run.
pub(crate) struct Recording<S: State> {
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) codec: &'static dyn Codec<S>,
    /// The path that leads to the graph.
    pub(crate) path: RecordPath,
    pub(crate) summary: Option<Summary<S>>,
}

impl<S: State> Recording<S> {
    fn writer<'a>(&self, graph: &'a Inner<S>) -> RecordWriter<'a, S> {
        RecordWriter { graph, codec: self.codec }
    }

    /// Records a fact that needs no graph to be written.
    pub(crate) fn push(&self, record: StoredRecord<'_>) {
        self.recorder.outbox().push(&self.path, record);
    }

    /// Records that the run starts or is held, with its input or its position.
    pub(crate) fn started(&self, graph: &Inner<S>, position: &Position<S>, is_held: bool) -> Result<(), Box<Failure>> {
        let record = self.writer(graph).started(position, !self.path.is_empty(), is_held);
        self.push(record.map_err(|source| unwritable("the input", source))?);
        Ok(())
    }

    /// Records that a task has succeeded. If it was `alone` in its superstep, its successors are added to the same record.
    pub(crate) fn done(&self, graph: &Inner<S>, task: &SuperstepTask<S>, alone: bool) -> Result<(), Box<Failure>> {
        let Some(update) = &task.update else { return Ok(()) };
        let name = &graph.names[task.node as usize];
        let unwritable = |source| unwritable(&format!("the update of node `{name}`{}", of_item(task.index())), source);
        let buffer = self.recorder.outbox().take_buffer();
        let update = self.codec.write_update(update, buffer).map_err(unwritable)?;
        let goto = task.goto().map(|goto| self.writer(graph).goto(goto)).transpose().map_err(unwritable)?;
        let (path, node) = (Arc::clone(&self.path), Arc::clone(name));
        let done = DoneTask { path, node, item: task.index(), update, goto };
        if alone {
            self.recorder.outbox().hold_lone_task(done);
        } else {
            self.recorder.outbox().push_task(done);
        }
        Ok(())
    }

    /// Records that the superstep is merged into the state. Its successors are in the position. Returns whether a snapshot may be due.
    pub(crate) fn committed(&self, graph: &Inner<S>, position: &Position<S>) -> Result<bool, Box<Failure>> {
        let committed = self.writer(graph).committed(position);
        let committed = committed.map_err(|source| unwritable("the items that are sent", source))?;
        let may_be_due = self.recorder.outbox().push_committed(&self.path, committed);
        Ok(may_be_due && self.path.is_empty() && self.recorder.durability() != Durability::Exit)
    }

    /// Adds a snapshot of the position, if one is due. The state may have a value that no update had, such as an infinite sum, and cannot
    /// be written then. The records are enough to load the run.
    pub(crate) fn snapshot(&self, graph: &Inner<S>, position: &Position<S>) -> Result<(), JsonError> {
        let json = write_position(graph, self.codec, position)
            .and_then(|stored| Snapshot::new(&graph.program, stored).to_json());
        match json {
            Ok(json) => {
                self.recorder.outbox().offer_snapshot(json);
                Ok(())
            }
            Err(error) => {
                self.recorder.outbox().schedule.put_off();
                Err(error)
            }
        }
    }

    pub(crate) fn failed(&self, context: &Context<S>, error: &str, retry_at: Option<u64>) {
        let (node, error) = (Cow::Borrowed(context.node()), Cow::Borrowed(error));
        self.push(StoredRecord::TaskFailed { node, item: context.item(), error, retry_at });
    }

    /// Records the answer to a question of the graph or of a subgraph.
    pub(crate) fn answered(&self, given: &PendingAnswer) -> Result<(), Box<Failure>> {
        let PendingAnswer { path, node, item, place, answer } = given;
        let answer =
            RawJson::checked(answer).map_err(|source| unwritable(&format!("the answer to node `{node}`"), source))?;
        let path = path.iter().map(|(node, item)| StoredTask { node: Cow::Owned(node.clone()), item: *item });
        let record = StoredRecord::Answered { node: Cow::Borrowed(node), item: *item, ask: *place, answer };
        self.recorder.outbox().push(&path.collect(), record);
        Ok(())
    }

    /// Records that another program writes the records from here on.
    pub(crate) fn upgraded(&self, graph: &Inner<S>) {
        self.push(StoredRecord::Upgraded { program: Cow::Borrowed(&graph.program) });
    }

    pub(crate) fn edited(&self, graph: &Inner<S>, edit: &Edit<S>) -> Result<(), Box<Failure>> {
        let record = self.writer(graph).edited(edit);
        self.push(record.map_err(|source| unwritable(&format!("the edit of `{}`", edit.by), source))?);
        Ok(())
    }

    /// Sets the status of the run, with its summary. If the summary cannot be computed, the run has none: the error says why.
    pub(crate) fn status(
        &self,
        graph: &Graph<S>,
        position: &Position<S>,
        status: Status,
        failure: Option<&Failure>,
    ) -> Result<(), String> {
        let summarize = |summary: &Summary<S>| match panic::catch(|| summary(position.state(), failure)) {
            Ok(json) => json.map_err(|error| error_chain(&error)),
            Err(message) => Err(format!("a panic: {message}")),
        };
        let summary = self.summary.as_ref().map(summarize).transpose();
        let (summary, result) = match summary {
            Ok(summary) => (summary, Ok(())),
            Err(error) => (None, Err(error)),
        };
        let head = Head { graph: graph.name().to_owned(), status, summary, parent: None };
        self.recorder.outbox().batch().head = Some(head);
        result
    }

    /// Flushes the records so far, as the durability of the run requires.
    pub(crate) async fn tick(&self) -> Result<(), Box<Failure>> {
        self.recorder.tick().await.map_err(in_journal)
    }

    /// Makes sure that no other run has the same id, before any task of the run starts.
    pub(crate) async fn open(&self) -> Result<(), Box<Failure>> {
        match self.recorder.durability() {
            Durability::Exit => self.recorder.check_head().await.map_err(in_journal),
            Durability::Sync | Durability::Async => self.flush().await,
        }
    }

    pub(crate) async fn flush(&self) -> Result<(), Box<Failure>> {
        self.recorder.flush().await.map_err(in_journal)
    }
}

impl<S: State> TaskRecorder for Recording<S> {
    fn asked(&self, node: &str, item: Option<u32>, question: &RawJson<'_>) {
        self.push(StoredRecord::Asked { node: Cow::Borrowed(node), item, question: question.clone() });
    }

    fn reworded(&self, node: &str, item: Option<u32>, place: usize, question: &RawJson<'_>) {
        let node = Cow::Borrowed(node);
        self.push(StoredRecord::Reworded { node, item, ask: place, question: question.clone() });
    }

    fn refused(&self, node: &str, item: Option<u32>, place: usize, error: &str) {
        let (node, error) = (Cow::Borrowed(node), Cow::Borrowed(error));
        self.push(StoredRecord::Refused { node, item, ask: place, error });
    }

    fn once(&self, node: &str, item: Option<u32>, name: &str, value: &RawJson<'_>) {
        let (node, name) = (Cow::Borrowed(node), Cow::Borrowed(name));
        self.push(StoredRecord::Once { node, item, name, value: value.clone() });
    }

    fn save(&self) -> Saving<'_> {
        Box::pin(self.tick())
    }
}

/// The path into the subgraph of this task.
pub(crate) fn path_into<S: State>(context: &Context<S>) -> RecordPath {
    let outer = context.path().iter().map(|task| (&*task.node, task.item));
    let all = outer.chain([(context.node(), context.item())]);
    all.map(|(node, item)| StoredTask { node: Cow::Owned(node.to_owned()), item }).collect()
}

#[expect(clippy::unnecessary_box_returns, reason = "all that fails here is boxed")]
fn in_journal(source: JournalError) -> Box<Failure> {
    Box::new(Failure::Journal { source })
}

#[expect(clippy::unnecessary_box_returns, reason = "all that fails here is boxed")]
fn unwritable(what: &str, source: JsonError) -> Box<Failure> {
    Box::new(Failure::Unwritable { what: what.to_owned(), source })
}
