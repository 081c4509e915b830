//! What one graph of a run records, and when.

use std::sync::{Arc, Mutex, PoisonError};

use super::codec::Codec;
use super::line::Writer;
use super::recorder::{Durability, Hook, Recorder};
use super::snapshot::write_position;
use super::write::{Lines, Written};
use crate::context::Context;
use crate::editing::Edit;
use crate::graph::{Graph, Inner};
use crate::journal::{Head, Journal, Status};
use crate::tasks::Task;
use crate::{Failure, Position, State};

/// How a run is to be stored, if it is.
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
    /// For a run that has so many records already.
    pub(crate) fn into_recording(self, run: &Arc<str>, records: u64) -> Option<Recording<S>> {
        let (journal, codec) = self.journal?;
        let recorder = Recorder::new(journal, Arc::clone(run), records, self.durability, self.hooks);
        Some(Recording::new(Arc::new(recorder), codec, "".into(), self.summary))
    }
}

pub(crate) type Summary<S> = Box<dyn Fn(&S) -> serde_json::Value + Send + Sync>;

/// What one graph of a run records.
pub(crate) struct Recording<S: State> {
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) codec: &'static dyn Codec<S>,
    /// The field of the path that leads to the graph, with a comma behind; empty in the outermost.
    pub(crate) inside: Box<str>,
    pub(crate) summary: Option<Summary<S>>,
    due: Mutex<Due>,
}

/// When the next snapshot is due.
struct Due {
    /// How much has been recorded since the last.
    bytes: usize,
    /// How much it has to be before another is thought of.
    at: usize,
}

impl<S: State> Recording<S> {
    pub(crate) fn new(
        recorder: Arc<Recorder>,
        codec: &'static dyn Codec<S>,
        inside: Box<str>,
        summary: Option<Summary<S>>,
    ) -> Self {
        let due = Mutex::new(Due { bytes: 0, at: FIRST_SNAPSHOT });
        Self { recorder, codec, inside, summary, due }
    }

    fn lines<'a>(&'a self, graph: &'a Inner<S>) -> Lines<'a, S> {
        Lines { graph, codec: self.codec, inside: &self.inside }
    }

    fn push(&self, line: String) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).bytes += line.len();
        self.recorder.push(line);
    }

    /// The run begins: with its input, or where it stands.
    pub(crate) fn started(&self, graph: &Inner<S>, position: &Position<S>) -> Result<(), Box<Failure>> {
        let line = self.lines(graph).started(position);
        self.push(line.map_err(|source| unwritable("the input", source))?);
        Ok(())
    }

    /// A task has ended well.
    pub(crate) fn done(&self, graph: &Inner<S>, task: &Task<S>) -> Result<(), Box<Failure>> {
        let Some(update) = &task.update else { return Ok(()) };
        let line = self.lines(graph).done(task.node, task.index(), update, task.goto());
        self.push(line.map_err(|source| unwritable(&graph.names[task.node as usize], source))?);
        Ok(())
    }

    /// The superstep is in the state; what comes next is in the position.
    pub(crate) fn committed(&self, graph: &Inner<S>, position: &Position<S>) -> Result<(), Box<Failure>> {
        let line = self.lines(graph).committed(position);
        self.push(line.map_err(|source| unwritable("what comes next", source))?);
        if self.inside.is_empty() && self.recorder.durability() != Durability::Exit {
            let snapshot = self.snapshot(graph, position);
            if let Some(json) = snapshot.map_err(|source| unwritable("the state", source))? {
                self.recorder.set_snapshot(json);
            }
        }
        Ok(())
    }

    /// The position, if what was recorded since the last time outweighs it.
    fn snapshot(&self, graph: &Inner<S>, position: &Position<S>) -> Written<Option<String>> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if due.bytes < due.at {
            return Ok(None);
        }
        let json = write_position(graph, self.codec, position)?;
        if due.bytes >= json.len() * OUTWEIGHS {
            *due = Due { bytes: 0, at: json.len() * OUTWEIGHS };
            return Ok(Some(json));
        }
        // Looked at again later, and ever less often, so that looking costs no more than recording.
        due.at = (json.len() * OUTWEIGHS).max(due.bytes + due.bytes / 2);
        Ok(None)
    }

    pub(crate) fn failed(&self, context: &Context<S>, error: &str) {
        self.push(self.of(context).failed(context.node, context.item, error));
    }

    pub(crate) fn asked(&self, context: &Context<S>, question: &str) {
        self.push(self.of(context).asked(context.node, context.item, question));
    }

    pub(crate) fn answered(&self, context: &Context<S>, place: usize, answer: &str) {
        self.push(self.of(context).answered(context.node, context.item, place, answer));
    }

    pub(crate) fn once(&self, context: &Context<S>, name: &str, value: &str) {
        self.push(self.of(context).once(name, context.node, context.item, value));
    }

    fn of<'a>(&'a self, context: &'a Context<S>) -> Lines<'a, S> {
        self.lines(&context.run.graph.inner)
    }

    pub(crate) fn edited(&self, graph: &Inner<S>, edit: &Edit<S>) -> Result<(), Box<Failure>> {
        let line = self.lines(graph).edited(edit);
        self.push(line.map_err(|source| unwritable(&edit.by, source))?);
        Ok(())
    }

    /// A line that has no values of the user's.
    pub(crate) fn plain(&self, line: String) {
        self.push(line);
    }

    /// The run is this from now on.
    pub(crate) fn status(&self, graph: &Graph<S>, position: &Position<S>, status: Status) {
        let summary = self.summary.as_ref().map(|summary| summary(position.state()).to_string());
        self.recorder.set_head(Head { graph: graph.name().to_owned(), status, summary, parent: None });
    }

    /// Sees to it that what has been recorded is as safe as the run wants it.
    pub(crate) async fn tick(&self) -> Result<(), Box<Failure>> {
        self.recorder.tick().await.map_err(in_journal)
    }

    pub(crate) async fn flush(&self) -> Result<(), Box<Failure>> {
        self.recorder.flush().await.map_err(in_journal)
    }
}

/// The field of a path that leads into the subgraph of this task, with a comma behind.
pub(crate) fn inside<S: State>(context: &Context<S>) -> Box<str> {
    let path: Vec<_> = context.path().iter().map(|task| (&*task.node, task.item)).collect();
    let path = path.into_iter().chain([(context.node(), context.item())]).collect::<Vec<_>>();
    let field = Writer::object().plain("in", &path).end();
    format!("{},", field.trim_start_matches('{').trim_end_matches('}')).into()
}

#[expect(clippy::unnecessary_box_returns, reason = "all that fails here is boxed")]
fn in_journal(source: crate::journal::JournalError) -> Box<Failure> {
    Box::new(Failure::Journal { source })
}

#[expect(clippy::unnecessary_box_returns, reason = "all that fails here is boxed")]
fn unwritable(what: &str, source: serde_json::Error) -> Box<Failure> {
    Box::new(Failure::Unwritable { what: what.to_owned(), source })
}

/// So many times the size of a snapshot has to be recorded before one is written. Together with the one that is kept, they add
/// an eighth to what is stored, and reading a run takes as long as nine times its state at most.
const OUTWEIGHS: usize = 8;

/// Before so many bytes, reading the records is as fast as reading a snapshot.
const FIRST_SNAPSHOT: usize = 16 << 10;
