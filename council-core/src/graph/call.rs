//! Calls a node and its error handler.

use std::time::Duration;

use super::compiled::Declared;
use crate::node::command::Command;
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NodeKind;
use crate::node::failure::Failure;
use crate::node::items::Item;
use crate::state::State;
use crate::types::panic;

impl<S: State> Declared<S> {
    /// Calls the node. It must not be a subgraph: a subgraph has its own driver.
    pub(crate) async fn call(
        &self,
        state: &S,
        item: Option<&Item>,
        context: &Context<S>,
    ) -> Result<Done<S>, Box<Failure>> {
        let chosen = |(update, choice)| (update, Some(choice));
        let ended = match (&self.erased.0, item) {
            (NodeKind::Node(node), _) => node.run(state, context).await.map(|update| (update, None)),
            (NodeKind::Worker(worker), Some(item)) => {
                worker.run(state, item, context).await.map(|update| (update, None))
            }
            (NodeKind::Decider(decider), _) => decider.run(state, context).await.map(chosen),
            (NodeKind::ItemDecider(decider), Some(item)) => decider.run(state, item, context).await.map(chosen),
            (NodeKind::Worker(_) | NodeKind::ItemDecider(_) | NodeKind::Subgraph(_), _) => {
                unreachable!("a worker has an item, and a subgraph is not called")
            }
        };
        let (update, choice) = ended.map_err(|source| Box::new(context.failed(source)))?;
        let Some(choice) = choice else { return Ok(Done { update, goto: None }) };
        match self.extras.decision.as_ref().and_then(|decision| (decision.pick)(choice)) {
            Some(goto) => Ok(Done { update, goto: Some(goto) }),
            None => Err(Box::new(context.undeclared())),
        }
    }

    /// The maximum time of an attempt.
    pub(crate) fn timeout(
        &self,
        state: &S,
        item: Option<&Item>,
        context: &Context<S>,
    ) -> Result<Option<Duration>, Box<Failure>> {
        let Some((of_item, item)) = self.extras.item_timeout.as_ref().zip(item) else {
            return Ok(self.extras.policy.timeout);
        };
        panic::catch(|| of_item(state, item)).map_err(|message| Box::new(context.panicked(message)))
    }

    /// Calls the error handler of the node. If it returns `None`, the failure stands.
    pub(crate) fn recover(
        &self,
        state: &S,
        item: Option<&Item>,
        failure: &Failure,
        context: &Context<S>,
    ) -> Result<Option<Done<S>>, Box<Failure>> {
        let Some(handler) = &self.extras.handler else { return Ok(None) };
        match panic::catch(|| (handler.recover)(state, item, failure)) {
            Ok(Ok(Some(Command { goto: None, .. }))) if self.decides_alone() => {
                Err(Box::new(context.handler_chose_nothing()))
            }
            Ok(Ok(Some(Command { update, goto }))) => Ok(Some(Done { update, goto })),
            Ok(Ok(None)) => Ok(None),
            Ok(Err(_)) => Err(Box::new(context.undeclared())),
            Err(message) => Err(Box::new(context.handler_panicked(message))),
        }
    }

    /// Whether the node is a decider, and its choice is the only way out of it. The items of an item decider have other ways: the
    /// choices of the other items.
    fn decides_alone(&self) -> bool {
        let other_ways = self.edges.len() + self.routes.len() + self.join_inputs.len();
        matches!(self.erased.0, NodeKind::Decider(_)) && other_ways == 0
    }
}
