//! Error handlers: the update or the next node after a failure.

use super::builder::StateGraph;
use super::compiled::{Handler, Undeclared};
use super::fault::BuildFault;
use crate::node::command::Command;
use crate::node::failure::Failure;
use crate::node::items::Item;
use crate::node::targets::Targets;
use crate::node::worker::TakesItems;
use crate::state::State;
use crate::types::node_id::Handle;

impl<S: State> StateGraph<S> {
    /// Calls `handler` when a task of `node` has failed and is not retried. The handler may return an
    /// update, which becomes the result of the node. It may also send the run to other nodes, among the targets. With `None`, the
    /// failure stands.
    ///
    /// The text of a [`Failure`] names only the place. Its [`cause`](Failure::cause) is what a model or a list of rejected items needs, and
    /// [`error_chain`](crate::error_chain) has both.
    ///
    /// The handler gets the state that the node saw. For the item of a worker, see [`on_item_error`](Self::on_item_error). A run
    /// that a limit stops has not failed.
    ///
    /// ```
    /// use council_core::{Command, NodeResult, State, StateGraph};
    ///
    /// #[derive(State, Default)]
    /// struct Answer {
    ///     text: String,
    /// }
    ///
    /// async fn ask(_: &Answer) -> NodeResult<Answer> {
    ///     Err("the line is dead".into())
    /// }
    ///
    /// async fn guess(answer: &Answer) -> NodeResult<Answer> {
    ///     Ok(Answer::update().text(format!("a guess, for {}", answer.text)))
    /// }
    ///
    /// let mut graph = StateGraph::<Answer>::new("answer");
    /// let ask = graph.node("ask", ask);
    /// let guess = graph.node("guess", guess);
    /// graph.start(ask).end(ask).end(guess);
    /// graph.on_error(ask, [guess], |_, failure, [guess]| {
    ///     Some(Command::goto(guess).and_update(Answer::update().text(failure.cause())))
    /// });
    /// let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Answer::default()).await?;
    /// assert_eq!(outcome.state().text, "a guess, for the line is dead");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "error_handler")]
    #[track_caller]
    pub fn on_error<T: Targets<S>>(
        &mut self,
        node: impl Handle<S>,
        targets: T,
        handler: impl Fn(&S, &Failure, T) -> Option<Command<S>> + Send + Sync + 'static,
    ) -> &mut Self {
        let own = targets.clone();
        self.add_handler(node, targets, move |state, _, failure| handler(state, failure, own.clone()))
    }

    /// Calls `handler` with the item when a task of a worker has failed and is not retried, like [`on_error`](Self::on_error).
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn check(_: &Essay, word: &String) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # let mut graph = StateGraph::<Essay>::new("essay");
    /// let check = graph.worker("check", check);
    /// graph.on_item_error(check, (), |_, word, _, ()| Some(Command::update(Essay::update().notes(format!("{word}: unknown")))));
    /// ```
    #[track_caller]
    pub fn on_item_error<T: Targets<S>, W: TakesItems<S>>(
        &mut self,
        worker: W,
        targets: T,
        handler: impl Fn(&S, &W::Item, &Failure, T) -> Option<Command<S>> + Send + Sync + 'static,
    ) -> &mut Self {
        let own = targets.clone();
        self.add_handler(worker, targets, move |state, item, failure| {
            handler(state, item.and_then(Item::get)?, failure, own.clone())
        })
    }

    #[track_caller]
    fn add_handler(
        &mut self,
        node: impl Handle<S>,
        targets: impl Targets<S>,
        handler: impl Fn(&S, Option<&Item>, &Failure) -> Option<Command<S>> + Send + Sync + 'static,
    ) -> &mut Self {
        let choices = self.choices(targets.clone());
        let (Some(node), declared) = (self.known(node, "on_error"), self.targets(targets, "on_error")) else {
            return self;
        };
        let recover = move |state: &S, item: Option<&Item>, failure: &Failure| {
            let Some(mut command) = handler(state, item, failure) else { return Ok(None) };
            if let Some(goto) = &mut command.goto {
                goto.instead = true;
            }
            let declared = command.goto.as_ref().is_none_or(|goto| goto.is_among(&choices));
            if declared { Ok(Some(command)) } else { Err(Undeclared) }
        };
        let handler = Handler { targets: declared, recover: Box::new(recover) };
        if self.nodes[node as usize].extras.handler.replace(handler).is_some() {
            let node = self.names[node as usize].clone();
            self.faults.push(BuildFault::SetTwice { node, setting: "error handler" });
        }
        self
    }
}
