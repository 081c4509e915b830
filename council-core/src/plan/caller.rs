//! Calls the tasks of a run that a custom loop drives.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use super::call_error::CallError;
use super::notes::Notes;
use super::position::Position;
use super::record::Record;
use super::tasks::SuperstepTask;
use crate::graph::compiled::{Declared, Graph};
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NodeKind;
use crate::node::failure::Failure;
use crate::node::memory::{SuperstepMemory, WrongAnswer};
use crate::node::recorder::TaskRecorder;
use crate::node::run_info::RunInfo;
use crate::node::running::Running;
use crate::observe::detail::Detail;
use crate::observe::event::Event;
use crate::observe::observers::{Observer, Observers};
use crate::state::State;
use crate::types::cancel::Cancel;
use crate::types::limits::Limits;
use crate::types::panic;
use crate::types::path::Path;

/// Calls the nodes of a run that a custom loop drives, such as another durable engine or a test. It needs no runtime.
///
/// The loop calls [`advance`](super::advance) for the next step. It calls the open tasks of the position, concurrently if it can,
/// and applies their records to the position with [`fold`](super::fold). It may store a record before it folds it, and fold it
/// again in another process. The loop itself implements the retries, timeouts and caches of the graph's policies. It calls error
/// handlers with [`recover`](Self::recover).
///
/// ```
/// use std::future::Future;
/// use std::pin::pin;
/// use std::task::{self, Poll, Waker};
///
/// use council_core::plan::{self, Caller, Next};
/// use council_core::{Context, Limits, NodeResult, State, StateGraph};
///
/// #[derive(State, Default)]
/// struct Letter {
///     text: String,
/// }
///
/// async fn write(_: &Letter) -> NodeResult<Letter> {
///     Ok(Letter::update().text("All is well."))
/// }
///
/// async fn sign(letter: &Letter, context: &Context<Letter>) -> NodeResult<Letter> {
///     let name: String = context.ask("Who signs it?").await?;
///     Ok(Letter::update().text(format!("{} Yours, {name}", letter.text)))
/// }
///
/// let mut graph = StateGraph::<Letter>::new("letter");
/// let (write, sign) = (graph.node("write", write), graph.node("sign", sign));
/// graph.start(write).edge(write, sign).end(sign);
/// let graph = graph.compile()?;
///
/// let caller = Caller::new(&graph, "r-1", ());
/// let mut position = plan::begin(&graph, Letter::default());
/// loop {
///     match plan::advance(&graph, &Limits::default(), &mut position).next {
///         Next::Run => {}
///         Next::Finish => break,
///         other => panic!("{other:?}"),
///     }
///     let open: Vec<usize> = position.open_tasks().map(|task| task.place).collect();
///     for place in open {
///         let called = block_on(caller.call(&position, place))?;
///         for record in called.records {
///             plan::fold(&graph, &mut position, record)?;
///         }
///         assert!(called.failure.is_none());
///     }
///     for ask in position.asks() {
///         position.answer(&ask.id, "Ada")?;
///     }
/// }
/// assert_eq!(position.state().text, "All is well. Yours, Ada");
///
/// /// These nodes wait for nothing, so their futures are only polled.
/// fn block_on<F: Future>(future: F) -> F::Output {
///     let mut future = pin!(future);
///     let mut context = task::Context::from_waker(Waker::noop());
///     loop {
///         if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
///             return output;
///         }
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Caller<S: State> {
    graph: Graph<S>,
    run: Arc<str>,
    deps: Arc<S::Deps>,
    limits: Limits,
    cancel: Cancel,
    observers: Option<Arc<Observers<S>>>,
}

/// The result of calling a task.
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
    /// A caller for the run with this id. Its nodes find the dependencies in [`Context::deps`](crate::Context::deps).
    pub fn new(graph: &Graph<S>, run: impl Into<Arc<str>>, deps: impl Into<Arc<S::Deps>>) -> Self {
        Self {
            graph: graph.clone(),
            run: run.into(),
            deps: deps.into(),
            limits: Limits::default(),
            cancel: Cancel::default(),
            observers: None,
        }
    }

    /// Sets the limits that nodes can read. The loop itself has to enforce them.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Calls a function for the events of nodes: [`token`](crate::Context::token), [`emit`](crate::Context::emit) and
    /// [`progress`](crate::Context::progress).
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Event<S>) + Send + Sync + 'static) -> Self {
        let observer = Observer::new(Detail::ALL, observer);
        let observers = Observers::new(Arc::clone(&self.run), Path::default(), vec![observer], None);
        self.observers = Some(Arc::new(observers));
        self
    }

    /// A handle that cancels the run: [`Context::cancelled`](crate::Context::cancelled) of its nodes then returns.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let caller = plan::Caller::new(&graph, "r-1", ());
    /// caller.canceller().cancel();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn canceller(&self) -> Cancel {
        self.cancel.clone()
    }

    /// Calls the node of an open task once. The position does not change until the records are folded. A panic of the node is a
    /// failure.
    ///
    /// # Errors
    ///
    /// The task is not open, or it runs a subgraph, or the position is of another graph.
    pub async fn call(&self, position: &Position<S>, task: usize) -> Result<Called<S>, CallError> {
        let (place, task, declared) = self.find(position, task)?;
        let notes = Arc::new(Notes::default());
        let context = self.context(position, task, Some(Arc::clone(&notes) as Arc<dyn TaskRecorder>));
        let known = (task.node, task.index());
        let remembered = position.memory.iter().filter(|task| (task.node, task.item) == known);
        context.run.memory.remember(remembered.cloned().collect());
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
            memory: SuperstepMemory::default(),
            recorder,
        }));
        context.superstep = position.supersteps + 1;
        context.stand_for(task);
        context
    }
}

impl<S: State> fmt::Debug for Caller<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Caller").field("run", &self.run).field("graph", &self.graph).finish_non_exhaustive()
    }
}
