//! Tasks on other threads: they share the state for one superstep, and give it back at the barrier.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::careful::{Attempt, Ended, call};
use super::{Driver, Halt};
use crate::body::Kind;
use crate::context::Context;
use crate::spans::Span;
use crate::tasks::Task;
use crate::{Position, State, panic};

/// What the tasks of a superstep share that are on other threads.
pub(super) struct Shared<S> {
    state: Arc<S>,
    /// Held by each of them until it is gone.
    alive: mpsc::Sender<()>,
}

/// What one of them holds. The state goes first.
struct Share<S> {
    state: Arc<S>,
    _alive: mpsc::Sender<()>,
}

impl<S: State> Driver<S> {
    /// Runs the open tasks, those of spread nodes as tasks of the runtime. Comes back when none of these has the state any
    /// more.
    pub(super) async fn on_other_threads(
        &self,
        position: &mut Position<S>,
        context: &Context<S>,
        deadline: Option<Instant>,
    ) -> Result<(), Box<Halt>> {
        let (alive, mut gone) = mpsc::channel(1);
        let shared = Shared { state: position.state.share(), alive };
        let ended = {
            let mut running = pin!(self.in_time(position, context, deadline, Some(&shared)));
            // A panic of the user's code has to wait too.
            poll_fn(|waker| match panic::catch(|| running.as_mut().poll(waker)) {
                Ok(poll) => poll.map(Ok),
                Err(message) => Poll::Ready(Err(message)),
            })
            .await
        };
        drop(shared);
        // Nobody sends; it closes when the last of them is gone.
        let _ = gone.recv().await;
        position.state.unshare();
        ended.unwrap_or_else(|message| resume_unwind(Box::new(message)))
    }

    /// An attempt as a task of the runtime; `None` for a subgraph, which is run in place.
    pub(super) fn spread<'a>(
        &self,
        shared: &Shared<S>,
        task: &Task<S>,
        context: &'a Context<S>,
        span: &Span,
    ) -> Option<Attempt<'a, S>> {
        let node = task.node as usize;
        if let Kind::Nested(_) = self.graph.inner.nodes[node].body.0 {
            return None;
        }
        let share = Share { state: Arc::clone(&shared.state), _alive: shared.alive.clone() };
        let (graph, item, own) = (self.graph.clone(), task.item.clone(), context.clone());
        let task = tokio::spawn(span.clone().around(async move {
            // The whole of it, so that the state is let go before the sign of life.
            let share = share;
            call(&graph.inner.nodes[node], &share.state, item.as_ref(), &own).await
        }));
        let mut task = AbortOnDrop(task);
        Some(Box::pin(async move {
            match (&mut task.0).await {
                Ok(ended) => ended,
                Err(error) if error.is_panic() => Err(context.panicked(panic::message(&*error.into_panic()))),
                Err(_) => Err(Ended::Failed(Box::new(context.failed("the runtime was shut down".into())))),
            }
        }))
    }
}

/// A task that does not outlive who waits for it.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
