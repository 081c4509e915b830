//! An attempt at a task in place: it borrows the state.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::attempt::{Attempt, Ended};
use crate::graph::compiled::Declared;
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::{NodeKind, SubgraphEnd};
use crate::node::items::Item;
use crate::plan::tasks::SuperstepTask;
use crate::state::State;

/// An attempt that borrows the state, where a spawned attempt shares it.
pub(super) fn in_place<'a, S: State>(
    declared: &'a Declared<S>,
    state: &'a S,
    task: &'a mut SuperstepTask<S>,
    context: &'a Context<S>,
) -> Attempt<'a, S> {
    match &declared.erased.0 {
        NodeKind::Subgraph(subgraph) => Box::pin(async move {
            let SuperstepTask { item, extras, .. } = task;
            let position = &mut extras.get_or_insert_default().nested;
            match subgraph.run(state, item.as_ref(), position, context).await {
                Ok(update) => Ok(Done { update, goto: None }),
                Err(SubgraphEnd::Stopped(reason)) => Err(Ended::Stopped(reason)),
                Err(SubgraphEnd::Paused) => Err(Ended::Paused),
                Err(SubgraphEnd::Halted(failure)) => Err(Ended::Halted(failure)),
                Err(SubgraphEnd::Failed(source)) => Err(Ended::Failed(Box::new(context.failed(source)))),
            }
        }),
        _ => Box::pin(until_it_asks(declared, state, task.item.as_ref(), context)),
    }
}

/// Runs an attempt at a task that is not a subgraph, until it ends or waits for an answer.
pub(super) async fn until_it_asks<S: State>(
    declared: &Declared<S>,
    state: &S,
    item: Option<&Item>,
    context: &Context<S>,
) -> Result<Done<S>, Ended> {
    let mut calling = pin!(declared.call(state, item, context));
    poll_fn(|waker| match calling.as_mut().poll(waker) {
        Poll::Pending if context.is_asking() => Poll::Ready(Err(Ended::Paused)),
        poll => poll.map_err(Ended::Failed),
    })
    .await
}
