//! `Context`: the place of a task in its run, the dependencies of the run, and its cancellation.

use std::fmt;
use std::sync::Arc;

use super::run_info::RunInfo;
use crate::state::State;
use crate::types::path::{Path, Task};

/// The context of a task: its place in the run, the dependencies of the run, and methods that emit events.
///
/// ```
/// use council_core::{Context, NodeResult, State};
///
/// #[derive(State, Default)]
/// struct Text {
///     text: String,
/// }
///
/// async fn write(_: &Text, context: &Context<Text>) -> NodeResult<Text> {
///     assert_eq!((context.node(), context.superstep(), context.visit()), ("write", 1, 1));
///     assert!(context.path().is_empty(), "the graph is not inside another one");
///     context.token("Once ");
///     context.token("upon a time");
///     Ok(Text::update().text(format!("Once upon a time, in {}", context.run())))
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = council_core::StateGraph::<Text>::new("text"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let outcome = graph.run(Text::default()).id("r-1").await?;
/// assert_eq!(outcome.state().text, "Once upon a time, in r-1");
/// # Ok(()) }
/// ```
#[doc(alias = "Runtime")]
pub struct Context<S: State> {
    pub(crate) run: Arc<RunInfo<S>>,
    pub(crate) node: u32,
    pub(crate) superstep: u64,
    pub(crate) visit: u32,
    pub(crate) attempt: u32,
    pub(crate) item: Option<u32>,
}

impl<S: State> Context<S> {
    pub(crate) fn new(run: Arc<RunInfo<S>>) -> Self {
        Self { run, node: 0, superstep: 0, visit: 0, attempt: 0, item: None }
    }

    /// The id of the run.
    #[doc(alias = "thread_id")]
    pub fn run(&self) -> &str {
        &self.run.id
    }

    /// The name of the node.
    pub fn node(&self) -> &str {
        &self.run.names[self.node as usize]
    }

    /// The tasks that contain this graph, outermost first, if it runs as a [`Subgraph`](crate::Subgraph).
    pub fn path(&self) -> &Path {
        &self.run.path
    }

    /// The superstep of this graph, from 1.
    pub fn superstep(&self) -> u64 {
        self.superstep
    }

    /// The number of supersteps that [`Limits::supersteps`](crate::Limits::supersteps) allows after this one.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(essay: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     let is_last = context.remaining_supersteps() == 0;
    ///     Ok(Essay::update().draft(if is_last { "the final draft" } else { "a draft" }))
    /// }
    /// ```
    #[doc(alias = "RemainingSteps")]
    pub fn remaining_supersteps(&self) -> u64 {
        self.run.limits.supersteps.saturating_sub(self.superstep)
    }

    /// The number of this visit of the run to the node, from 1. All tasks of one fan-out are one visit.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     Ok(Essay::update().draft(format!("draft number {}", context.visit())))
    /// }
    /// ```
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// The number of this attempt at the task, from 1. It grows by [`Policy::retry`](crate::Policy::retry), and when
    /// a run is resumed after the task has failed. A task that was cancelled, by the failure of a sibling or by the wall clock,
    /// repeats the same attempt.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     if context.attempt() == 1 { Err("busy".into()) } else { Ok(Essay::update().draft("a draft")) }
    /// }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write);
    /// graph.policy(write, Policy::default().retry(Retry::default().pause(std::time::Duration::ZERO)));
    /// assert_eq!(graph.compile()?.run(Essay::default()).await?.state().draft, "a draft");
    /// # Ok(()) }
    /// ```
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The index of this task's item, from 0; `None` in a node that is not a worker.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn check(_: &Essay, word: &String, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     Ok(Essay::update().notes(format!("{:?}: {word}", context.item())))
    /// }
    /// ```
    pub fn item(&self) -> Option<u32> {
        self.item
    }

    /// The dependencies of the run: see [`State::Deps`]. They are `()`, unless the state says `#[state(deps = Type)]`.
    ///
    /// ```
    /// use council_core::{Context, NodeResult, State, StateGraph};
    ///
    /// struct Tenant {
    ///     name: String,
    /// }
    ///
    /// #[derive(State, Default)]
    /// #[state(deps = Tenant)]
    /// struct Letter {
    ///     text: String,
    /// }
    ///
    /// async fn sign(letter: &Letter, context: &Context<Letter>) -> NodeResult<Letter> {
    ///     Ok(Letter::update().text(format!("{} Yours, {}", letter.text, context.deps().name)))
    /// }
    ///
    /// let mut graph = StateGraph::<Letter>::new("letter");
    /// let sign = graph.node("sign", sign);
    /// graph.start(sign).end(sign);
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let letter = Letter { text: "All is well.".into() };
    /// let outcome = graph.run_with(letter, Tenant { name: "Ada".into() }).await?;
    /// assert_eq!(outcome.state().text, "All is well. Yours, Ada");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "context_schema")]
    pub fn deps(&self) -> &S::Deps {
        &self.run.deps
    }

    /// Whether the run is cancelled. The run stops at the barrier by itself. A long node can use this to end early.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     let mut draft = String::new();
    ///     while draft.len() < 10_000 && !context.is_cancelled() {
    ///         draft.push_str("another sentence ");
    ///     }
    ///     Ok(Essay::update().draft(draft))
    /// }
    /// ```
    pub fn is_cancelled(&self) -> bool {
        self.run.cancel.is_cancelled()
    }

    /// Waits until the run is cancelled.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn call_a_model() -> String { "a draft".into() }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     let draft = tokio::select! {
    ///         () = context.cancelled() => "cancelled".to_owned(),
    ///         draft = call_a_model() => draft,
    ///     };
    ///     Ok(Essay::update().draft(draft))
    /// }
    /// ```
    pub async fn cancelled(&self) {
        self.run.cancel.cancelled().await;
    }

    /// Whether the task waits for the answer to a question.
    #[inline]
    pub(crate) fn is_asking(&self) -> bool {
        self.run.memory.is_used() && self.run.memory.is_asking(self.node, self.item)
    }

    pub(crate) fn task(&self) -> Task {
        Task {
            node: Arc::clone(&self.run.names[self.node as usize]),
            superstep: self.superstep,
            visit: self.visit,
            attempt: self.attempt,
            item: self.item,
        }
    }
}

impl<S: State> Clone for Context<S> {
    fn clone(&self) -> Self {
        Self { run: Arc::clone(&self.run), ..*self }
    }
}

impl<S: State> fmt::Debug for Context<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("run", &self.run())
            .field("path", &self.run.path)
            .field("node", &self.node())
            .field("superstep", &self.superstep)
            .field("visit", &self.visit)
            .field("attempt", &self.attempt)
            .field("item", &self.item)
            .finish()
    }
}
