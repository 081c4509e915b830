//! A plain attempt at a task: the driver only has to call the node.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{self, Poll};

use tokio::time::Instant;

use super::{Driver, Halt};
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NodeKind;
use crate::node::failure::Failure;
use crate::node::result::NodeResult;
use crate::node::running::Running;
use crate::observe::event::EventKind;
use crate::plan::tasks::SuperstepTask;
use crate::state::State;
use crate::types::limits::StopReason;

impl<S: State> Driver<S> {
    /// Begins a plain attempt at a task. `context` belongs to this task.
    #[inline]
    pub(super) fn begin<'a>(
        &'a self,
        state: &'a S,
        place: usize,
        task: &'a mut SuperstepTask<S>,
        context: &'a Context<S>,
    ) -> PlainAttempt<'a, S> {
        if self.info.memory.is_used() {
            self.info.memory.rewind(context.node, context.item);
        }
        let began = self.began(context);
        self.polled.store(place, Ordering::Relaxed);
        let SuperstepTask { item, update, attempt, .. } = task;
        let future = match (&self.graph.inner.nodes[context.node as usize].erased.0, item) {
            (NodeKind::Node(node), _) => node.run(state, context),
            (NodeKind::Worker(worker), Some(item)) => worker.run(state, item, context),
            _ => unreachable!("a plain task is one of a node, or of a worker with an item"),
        };
        PlainAttempt { driver: self, place, context, began, running: Running::new(future), update, attempt }
    }

    /// Emits the start of a task and returns the time, if the run has observers.
    #[inline]
    pub(super) fn began(&self, context: &Context<S>) -> Option<Instant> {
        let observers = self.info.observers.as_ref()?;
        let began = Instant::now();
        observers.emit(context.superstep, EventKind::NodeStarted { task: context.task() });
        Some(began)
    }

    /// Stores the update of a task, and emits it to the observers.
    #[inline]
    pub(super) fn keep(
        &self,
        kept: &mut Option<S::Update>,
        context: &Context<S>,
        update: S::Update,
        began: Option<Instant>,
        cached: bool,
    ) {
        *kept = Some(update);
        if let (Some(observers), Some(began)) = (&self.info.observers, began) {
            let duration = began.elapsed();
            // The update is lent to the observers and comes back: nothing is copied.
            let (task, update) = (context.task(), kept.take());
            let completed = EventKind::NodeCompleted { task, update, duration, cached, by: None };
            if let EventKind::NodeCompleted { update, .. } = observers.emit(context.superstep, completed) {
                *kept = update;
            }
        }
    }
}

/// A plain attempt that is running.
pub(super) struct PlainAttempt<'a, S: State> {
    driver: &'a Driver<S>,
    place: usize,
    context: &'a Context<S>,
    began: Option<Instant>,
    running: Running<'a, NodeResult<S>>,
    /// Fields of the task: where its update is stored, and its number of attempts.
    update: &'a mut Option<S::Update>,
    attempt: &'a mut u32,
}

impl<S: State> Future for PlainAttempt<'_, S> {
    type Output = Result<(), Box<Halt>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, waker: &mut task::Context<'_>) -> Poll<Self::Output> {
        let Self { driver, place, context, began, running, update, attempt } = &mut *self;
        driver.polled.store(*place, Ordering::Relaxed);
        let Poll::Ready(ended) = running.poll(waker) else {
            let halt = if context.is_asking() {
                Halt::Pause
            } else if driver.info.cancel.is_at_once() {
                Halt::Stop(StopReason::Cancelled)
            } else {
                return Poll::Pending;
            };
            running.cancel();
            return Poll::Ready(Err(Box::new(halt)));
        };
        Poll::Ready(match ended {
            Ok(done) => {
                running.end();
                driver.keep(update, context, done, *began, false);
                Ok(())
            }
            Err(source) => {
                running.cancel();
                let failure = context.failed(source);
                driver.attempt_failed(attempt, context, &failure, None, None);
                Err(Box::new(Halt::Fail(Box::new(failure))))
            }
        })
    }
}

/// How an attempt ended without a result.
pub(super) enum Ended {
    Failed(Box<Failure>),
    Stopped(StopReason),
    Paused,
    /// The run failed, and not only the task: for example, its journal cannot be written.
    Halted(Box<Failure>),
}

/// One attempt at a task, for every kind of node.
pub(super) type Attempt<'a, S> = Pin<Box<dyn Future<Output = Result<Done<S>, Ended>> + Send + 'a>>;
