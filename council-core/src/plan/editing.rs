//! Edits from outside the run: of its state, of its next tasks, and in the place of a node.

use super::edit::{Edit, EditError, EditKind};
use super::position::Position;
use super::redirect::{can_redirect, redirect};
use crate::graph::compiled::Graph;
use crate::graph::find::NotFound;
use crate::node::done::Done;
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
        self.edits.push(Edit { by: by.into(), update, kind: EditKind::State });
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
        let number = self.node_of_edit(position, &node.into())?;
        can_redirect(self, position, number)?;
        position.state.get_mut().apply(update.clone());
        let committed = redirect(self, position, number)?;
        position.edits.push(Edit { by: by.into(), update, kind: EditKind::Redirect(number, committed) });
        Ok(())
    }

    /// Ends the open task of `node` with this update, so `node` does not run. The update is in the state, and the edges and routes of
    /// `node` are followed, once the other tasks of the superstep have ended too. The task may have failed before, or wait for an answer.
    ///
    /// ```
    /// # use council_core::{NodeResult, Outcome, State, StateGraph};
    /// #[derive(State, Default)]
    /// struct Essay {
    ///     draft: String,
    ///     score: usize,
    /// }
    ///
    /// async fn write(_: &Essay) -> NodeResult<Essay> { Err("no idea".into()) }
    /// async fn judge(essay: &Essay) -> NodeResult<Essay> { Ok(Essay::update().score(essay.draft.len())) }
    ///
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// let (write, judge) = (graph.node("write", write), graph.node("judge", judge));
    /// graph.start(write).edge(write, judge).end(judge);
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Essay::default()).pause_before([write]).await?;
    /// let Outcome::Paused { mut position } = outcome else { panic!("it pauses before the node") };
    ///
    /// graph.edit_instead_of(&mut position, write, "an editor", Essay::update().draft("Crabs walk sideways."))?;
    /// assert_eq!(graph.resume(position).await?.state().score, 20);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `node` has no open task, chooses the next node itself, or is a worker: see
    /// [`edit_instead_of_item`](Self::edit_instead_of_item). The position is unchanged then.
    #[doc(alias("update_state", "as_node"))]
    pub fn edit_instead_of(
        &self,
        position: &mut Position<S>,
        node: impl Into<NodeRef<S>>,
        by: impl Into<String>,
        update: S::Update,
    ) -> Result<(), EditError> {
        self.end_by_edit(position, &node.into(), None, by.into(), update)
    }

    /// [`edit_instead_of`](Self::edit_instead_of) for one item of a worker, given by its index from 0: see
    /// [`OpenTask::item`](crate::OpenTask::item). An item of an [`ItemDecider`](crate::ItemDecider) chooses nothing then.
    ///
    /// ```
    /// # use council_core::{Handle, NodeId, NodeResult, State, StateGraph};
    /// #[derive(State, Debug, Default)]
    /// struct Sum {
    ///     #[state(add)]
    ///     sum: u32,
    /// }
    ///
    /// async fn parse(_: &Sum, text: &String) -> NodeResult<Sum> { Ok(Sum::update().sum(text.parse()?)) }
    ///
    /// let mut graph = StateGraph::<Sum>::new("sum");
    /// let parse = graph.worker("parse", parse);
    /// graph.fan_out(NodeId::START, parse, |_| ["1".to_owned(), "two".to_owned()]).end(parse);
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let mut position = graph.run(Sum::default()).await.unwrap_err().into_position(); // "two" is not a number
    /// graph.edit_instead_of_item(&mut position, parse.id(), 1, "an editor", Sum::update().sum(2))?;
    /// assert_eq!(graph.resume(position).await?.state().sum, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The worker has no open task for this item, or the node is not a worker. The position is unchanged then.
    #[doc(alias("update_state", "as_node"))]
    pub fn edit_instead_of_item(
        &self,
        position: &mut Position<S>,
        worker: impl Into<NodeRef<S>>,
        item: u32,
        by: impl Into<String>,
        update: S::Update,
    ) -> Result<(), EditError> {
        self.end_by_edit(position, &worker.into(), Some(item), by.into(), update)
    }

    fn end_by_edit(
        &self,
        position: &mut Position<S>,
        node: &NodeRef<S>,
        item: Option<u32>,
        by: String,
        update: S::Update,
    ) -> Result<(), EditError> {
        let number = self.node_of_edit(position, node)?;
        let declared = &self.inner.nodes[number as usize];
        let not_open = |why| EditError::NotOpen { node: self.inner.names[number as usize].to_string(), item, why };
        match item {
            None if declared.erased.takes_items() => {
                return Err(not_open("it is a worker, so name the item with `Graph::edit_instead_of_item`"));
            }
            Some(_) if !declared.erased.takes_items() => {
                return Err(not_open("it is not a worker, so use `Graph::edit_instead_of`"));
            }
            None if declared.extras.decision.is_some() => {
                return Err(not_open("the node chooses the next node itself"));
            }
            _ => {}
        }
        let place = position.place(number, item).filter(|_| !position.is_complete());
        let task = place.and_then(|place| position.open_task(place).ok()).ok_or_else(|| not_open("it is not open"))?;
        task.finish(Done { update: update.clone(), goto: None });
        position.edits.push(Edit { by, update, kind: EditKind::Result(number, item) });
        Ok(())
    }

    /// The number of the node that an edit names.
    fn node_of_edit(&self, position: &Position<S>, node: &NodeRef<S>) -> Result<u32, EditError> {
        if !position.fits(&self.inner) {
            return Err(EditError::OtherGraph { graph: self.name().to_owned() });
        }
        self.inner.find(&node.node).map_err(|error| match error {
            NotFound::Name { node, near } => EditError::UnknownNode { node, near },
            NotFound::Handle => EditError::ForeignNode { graph: self.name().to_owned() },
        })
    }
}
