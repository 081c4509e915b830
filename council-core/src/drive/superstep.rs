//! One superstep: its tasks run concurrently on one state.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use futures_util::future::Either;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::task::coop::{consume_budget, unconstrained};

use super::deadline::Deadline;
use super::spawned::Shared;
use super::{Driver, Halt, spans};
use crate::node::context::Context;
use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::plan::tasks::{SuperstepTask, SuperstepTasks};
use crate::state::State;
use crate::types::limits::StopReason;

impl<S: State> Driver<S> {
    /// Runs the open tasks of the superstep. The results of ended tasks are in the position, however the superstep ends.
    pub(super) async fn superstep(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        deadline: Option<Deadline>,
    ) -> Result<(), Box<Halt>> {
        let span = self.traced.then(|| spans::superstep(context.superstep, position.tasks.tasks.len()));
        let is_spawned = position.tasks.tasks.iter().any(|task| self.is_spawned(task));
        let superstep = async move {
            if is_spawned {
                self.on_other_threads(position, context, deadline).await
            } else {
                self.in_time(position, context, deadline, None).await
            }
        };
        match span {
            Some(span) => span.around(superstep).await,
            None => superstep.await,
        }
    }

    /// Runs the open tasks until they have ended, the deadline has passed, or the run is cancelled at once.
    pub(super) async fn in_time(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        deadline: Option<Deadline>,
        shared: Option<&Shared<'_, S>>,
    ) -> Result<(), Box<Halt>> {
        let mut tasks = pin!(self.side_by_side(position, context, shared));
        let superstep = poll_fn(|waker| match tasks.as_mut().poll(waker) {
            Poll::Pending if self.info.cancel.is_at_once() => {
                Poll::Ready(Err(Box::new(Halt::Stop(StopReason::Cancelled))))
            }
            poll => poll,
        });
        match deadline {
            None => superstep.await,
            Some(Deadline { at, reason }) => {
                tokio::time::timeout_at(at, superstep).await.unwrap_or_else(|_| Err(Box::new(Halt::Stop(reason))))
            }
        }
    }

    /// Runs the open tasks on one borrowed state. The first task that fails cancels the others. If a task is stopped in a
    /// subgraph, the other tasks still run to their end.
    async fn side_by_side(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        shared: Option<&Shared<'_, S>>,
    ) -> Result<(), Box<Halt>> {
        let Position { state, tasks: SuperstepTasks { tasks }, .. } = position;
        let state = state.get();
        let memory = self.info.memory.is_used().then_some(&self.info.memory);
        let waits = |task: &SuperstepTask<S>| memory.is_some_and(|memory| memory.waits(task.node, task.index()));
        let alone = tasks.len() == 1;
        let mut stopped = None;
        let mut contexts = Vec::new();
        for (place, task) in tasks.iter().enumerate().filter(|(_, task)| !task.has_ended()) {
            // A task that only waits for an answer is not run.
            if waits(task) {
                stopped.get_or_insert_with(|| Box::new(Halt::Pause));
            } else {
                contexts.push((place, context.clone_for(task)));
            }
        }
        let mut tasks = tasks.iter_mut().enumerate();
        let mut open = contexts.iter().filter_map(|(place, context)| {
            let (_, task) = tasks.find(|(found, _)| found == place)?;
            Some((*place, task, context))
        });
        let mut running = FuturesUnordered::new();
        // Polls each task once here, so that a task that ends at once waits for no waker. Tokio's budget is for one runtime task,
        // but this future polls many children. Once the budget is spent, each child would be polled again and again in vain.
        unconstrained(poll_fn(|waker| {
            for (place, task, context) in open.by_ref() {
                let mut work = if self.is_plain(task) && self.recording.is_none() {
                    Either::Left(self.begin(state, place, task, context))
                } else {
                    Either::Right(Box::pin(self.attempt_with_policy(
                        state,
                        shared,
                        place,
                        task,
                        context.clone(),
                        alone,
                    )))
                };
                match work.poll_unpin(waker) {
                    Poll::Ready(ended) => goes_on(ended, &mut stopped)?,
                    Poll::Pending => running.extend([work]),
                }
            }
            Poll::Ready(Ok::<(), Box<Halt>>(()))
        }))
        .await?;
        while let Some(ended) = unconstrained(running.next()).await {
            goes_on(ended, &mut stopped)?;
            consume_budget().await;
        }
        stopped.map_or(Ok(()), Err)
    }

    /// Whether the task is open and the driver only has to call its node.
    #[inline]
    pub(super) fn is_plain(&self, task: &SuperstepTask<S>) -> bool {
        !task.has_ended()
            && self.graph.inner.nodes[task.node as usize].plain
            && !self.traced
            && self.info.permits.is_none()
    }

    fn is_spawned(&self, task: &SuperstepTask<S>) -> bool {
        !task.has_ended() && self.graph.inner.nodes[task.node as usize].extras.policy.spawned == Some(true)
    }
}

/// Whether the superstep continues after the end of a task. If the task was stopped or waits for an answer, the superstep
/// continues until the other tasks have ended.
fn goes_on(ended: Result<(), Box<Halt>>, stopped: &mut Option<Box<Halt>>) -> Result<(), Box<Halt>> {
    match ended {
        Err(halt) if matches!(*halt, Halt::Stop(_)) || is_wrong_answer(&halt) => *stopped = Some(halt),
        Err(halt) if matches!(*halt, Halt::Pause) => {
            stopped.get_or_insert(halt);
        }
        ended => ended?,
    }
    Ok(())
}

/// Whether an answer in a subgraph had the wrong type.
fn is_wrong_answer(halt: &Halt) -> bool {
    matches!(halt, Halt::Fail(failure) if matches!(**failure, Failure::WrongAnswer { .. }))
}
