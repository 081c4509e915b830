//! Subgraphs: graphs as nodes of other graphs.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::subgraph_deps::{DepsOf, same_deps};
use crate::graph::compiled::Graph;
use crate::node::codec::{Codec, Json};
use crate::node::erased::{ErasedNode, NodeKind};
use crate::node::into_node::IntoNode;
use crate::node::into_worker::IntoWorker;
use crate::node::items::Item;
use crate::node::kind;
use crate::node::result::NodeError;
use crate::observe::event::Event;
use crate::state::State;
use crate::state::durable::Durable;

/// A compiled graph over a state `T`, as a node or a worker of a graph over another state `S`.
///
/// One function makes the inner state from the outer state. Another function makes an update of the outer state from the final
/// inner state. The events inside carry the path to the subgraph. The limits of the run also hold inside, and each graph counts
/// its own supersteps. A run that is stopped or fails inside keeps its position there. The nesting depth is at most 20.
///
/// ```
/// use council_core::{State, StateGraph, Subgraph, node};
///
/// #[derive(State, Clone, Default)]
/// struct Word {
///     text: String,
/// }
///
/// #[derive(State, Default)]
/// struct Letter {
///     greeting: String,
/// }
///
/// let mut shout = StateGraph::<Word>::new("shout");
/// let upper = node!(shout, "upper", async move |word| Ok(Word::update().text(word.text.to_uppercase())));
/// shout.start(upper).end(upper);
/// let shout = shout.compile()?;
///
/// let mut letter = StateGraph::<Letter>::new("letter");
/// let greet = letter.node("greet", Subgraph::new(
///     shout,
///     |letter: &Letter| Word { text: letter.greeting.clone() },
///     |word| Letter::update().greeting(word.text),
/// ));
/// letter.start(greet).end(greet);
/// let letter = letter.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let outcome = letter.run(Letter { greeting: "dear all".into() }).await?;
/// assert_eq!(outcome.state().greeting, "DEAR ALL");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "add_node")]
#[must_use = "a subgraph does nothing until it is a node or a worker of a graph"]
pub struct Subgraph<S: State, T: State, I = Whole> {
    pub(super) graph: Graph<T>,
    pub(super) input: Input<S, T>,
    pub(super) output: Box<dyn Fn(T) -> S::Update + Send + Sync>,
    pub(super) deps: Option<DepsOf<S, T>>,
    pub(super) observers: Vec<Inside<T>>,
    /// The codec of the inner state, if the inside is stored.
    pub(super) codec: Option<&'static dyn Codec<T>>,
    item: PhantomData<fn(I)>,
}

type Input<S, T> = Box<dyn Fn(&S, Option<&Item>) -> Result<T, NodeError> + Send + Sync>;

/// An observer of the events inside.
type Inside<T> = Arc<dyn Fn(&Event<T>) + Send + Sync>;

/// A marker for a subgraph that is a node and not a worker. User code does not name it.
#[derive(Debug)]
pub enum Whole {}

// `T: Clone`, because a position can be cloned, and contains the positions of its subgraphs.
impl<S: State, T: State + Clone> Subgraph<S, T> {
    /// A subgraph as a node. `input` makes the inner state, and `output` makes an update from the final inner state.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// let essay = outer.node("essay", Subgraph::new(graph, Essay::clone, |inner| Essay::update().draft(inner.draft)));
    /// outer.start(essay).end(essay);
    /// # assert!(outer.compile().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        graph: Graph<T>,
        input: impl Fn(&S) -> T + Send + Sync + 'static,
        output: impl Fn(T) -> S::Update + Send + Sync + 'static,
    ) -> Self {
        Self::made(graph, Box::new(move |state, _| Ok(input(state))), Box::new(output))
    }
}

impl<S: State, T: State + Clone, I: Send + Sync + 'static> Subgraph<S, T, I> {
    /// A subgraph as a worker: one run of the subgraph for each item.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// let essay = outer.worker("essay", Subgraph::per_item(
    ///     graph,
    ///     |_: &Essay, title: &String| Essay { notes: vec![title.clone()], ..Essay::default() },
    ///     |inner| Essay::update().notes(inner.draft),
    /// ));
    /// outer.fan_out(NodeId::START, essay, |essay| essay.notes.clone()).end(essay);
    /// # assert!(outer.compile().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn per_item(
        graph: Graph<T>,
        input: impl Fn(&S, &I) -> T + Send + Sync + 'static,
        output: impl Fn(T) -> S::Update + Send + Sync + 'static,
    ) -> Self {
        let input = move |state: &S, item: Option<&Item>| match item.and_then(Item::get) {
            Some(item) => Ok(input(state, item)),
            None => Err("the item was sent in another graph, to a worker of another type".into()),
        };
        Self::made(graph, Box::new(input), Box::new(output))
    }
}

impl<S: State, T: State + Clone, I> Subgraph<S, T, I> {
    fn made(graph: Graph<T>, input: Input<S, T>, output: Box<dyn Fn(T) -> S::Update + Send + Sync>) -> Self {
        let deps = same_deps::<S, T>();
        Self { graph, input, output, deps, observers: Vec::new(), codec: None, item: PhantomData }
    }

    /// Makes the dependencies of the inner nodes from those of the run. It is not needed if both have the same type, or if the
    /// inner nodes have no dependencies.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # #[derive(State, Clone, Default)] #[state(deps = String)] struct Note { text: String }
    /// # async fn sign(_: &Note, context: &Context<Note>) -> NodeResult<Note> { Ok(Note::update().text(context.deps().clone())) }
    /// # let mut graph = StateGraph::<Note>::new("note"); let sign = graph.node("sign", sign);
    /// # graph.start(sign).end(sign); let graph = graph.compile()?; let mut outer = StateGraph::<Essay>::new("outer");
    /// let note = Subgraph::new(graph, |_: &Essay| Note::default(), |note| Essay::update().notes(note.text));
    /// let note = outer.node("note", note.deps(|_| "Ada".to_owned().into()));
    /// outer.start(note).end(note);
    /// assert!(outer.compile().is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn deps(mut self, deps: impl Fn(&Arc<S::Deps>) -> Arc<T::Deps> + Send + Sync + 'static) -> Self {
        self.deps = Some(Box::new(deps));
        self
    }

    /// Calls a function for every event inside, with the updates of the inner state. An observer of the run does not receive
    /// these updates.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// let essay = Subgraph::new(graph, Essay::clone, |inner: Essay| Essay::update().draft(inner.draft));
    /// let essay = outer.node("essay", essay.observe(|event| println!("{event:?}")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn observe(mut self, observer: impl Fn(&Event<T>) + Send + Sync + 'static) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Also stores the inside of the subgraph in the journal of the run, so that a run continues inside. A run with a journal
    /// requires it for every subgraph.
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// # let mut outer = StateGraph::<Essay>::new("outer");
    /// let essay = Subgraph::new(graph, Essay::clone, |inner: Essay| Essay::update().draft(inner.draft));
    /// let essay = outer.node("essay", essay.stored());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stored(mut self) -> Self
    where
        T: Durable,
    {
        self.codec = Some(&Json);
        self
    }

    fn into_erased(self) -> ErasedNode<S>
    where
        I: 'static,
    {
        ErasedNode(NodeKind::Subgraph(Box::new(self)))
    }
}

#[diagnostic::do_not_recommend]
impl<S: State, T: State + Clone> IntoNode<S, kind::Nested> for Subgraph<S, T> {
    fn into_node(self) -> ErasedNode<S> {
        self.into_erased()
    }
}

#[diagnostic::do_not_recommend]
impl<S: State, T: State + Clone, I: Send + Sync + 'static> IntoWorker<S, I, kind::Nested> for Subgraph<S, T, I> {
    fn into_worker(self) -> ErasedNode<S> {
        self.into_erased()
    }
}

impl<S: State, T: State, I> fmt::Debug for Subgraph<S, T, I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Subgraph").field("graph", &self.graph).finish_non_exhaustive()
    }
}
