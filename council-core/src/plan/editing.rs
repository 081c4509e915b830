//! Edits from outside the run: of its state, and of its next tasks.

use super::edit::{Edit, EditError};
use super::position::Position;
use super::redirect::{can_redirect, redirect};
use crate::graph::compiled::Graph;
use crate::graph::find::NotFound;
use crate::state::{State, merge};
use crate::types::node_ref::NodeRef;

impl<S: State> Position<S> {
    /// Changes the state from outside, through the reducers, like an update of a node. A run with a journal records the edit,
    /// with the name of its author, before it continues. The next tasks stay the same; to choose them again, use
    /// [`Graph::edit_as`]. A task that waits for its next attempt begins it at once.
    ///
    /// The edit is later than the updates of all tasks that have ended, so it wins over them. If the superstep has such tasks, their
    /// writes to a field that the edit replaces are dropped. Where the edit goes through a reducer that may undo an earlier write
    /// (`merge`, `by_id` or a function), their writes to the field are applied before the edit. Their other writes wait for the end of the
    /// superstep, as always. A task that ends after the edit wins over it.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let mut position = plan::begin(&graph, Essay::default());
    /// position.edit("an editor", Essay::update().notes("be brief"));
    /// assert_eq!(position.state().notes, ["be brief"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_state")]
    pub fn edit(&mut self, by: impl Into<String>, update: S::Update) {
        self.apply_edit(update.clone());
        self.edits.push(Edit { by: by.into(), update, instead: None });
    }

    /// Applies an edit. It wins over the updates of tasks that have ended.
    pub(super) fn apply_edit(&mut self, update: S::Update) {
        let waiting = self.tasks.tasks.iter_mut().filter_map(|task| task.update.as_mut());
        merge::apply_edit(self.state.get_mut(), waiting, update);
        self.end_waits();
    }
}

impl<S: State> Graph<S> {
    /// Changes the state as if `node` had written the update. The run has to stand right after `node`. The edges and routes of
    /// `node` are evaluated again on the new state, and their targets replace the next tasks.
    ///
    /// ```
    /// # use council_core::{NodeResult, Outcome, State, StateGraph};
    /// #[derive(State, Default)]
    /// struct Draft {
    ///     score: f64,
    /// }
    ///
    /// async fn write(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update()) }
    /// async fn judge(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update().score(6.5)) }
    /// async fn print(_: &Draft) -> NodeResult<Draft> { Ok(Draft::update()) }
    ///
    /// let mut graph = StateGraph::<Draft>::new("draft");
    /// let (write, judge, print) = (graph.node("write", write), graph.node("judge", judge), graph.node("print", print));
    /// graph.start(write).edge(write, judge).end(print);
    /// graph.route(judge, [write, print], |draft, [again, done]| if draft.score < 8.0 { again } else { done });
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Draft::default()).pause_after([judge]).await?;
    /// let Outcome::Paused { mut position } = outcome else { panic!("it pauses after the judge") };
    /// assert_eq!(position.open_tasks().next().unwrap().node, "write");
    ///
    /// graph.edit_as(&mut position, judge, "the chair", Draft::update().score(9.0))?;
    /// assert_eq!(position.open_tasks().next().unwrap().node, "print");
    /// assert!(graph.resume(position).await?.is_finished());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The run does not stand right after `node` alone, or has already continued: then the position is unchanged. Or a route
    /// leads to a node that was not declared: then the position can no longer be used.
    #[doc(alias("update_state", "as_node"))]
    pub fn edit_as(
        &self,
        position: &mut Position<S>,
        node: impl Into<NodeRef<S>>,
        by: impl Into<String>,
        update: S::Update,
    ) -> Result<(), EditError> {
        if !position.fits(&self.inner) {
            return Err(EditError::OtherGraph { graph: self.name().to_owned() });
        }
        let number = self.inner.find(&node.into().node).map_err(|error| match error {
            NotFound::Name { node, near } => EditError::UnknownNode { node, near },
            NotFound::Handle => EditError::ForeignNode { graph: self.name().to_owned() },
        })?;
        can_redirect(self, position, number)?;
        position.state.get_mut().apply(update.clone());
        let committed = redirect(self, position, number)?;
        position.edits.push(Edit { by: by.into(), update, instead: Some((number, committed)) });
        Ok(())
    }
}
