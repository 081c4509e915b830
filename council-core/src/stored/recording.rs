//! What one graph of a run records, and when.

use std::sync::Arc;

use super::recorder::{Durability, Hook, Recorder};
use super::snapshot::write_position;
use super::write::{Lines, answered};
use crate::graph::compiled::{Graph, Inner};
use crate::journal::Journal;
use crate::journal::entry::{Head, Status};
use crate::journal::error::JournalError;
use crate::journal::format::writer::Writer;
use crate::node::codec::Codec;
use crate::node::context::Context;
use crate::node::failure::Failure;
use crate::node::memory::Given;
use crate::node::recorder::{Saving, TaskRecorder};
use crate::plan::edit::Edit;
use crate::plan::position::{Place, Position};
use crate::plan::tasks::Task;
use crate::state::State;
use crate::types::panic;

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
    /// For a run that may have records already.
    pub(crate) fn into_recording(self, run: &Arc<str>, saved: Option<&Place>) -> Option<Recording<S>> {
        let (journal, codec) = self.journal?;
        let recorder = Recorder::new(journal, Arc::clone(run), saved, self.durability, self.hooks);
        Some(Recording { recorder: Arc::new(recorder), codec, inside: "".into(), summary: self.summary })
    }
}

pub(crate) type Summary<S> = Box<dyn Fn(&S, Option<&Failure>) -> serde_json::Value + Send + Sync>;

/// What one graph of a run records.
pub(crate) struct Recording<S: State> {
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) codec: &'static dyn Codec<S>,
    /// The field of the path that leads to the graph, with a comma behind; empty in the outermost.
    pub(crate) inside: Arc<str>,
    pub(crate) summary: Option<Summary<S>>,
}

impl<S: State> Recording<S> {
    fn lines<'a>(&'a self, graph: &'a Inner<S>) -> Lines<'a, S> {
        Lines { graph, codec: self.codec }
    }

    fn begin(&self) -> Writer {
        self.recorder.waiting().begin(&self.inside)
    }

    fn push(&self, line: Writer) {
        self.recorder.waiting().push(line);
    }

    /// The run begins, or is held back before: with its input, or where it stands.
    pub(crate) fn started(&self, graph: &Inner<S>, position: &Position<S>, is_held: bool) -> Result<(), Box<Failure>> {
        let key = if self.inside.is_empty() { "started" } else { "began" };
        let line = self.lines(graph).started(self.begin(), key, position);
        self.push(line.map_err(|source| unwritable("the input", source))?.flag("held", is_held));
        Ok(())
    }

    /// A task has ended well. If it was `alone` in its superstep, what comes next will be in the same record.
    pub(crate) fn done(&self, graph: &Inner<S>, task: &Task<S>, alone: bool) -> Result<(), Box<Failure>> {
        let Some(update) = &task.update else { return Ok(()) };
        let line = self.lines(graph).done(self.begin(), task.node, task.index(), update, task.goto());
        let line = line.map_err(|source| unwritable(&graph.names[task.node as usize], source))?;
        if alone {
            self.recorder.waiting().push_open(&self.inside, line);
        } else {
            self.push(line);
        }
        Ok(())
    }

    /// The superstep is in the state; what comes next is in the position.
    pub(crate) fn committed(&self, graph: &Inner<S>, position: &Position<S>) -> Result<(), Box<Failure>> {
        let next = self.lines(graph).committed(position);
        let next = next.map_err(|source| unwritable("what comes next", source))?;
        let may_need_snapshot = self.recorder.waiting().push_next(&self.inside, &next);
        if may_need_snapshot && self.inside.is_empty() && self.recorder.durability() != Durability::Exit {
            let json = write_position(graph, self.codec, position);
            let json = json.map_err(|source| unwritable("the state", source))?;
            self.recorder.waiting().offer_snapshot(json);
        }
        Ok(())
    }

    pub(crate) fn failed(&self, context: &Context<S>, error: &str) {
        let line = self.begin().name("failed", context.node()).maybe("item", context.item);
        self.push(line.name("error", error));
    }

    pub(crate) fn answered(&self, given: &Given) {
        self.push(answered(given));
    }

    /// The superstep is in the state, and what comes next could not be found.
    pub(crate) fn merged(&self) {
        self.push(self.begin().flag("merged", true));
    }

    pub(crate) fn edited(&self, graph: &Inner<S>, edit: &Edit<S>) -> Result<(), Box<Failure>> {
        let line = self.lines(graph).edited(self.begin(), edit);
        self.push(line.map_err(|source| unwritable(&edit.by, source))?);
        Ok(())
    }

    /// A line that has no values of the user's.
    pub(crate) fn plain(&self, line: Writer) {
        self.push(line);
    }

    /// The run is this from now on.
    pub(crate) fn status(&self, graph: &Graph<S>, position: &Position<S>, status: Status, failure: Option<&Failure>) {
        // One that panics shows nothing; the run goes on.
        let summary = |summary: &Summary<S>| panic::catch(|| summary(position.state(), failure).to_string()).ok();
        let summary = self.summary.as_ref().and_then(summary);
        let head = Head { graph: graph.name().to_owned(), status, summary, parent: None };
        self.recorder.waiting().batch().head = Some(head);
    }

    /// Sees to it that what has been recorded is as safe as the run wants it.
    pub(crate) async fn tick(&self) -> Result<(), Box<Failure>> {
        self.recorder.tick().await.map_err(in_journal)
    }

    /// Sees to it that the run is the only one of its id before anything of it is run.
    pub(crate) async fn open(&self) -> Result<(), Box<Failure>> {
        match self.recorder.durability() {
            Durability::Exit => self.recorder.look().await.map_err(in_journal),
            Durability::Sync | Durability::Async => self.flush().await,
        }
    }

    pub(crate) async fn flush(&self) -> Result<(), Box<Failure>> {
        self.recorder.flush().await.map_err(in_journal)
    }
}

impl<S: State> TaskRecorder for Recording<S> {
    fn asked(&self, node: &str, item: Option<u32>, question: &str) {
        self.push(self.begin().name("asked", node).maybe("item", item).raw("question", question));
    }

    fn refused(&self, node: &str, item: Option<u32>, place: usize, error: &str) {
        let line = self.begin().name("refused", node).maybe("item", item);
        self.push(line.plain("ask", &place).name("error", error));
    }

    fn once(&self, node: &str, item: Option<u32>, name: &str, value: &str) {
        self.push(self.begin().name("once", name).name("node", node).maybe("item", item).raw("value", value));
    }

    fn save(&self) -> Saving<'_> {
        Box::pin(self.tick())
    }
}

/// The field of a path that leads into the subgraph of this task, with a comma behind.
pub(crate) fn inside<S: State>(context: &Context<S>) -> Arc<str> {
    let path: Vec<_> = context.path().iter().map(|task| (&*task.node, task.item)).collect();
    let path = path.into_iter().chain([(context.node(), context.item())]).collect::<Vec<_>>();
    let field = Writer::object().plain("in", &path).end();
    format!("{},", field.trim_start_matches('{').trim_end_matches('}')).into()
}

#[expect(clippy::unnecessary_box_returns, reason = "all that fails here is boxed")]
fn in_journal(source: JournalError) -> Box<Failure> {
    Box::new(Failure::Journal { source })
}

#[expect(clippy::unnecessary_box_returns, reason = "all that fails here is boxed")]
fn unwritable(what: &str, source: serde_json::Error) -> Box<Failure> {
    Box::new(Failure::Unwritable { what: what.to_owned(), source })
}
