//! Calls a task or its error handler, and answers with the records of the call.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::call_error::CallError;
use super::caller::Caller;
use super::notes::Notes;
use super::position::Position;
use super::record::Record;
use super::tasks::SuperstepTask;
use crate::graph::compiled::Declared;
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NodeKind;
use crate::node::failure::Failure;
use crate::node::memory::{SuperstepMemory, WrongAnswer};
use crate::node::recorder::TaskRecorder;
use crate::node::run_info::RunInfo;
use crate::node::running::Running;
use crate::state::State;
use crate::types::panic;
use crate::types::path::Path;

/// The result of calling a task.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let position = plan::begin(&graph, Essay::default());
/// let called = plan::Caller::new(&graph, "r-1", ()).call(&position, 0).await?;
/// assert!(matches!(called.records.as_slice(), [Record::TaskDone { task: 0, .. }]));
/// assert!(called.failure.is_none());
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Called<S: State> {
    /// The records to fold, in this order: the questions and `once` results of the task, then its end. Without a record of its
    /// end, the task waits for the answer to a question: call it again when there is an answer.
    pub records: Vec<Record<S>>,
    /// Why the attempt failed.
    pub failure: Option<Box<Failure>>,
}

impl<S: State> Caller<S> {
    /// Calls the node of an open task once. The position does not change until the records are folded. A panic of the node is a
    /// failure.
    ///
    /// `task` is the [`place`](crate::OpenTask::place) of the task in the superstep.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let position = plan::begin(&graph, Essay::default());
    /// let called = plan::Caller::new(&graph, "r-1", ()).call(&position, 0).await?;
    /// assert!(matches!(called.records.as_slice(), [Record::TaskFailed { task: 0, .. }]));
    /// assert!(called.failure.unwrap().to_string().contains("node `write`"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The task is not open, or it runs a subgraph, or the position is of another graph.
    pub async fn call(&self, position: &Position<S>, task: usize) -> Result<Called<S>, CallError> {
        let (place, task, declared) = self.find(position, task)?;
        let notes = Arc::new(Notes::default());
        let context = self.context(position, task, Some(Arc::clone(&notes) as Arc<dyn TaskRecorder>));
        let known = (task.node, task.index());
        let remembered = position.memory.get(&known).map(|task| (known, task.clone()));
        context.run.memory.remember(remembered.into_iter().collect());
        context.run.memory.rewind(task.node, task.index());
        let mut running = Running::new(Box::pin(declared.call(position.state(), task.item.as_ref(), &context)));
        let ended = poll_fn(|waker| match panic::catch(|| running.poll(waker)) {
            Ok(Poll::Pending) if context.is_asking() => Poll::Ready(None),
            Ok(poll) => poll.map(Some),
            Err(message) => Poll::Ready(Some(Err(Box::new(context.panicked(message))))),
        })
        .await;
        drop(running);
        let mut records = notes.take(place);
        let failure = match ended {
            Some(Ok(Done { update, goto })) => {
                records.push(Record::TaskDone { task: place, update, goto });
                None
            }
            Some(Err(failure)) => {
                records.push(Record::TaskFailed { task: place, retry_at: None });
                Some(failure)
            }
            None => context.run.memory.take_refused().map(|WrongAnswer { error, .. }| {
                Box::new(Failure::WrongAnswer { node: context.node().to_owned(), error })
            }),
        };
        Ok(Called { records, failure })
    }

    /// Calls the error handler of a node whose task has failed and is not retried. The result of the handler ends the task.
    /// Without a result, the failure is returned.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// graph.on_error(write, (), |_, _, ()| Some(Command::update(Essay::update().draft("no draft"))));
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let position = plan::begin(&graph, Essay::default());
    /// let caller = plan::Caller::new(&graph, "r-1", ());
    /// let failure = caller.call(&position, 0).await?.failure.unwrap();
    /// let recovered = caller.recover(&position, 0, failure)?;
    /// assert!(recovered.failure.is_none());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The task is not open, or it runs a subgraph, or the position is of another graph.
    pub fn recover(&self, position: &Position<S>, task: usize, failure: Box<Failure>) -> Result<Called<S>, CallError> {
        let (place, task, declared) = self.find(position, task)?;
        let context = self.context(position, task, None);
        Ok(match declared.recover(position.state(), task.item.as_ref(), &failure, &context) {
            Ok(Some(Done { update, goto })) => {
                Called { records: vec![Record::TaskDone { task: place, update, goto }], failure: None }
            }
            Ok(None) => Called { records: Vec::new(), failure: Some(failure) },
            Err(other) => Called { records: Vec::new(), failure: Some(other) },
        })
    }

    fn find<'a>(
        &'a self,
        position: &'a Position<S>,
        place: usize,
    ) -> Result<(usize, &'a SuperstepTask<S>, &'a Declared<S>), CallError> {
        if !position.fits(&self.graph.inner) {
            return Err(CallError::OtherGraph { graph: self.graph.inner.name.clone() });
        }
        let task = position.tasks.tasks.get(place).filter(|task| !position.is_complete() && !task.has_ended());
        let task = task.ok_or(CallError::NotOpen { place })?;
        let declared = &self.graph.inner.nodes[task.node as usize];
        match declared.erased.0 {
            NodeKind::Subgraph(_) => Err(CallError::Subgraph { node: position.names[task.node as usize].to_string() }),
            _ => Ok((place, task, declared)),
        }
    }

    fn context(
        &self,
        position: &Position<S>,
        task: &SuperstepTask<S>,
        recorder: Option<Arc<dyn TaskRecorder>>,
    ) -> Context<S> {
        let mut context = Context::new(Arc::new(RunInfo {
            id: Arc::clone(&self.run),
            names: Arc::clone(&self.graph.inner.names),
            path: Path::default(),
            limits: self.limits,
            deps: Arc::clone(&self.deps),
            cancel: self.cancel.clone(),
            observers: self.observers.clone(),
            tracker: None,
            permits: None,
            breakpoints: None,
            memory: SuperstepMemory::default(),
            recorder,
        }));
        context.superstep = position.supersteps + 1;
        context.stand_for(task);
        context
    }
}
