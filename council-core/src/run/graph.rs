//! Runs of a graph: from the start, or from where one stands.

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
    /// It is for graphs whose nodes are given nothing; where the state has a [`Deps`](crate::State::Deps), it is
    /// [`run_with`](Self::run_with).
    pub fn run(&self, input: S) -> RunBuilder<S>
    where
        S: State<Deps = ()>,
    {
        self.run_with(input, ())
    }

    /// A run from the start, given what its nodes find in [`Context::deps`](crate::Context::deps).
    pub fn run_with(&self, input: S, deps: impl Into<Arc<S::Deps>>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), plan::begin(self, input), deps.into())
    }

    /// A run that goes on from where an earlier one was stopped or failed, with whatever limits are set now.
    ///
    /// Tasks that had ended are not run again.
    pub fn resume(&self, position: Position<S>) -> RunBuilder<S>
    where
        S: State<Deps = ()>,
    {
        self.resume_with(position, ())
    }

    /// A run that goes on, given what its nodes find in [`Context::deps`](crate::Context::deps).
    pub fn resume_with(&self, position: Position<S>, deps: impl Into<Arc<S::Deps>>) -> RunBuilder<S> {
        RunBuilder::new(self.clone(), position, deps.into())
    }
}
