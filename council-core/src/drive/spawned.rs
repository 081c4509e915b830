//! Spawned tasks: they run on other threads, share the state for one superstep, and release it at the barrier.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::task::coop::unconstrained;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;

use super::attempt::{Attempt, Ended};
use super::deadline::Deadline;
use super::in_place::until_it_asks;
use super::spans::Span;
use super::{Driver, Halt};
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NodeKind;
use crate::node::task_tracker::{TaskTracker, TrackedTask};
use crate::plan::position::Position;
use crate::plan::tasks::SuperstepTask;
use crate::state::State;
use crate::types::lock::Lock;
use crate::types::panic;

/// The data that the spawned tasks of a superstep share.
pub(super) struct Shared<'a, S: State> {
    state: Arc<S>,
    /// Each spawned task holds a clone until it is dropped.
    alive: mpsc::Sender<()>,
    abandoned: &'a Abandoned<S>,
}

/// Spawned tasks that the driver has abandoned.
type Abandoned<S> = Lock<Vec<SpawnedTask<S>>>;

/// Keeps the results of abandoned tasks that still finished, because their work is done. If the superstep belongs to a subgraph
/// that is cancelled itself, this is dropped: then it waits for no task, and keeps the results that are ready.
struct LateResults<'a, S: State> {
    driver: &'a Driver<S>,
    position: &'a mut Position<S>,
    context: &'a Context<S>,
    abandoned: Abandoned<S>,
}

/// A spawned task.
struct SpawnedTask<S: State> {
    place: usize,
    attempt: u32,
    began: Option<Instant>,
    task: JoinHandle<Result<Done<S>, Ended>>,
}

/// The data that one spawned task holds. The state is dropped first.
struct SharedState<S> {
    state: Arc<S>,
    _alive: mpsc::Sender<()>,
    /// Tracks the task for the whole run, also if the superstep belongs to a subgraph.
    _tracked: Option<TrackedTask>,
}

impl<S: State> Shared<'_, S> {
    /// Waits until the abandoned attempt at this task has ended. Its result is too late and is discarded.
    pub(super) async fn gone(&self, place: usize) {
        let at = |abandoned: &mut Vec<SpawnedTask<S>>| {
            let found = abandoned.iter().position(|late| late.place == place)?;
            Some(abandoned.swap_remove(found))
        };
        loop {
            let late = at(&mut self.abandoned.lock());
            let Some(late) = late else { return };
            let _ = late.task.await;
        }
    }
}

impl<S: State> Driver<S> {
    /// Runs the open tasks, and spawns the tasks of `spawned` nodes on the runtime. Returns when no spawned task holds the state
    /// any more.
    pub(super) async fn on_other_threads(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        deadline: Option<Deadline>,
    ) -> Result<(), Box<Halt>> {
        let (alive, mut gone) = mpsc::channel(1);
        let mut late = LateResults { driver: self, position, context, abandoned: Lock::default() };
        let ended = {
            let shared = Shared { state: late.position.state.share(), alive, abandoned: &late.abandoned };
            let mut running = pin!(self.in_time(late.position, context, deadline, Some(&shared)));
            // A panic in user code also has to wait for the spawned tasks.
            poll_fn(|waker| match panic::catch(|| running.as_mut().poll(waker)) {
                Ok(poll) => poll.map(Ok),
                Err(message) => Poll::Ready(Err(message)),
            })
            .await
        };
        // Nothing is ever sent. The channel closes when the last spawned task is dropped.
        let _ = gone.recv().await;
        late.position.state.unshare();
        late.keep_all().await;
        ended.unwrap_or_else(|message| resume_unwind(Box::new(message)))
    }

    /// Spawns an attempt as a task of the runtime. Returns `None` for a subgraph, which runs in place.
    pub(super) fn spawn<'a>(
        &self,
        shared: &'a Shared<'a, S>,
        place: usize,
        task: &SuperstepTask<S>,
        context: &'a Context<S>,
        span: &Span,
        began: Option<Instant>,
    ) -> Option<Attempt<'a, S>> {
        let node = task.node as usize;
        if let NodeKind::Subgraph(_) = self.graph.inner.nodes[node].erased.0 {
            return None;
        }
        let tracked = self.info.tracker.as_ref().map(TaskTracker::track);
        let share = SharedState { state: Arc::clone(&shared.state), _alive: shared.alive.clone(), _tracked: tracked };
        let (graph, item, own) = (self.graph.clone(), task.item.clone(), context.clone());
        let on_it = tokio::spawn(span.clone().around(async move {
            // Moves the whole struct, so that the state is dropped before `_alive`.
            let share = share;
            until_it_asks(&graph.inner.nodes[node], &share.state, item.as_ref(), &own).await
        }));
        let mut waits = SpawnedWait(Some(SpawnedTask { place, attempt: task.attempt, began, task: on_it }), shared);
        Some(Box::pin(async move {
            match waits.ended().await {
                Ok(ended) => ended,
                Err(error) if error.is_panic() => {
                    let failure = context.panicked(panic::message(&*error.into_panic()));
                    Err(Ended::Failed(Box::new(failure)))
                }
                Err(_) => Err(Ended::Failed(Box::new(context.failed("the runtime was shut down".into())))),
            }
        }))
    }
}

impl<S: State> LateResults<'_, S> {
    async fn keep_all(&mut self) {
        while let Some(mut late) = self.next() {
            let ended = (&mut late.task).await;
            self.keep(&late, ended);
        }
    }

    fn next(&mut self) -> Option<SpawnedTask<S>> {
        self.abandoned.get_mut().pop()
    }

    fn keep(&mut self, late: &SpawnedTask<S>, ended: Result<Result<Done<S>, Ended>, JoinError>) {
        let task = &mut self.position.tasks.tasks[late.place];
        if let Ok(Ok(Done { update, goto })) = ended
            && !task.has_ended()
            && task.attempt == late.attempt
        {
            task.go(goto);
            let context = self.context.clone_for(task);
            self.driver.keep(&mut task.update, &context, update, late.began, false);
            if self.driver.record(task, false).is_err() {
                // A result that cannot be written is discarded: the task runs again, and fails then.
                (task.update, task.extras) = (None, None);
            }
        }
    }
}

impl<S: State> Drop for LateResults<'_, S> {
    fn drop(&mut self) {
        while let Some(mut late) = self.next() {
            if let Some(ended) = unconstrained(&mut late.task).now_or_never() {
                self.keep(&late, ended);
            }
        }
    }
}

/// Waits for a spawned task. The drop aborts and abandons a task that has not ended.
struct SpawnedWait<'a, S: State>(Option<SpawnedTask<S>>, &'a Shared<'a, S>);

impl<S: State> SpawnedWait<'_, S> {
    async fn ended(&mut self) -> Result<Result<Done<S>, Ended>, JoinError> {
        let ended = match &mut self.0 {
            Some(on_it) => (&mut on_it.task).await,
            None => std::future::pending().await,
        };
        self.0 = None;
        ended
    }
}

impl<S: State> Drop for SpawnedWait<'_, S> {
    fn drop(&mut self) {
        if let Some(on_it) = self.0.take() {
            on_it.task.abort();
            self.1.abandoned.lock().push(on_it);
        }
    }
}
