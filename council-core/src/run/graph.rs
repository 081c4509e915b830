//! Runs of a graph: from the start, or from a position.

use super::builder::RunBuilder;
use crate::graph::compiled::Graph;
use crate::plan;
use crate::plan::position::Position;
use crate::state::State;
use std::sync::Arc;

impl<S: State> Graph<S> {
    /// A run from the start. Await it for the outcome, or set it up further and [`start`](RunBuilder::start) it.
    ///
    /// ```
    /// # use council_core::{State, StateGraph, node};
    /// # #[derive(State, Default)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout);
    /// # graph.end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Text { text: "hello".into() }).await?;
    /// assert_eq!(outcome.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// It is for states without dependencies. For a state with [`Deps`](crate::State::Deps), use [`run_with`](Self::run_with).
    #[doc(alias("invoke", "ainvoke"))]
    pub fn run(&self, input: S) -> RunBuilder<S>
    where
        S: State<Deps = ()>,
    {
        self.run_with(input, ())
    }

    /// A run from the start, with the dependencies that its nodes find in [`Context::deps`](crate::Context::deps).
    ///
    /// ```
    /// # use council_core::*;
    /// # #[derive(State, Default)] #[state(deps = Tenant)] struct Letter { text: String }
    /// struct Tenant(String);
    ///
    /// async fn sign(_: &Letter, context: &Context<Letter>) -> NodeResult<Letter> {
    ///     Ok(Letter::update().text(format!("Yours, {}", context.deps().0)))
    /// }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Letter>::new("letter"); let sign = graph.node("sign", sign);
    /// # graph.start(sign).end(sign); let graph = graph.compile()?;
    /// let outcome = graph.run_with(Letter::default(), Tenant("Ada".into())).await?;
    /// assert_eq!(outcome.state().text, "Yours, Ada");
    /// # Ok(()) }
    /// ```
    pub fn run_with(&self, input: S, deps: impl Into<Arc<S::Deps>>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), plan::begin(self, input), deps.into())
    }

    /// A run that continues after an earlier run was stopped or failed. It uses the limits that are set now.
    ///
    /// Finished tasks are not run again.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let limits = Limits { supersteps: 0, ..Limits::default() };
    /// let Outcome::Stopped { position, .. } = graph.run(Essay::default()).limits(limits).await? else { panic!() };
    /// assert_eq!(graph.resume(position).await?.state().draft, "a draft");
    /// # Ok(()) }
    /// ```
    #[doc(alias("invoke", "ainvoke"))]
    pub fn resume(&self, position: Position<S>) -> RunBuilder<S>
    where
        S: State<Deps = ()>,
    {
        self.resume_with(position, ())
    }

    /// A run that continues, with the dependencies that its nodes find in [`Context::deps`](crate::Context::deps).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let position = plan::begin(&graph, Essay::default());
    /// assert!(graph.resume_with(position, ()).await?.is_finished());
    /// # Ok(()) }
    /// ```
    pub fn resume_with(&self, position: Position<S>, deps: impl Into<Arc<S::Deps>>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), position, deps.into())
    }
}
