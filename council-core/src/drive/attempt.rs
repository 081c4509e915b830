//! One attempt at a task that has nothing special about it.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{self, Poll};

use tokio::time::Instant;

use super::{Driver, Halt};
use crate::body::Kind;
use crate::context::Context;
use crate::event::EventKind;
use crate::tasks::Task;
use crate::{Failure, State, panic};

impl<S: State> Driver<S> {
    /// Runs a node once and keeps its update.
    #[inline]
    pub(super) async fn attempt(
        &self,
        state: &S,
        place: usize,
        task: &mut Task<S>,
        context: &mut Context<S>,
    ) -> Result<(), Box<Halt>> {
        context.stand_for(task);
        let context = &*context;
        let began = self.began(context);
        self.polled.store(place, Ordering::Relaxed);
        let future = match (&self.graph.inner.nodes[task.node as usize].body.0, &task.item) {
            (Kind::Node(node), _) => node.run(state, context),
            (Kind::Worker(worker), Some(item)) => worker.run(state, item, context),
            _ => unreachable!("a plain task is one of a node, or of a worker with an item"),
        };
        let mut running = Running(Some(future));
        let ended = poll_fn(|waker| {
            self.polled.store(place, Ordering::Relaxed);
            running.poll(waker)
        })
        .await;
        match ended {
            Ok(update) => {
                running.end();
                self.keep(task, context, update, began, false);
                Ok(())
            }
            Err(source) => {
                drop(running);
                let failure = context.failed(source);
                self.attempt_failed(task, context, &failure, None);
                Err(Box::new(Halt::Fail(Box::new(failure))))
            }
        }
    }

    /// Tells that a task begins, and reads the clock if anybody listens.
    #[inline]
    pub(super) fn began(&self, context: &Context<S>) -> Option<Instant> {
        let observers = self.info.observers.as_ref()?;
        let began = Instant::now();
        observers.tell(context.superstep, EventKind::NodeStarted { task: context.task() });
        Some(began)
    }

    /// Keeps the update of a task, and shows it to whoever watches.
    #[inline]
    pub(super) fn keep(
        &self,
        task: &mut Task<S>,
        context: &Context<S>,
        update: S::Update,
        began: Option<Instant>,
        cached: bool,
    ) {
        let (Some(observers), Some(began)) = (&self.info.observers, began) else { return task.end(update) };
        let duration = began.elapsed();
        let completed = EventKind::NodeCompleted { task: context.task(), update: Some(update), duration, cached };
        // The update is lent to the observers and comes back: nothing is copied.
        if let EventKind::NodeCompleted { update: Some(update), .. } = observers.tell(context.superstep, completed) {
            task.end(update);
        }
    }
}

impl<S: State> Context<S> {
    /// Makes it the context of this task.
    #[inline]
    pub(super) fn stand_for(&mut self, task: &Task<S>) {
        (self.node, self.visit, self.attempt, self.item) = (task.node, task.visit, task.attempt, task.index());
    }

    /// An error of the node, as the failure that it is.
    #[cold]
    pub(super) fn failed(&self, source: crate::NodeError) -> Failure {
        let &Self { superstep, attempt, item, .. } = self;
        Failure::Node { node: self.node().to_owned(), item, superstep, attempt, source }
    }
}

/// A node's future. What it does as it is dropped, after a failure or as it is cancelled, changes nothing: a panic there goes to
/// the panic hook, and would otherwise hide why the node or a sibling failed, or end the process if a sibling panicked.
pub(super) struct Running<'a, T>(pub(super) Option<Pin<Box<dyn Future<Output = T> + Send + 'a>>>);

impl<T> Running<'_, T> {
    #[inline]
    pub(super) fn poll(&mut self, waker: &mut task::Context<'_>) -> Poll<T> {
        self.0.as_mut().map_or(Poll::Pending, |future| future.as_mut().poll(waker))
    }

    /// Drops it after its good end. A panic there is as good as one before: the node's.
    #[inline]
    fn end(mut self) {
        drop(self.0.take());
    }
}

impl<T> Drop for Running<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(future) = self.0.take() {
            let _ = panic::catch(|| drop(future));
        }
    }
}
