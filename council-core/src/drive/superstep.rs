//! One superstep: its tasks run side by side on one state.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use super::spread::Shared;
use super::{Driver, Halt};
use crate::context::Context;
use crate::tasks::{Task, Tasks};
use crate::{Position, State, spans};

impl<S: State> Driver<S> {
    /// Runs the open tasks of the superstep. What has ended is in the position, however it ends.
    pub(super) async fn superstep(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        deadline: Option<Instant>,
    ) -> Result<(), Box<Halt>> {
        let span = self.traced.then(|| spans::superstep(context.superstep, position.tasks.tasks.len()));
        let is_spread = position.tasks.tasks.iter().any(|task| self.is_spread(task));
        let superstep = async move {
            if is_spread {
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

    /// Runs the open tasks until they have ended or the time is over.
    pub(super) async fn in_time(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        deadline: Option<Instant>,
        shared: Option<&Shared<S>>,
    ) -> Result<(), Box<Halt>> {
        let superstep = self.side_by_side(position, context, shared);
        match deadline {
            None => superstep.await,
            Some(deadline) => tokio::time::timeout_at(deadline, superstep)
                .await
                .unwrap_or_else(|_| Err(Box::new(Halt::Stop(self.out_of_time())))),
        }
    }

    /// Runs the open tasks on one borrowed state. The first that fails cancels the others. One that is stopped, in a subgraph,
    /// lets the others end.
    async fn side_by_side(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        shared: Option<&Shared<S>>,
    ) -> Result<(), Box<Halt>> {
        let Position { state, tasks: Tasks { tasks }, .. } = position;
        let state = state.get();
        let pending = tasks.iter_mut().enumerate().filter(|(_, task)| !task.has_ended());
        let attempt = async |place, task: &mut Task<S>| {
            if self.is_plain(task) {
                self.attempt(state, place, task, &mut context.clone()).await
            } else {
                Box::pin(self.attempt_with_care(state, shared, place, task, context.clone())).await
            }
        };
        let mut running: FuturesUnordered<_> = pending.map(|(place, task)| attempt(place, task)).collect();
        let mut stopped = Ok(());
        while let Some(ended) = running.next().await {
            match ended {
                Err(halt) if matches!(*halt, Halt::Stop(_)) => stopped = Err(halt),
                ended => ended?,
            }
        }
        stopped
    }

    /// Whether there is nothing to do but to run the task's node.
    #[inline]
    pub(super) fn is_plain(&self, task: &Task<S>) -> bool {
        !task.has_ended()
            && self.graph.inner.nodes[task.node as usize].plain
            && !self.traced
            && self.info.permits.is_none()
    }

    fn is_spread(&self, task: &Task<S>) -> bool {
        !task.has_ended() && self.graph.inner.nodes[task.node as usize].rest.policy.spread
    }
}
