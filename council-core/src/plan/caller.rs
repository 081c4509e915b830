//! The caller of the nodes of a run that a custom loop drives.

use std::fmt;
use std::sync::Arc;

use crate::graph::compiled::Graph;
use crate::observe::detail::Detail;
use crate::observe::event::Event;
use crate::observe::observers::{Observer, Observers};
use crate::state::State;
use crate::types::cancel::Cancel;
use crate::types::limits::Limits;
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
///
/// # Subgraphs
///
/// A task of a [`Subgraph`](crate::Subgraph) is not called: [`CallError::Subgraph`](super::CallError::Subgraph). The loop runs the
/// inner graph with a position and a caller of its own. Its result ends the task of the outer graph.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut outer = StateGraph::<Essay>::new("outer");
/// let inside = outer.node("inside", Subgraph::new(graph.clone(), Essay::clone, |essay| Essay::update().draft(essay.draft)));
/// outer.start(inside).end(inside);
/// let outer = outer.compile()?;
/// let limits = Limits::default();
/// let mut position = plan::begin(&outer, Essay::default());
///
/// let caller = plan::Caller::new(&graph, "r-1", ());
/// let mut nested = plan::begin(&graph, position.state().clone());
/// while let plan::Next::Run = plan::advance(&graph, &limits, &mut nested).next {
///     for record in caller.call(&nested, 0).await?.records {
///         plan::fold(&graph, &mut nested, record)?;
///     }
/// }
/// let update = Essay::update().draft(nested.into_state().draft);
/// plan::fold(&outer, &mut position, Record::TaskDone { task: 0, update, goto: None })?;
/// assert!(matches!(plan::advance(&outer, &limits, &mut position).next, plan::Next::Finish));
/// assert_eq!(position.state().draft, "a draft");
/// # Ok(()) }
/// ```
pub struct Caller<S: State> {
    pub(super) graph: Graph<S>,
    pub(super) run: Arc<str>,
    pub(super) deps: Arc<S::Deps>,
    pub(super) limits: Limits,
    pub(super) cancel: Cancel,
    pub(super) observers: Option<Arc<Observers<S>>>,
}

impl<S: State> Caller<S> {
    /// A caller for the run with this id. Its nodes find the dependencies in [`Context::deps`](crate::Context::deps).
    /// Its limits are the default limits.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let caller = plan::Caller::new(&graph, "r-1", ()); // the nodes of `Essay` need no dependencies
    /// assert!(format!("{caller:?}").contains("r-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    /// #     assert_eq!(context.remaining_supersteps(), 4);
    /// #     Ok(Essay::update().draft("a draft"))
    /// # }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let limits = Limits { supersteps: 5, ..Limits::default() };
    /// let caller = plan::Caller::new(&graph, "r-1", ()).limits(limits);
    /// let position = plan::begin(&graph, Essay::default());
    /// let called = caller.call(&position, 0).await?;
    /// assert_eq!(format!("{:?}", called.records), r#"[TaskDone { task: 0, update: EssayUpdate(draft) }]"#);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Calls a function for the events of nodes: [`token`](crate::Context::token), [`emit`](crate::Context::emit) and
    /// [`progress`](crate::Context::progress). Events of the start and the end of nodes are not emitted: the loop knows both.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    /// #     context.token("On crabs");
    /// #     Ok(Essay::update().draft("a draft"))
    /// # }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let caller = plan::Caller::new(&graph, "r-1", ()).observe(|event| {
    ///     assert_eq!(event.to_string(), r#"superstep 1: write #1 wrote "On crabs""#);
    /// });
    /// caller.call(&plan::begin(&graph, Essay::default()), 0).await?;
    /// # Ok(()) }
    /// ```
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
}

impl<S: State> fmt::Debug for Caller<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Caller").field("run", &self.run).field("graph", &self.graph).finish_non_exhaustive()
    }
}
