//! Attempts at a task with policies: concurrency limits, caches, timeouts, retries, error handlers, subgraphs.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::attempt::{Attempt, Ended};
use super::in_place::in_place;
use super::retry_delays::RetryRules;
use super::spans::Span;
use super::spawned::Shared;
use super::{Driver, Halt, spans};
use crate::graph::compiled::Declared;
use crate::node::cache::StoreResult;
use crate::node::context::Context;
use crate::node::done::Done;
use crate::node::erased::NodeKind;
use crate::node::failure::Failure;
use crate::node::running::Running;
use crate::plan::tasks::SuperstepTask;
use crate::state::State;
use crate::types::clock::{later, now};
use crate::types::limits::StopReason;
use crate::types::panic;
use crate::types::permits::Permit;

/// The node, the state and the place of a task that runs with policies.
struct AttemptScope<'a, S: State> {
    declared: &'a Declared<S>,
    state: &'a S,
    shared: Option<&'a Shared<'a, S>>,
    /// The place of the task in its superstep.
    place: usize,
}

impl<S: State> Driver<S> {
    /// Runs a task, retries it as its policy says, keeps its update, and records it. `alone` says that its superstep has no other
    /// task: then its successors are added to the same record.
    pub(super) async fn attempt_with_policy(
        &self,
        state: &S,
        shared: Option<&Shared<'_, S>>,
        place: usize,
        task: &mut SuperstepTask<S>,
        context: Context<S>,
        alone: bool,
    ) -> Result<(), Box<Halt>> {
        self.try_with_policy(state, shared, place, task, context).await?;
        let Some(recording) = &self.recording else { return Ok(()) };
        self.record(task, alone)?;
        if alone {
            return Ok(());
        }
        recording.tick().await.map_err(|failure| Box::new(Halt::Fail(failure)))
    }

    async fn try_with_policy(
        &self,
        state: &S,
        shared: Option<&Shared<'_, S>>,
        place: usize,
        task: &mut SuperstepTask<S>,
        mut context: Context<S>,
    ) -> Result<(), Box<Halt>> {
        let declared = &self.graph.inner.nodes[task.node as usize];
        let scope = AttemptScope { declared, state, shared, place };
        let mut rules = RetryRules::new(&declared.extras.policy.retries);
        // A run may be resumed before the time of the task's next attempt.
        if let Some(left) = task.retry_at().map(|at| at.saturating_sub(now())).filter(|left| *left > 0) {
            self.unless_cancelled(tokio::time::sleep(Duration::from_millis(left))).await?;
        }
        let failure = loop {
            context.stand_for(task);
            let span = spans::node(&context);
            let (ended, permits) = match self.recall(&scope, task, &context) {
                Ok(None) => return Ok(()),
                Ok(Some(keep)) => {
                    let permits = self.unless_cancelled(self.permits(declared)).await?;
                    (self.try_once(&scope, task, &context, &span, keep).await, Some(permits))
                }
                Err(ended) => (Err(ended), None),
            };
            let mut failure = match ended {
                Ok(()) => return Ok(()),
                Err(Ended::Stopped(reason)) => return Err(Box::new(Halt::Stop(reason))),
                Err(Ended::Paused) => return Err(Box::new(Halt::Pause)),
                Err(Ended::Halted(failure)) => return Err(Box::new(Halt::Fail(failure))),
                Err(Ended::Failed(failure)) => failure,
            };
            if let Some(shared) = shared {
                // An attempt that still runs after its timeout keeps its permits until it ends.
                shared.gone(place).await;
            }
            drop(permits);
            let pause = rules.pause_after(&mut failure);
            span.failed(&failure);
            let retry_at = pause.filter(|pause| *pause >= SHORTEST_RECORDED_PAUSE).map(later);
            self.attempt_failed(&mut task.attempt, &context, &failure, pause, retry_at);
            task.wait_until(retry_at);
            if let Some(recording) = self.recording.as_ref().filter(|_| retry_at.is_some()) {
                // The wait may be long, so the journal has its end before it begins.
                recording.tick().await.map_err(|failure| Box::new(Halt::Fail(failure)))?;
            }
            match pause {
                Some(pause) => self.unless_cancelled(tokio::time::sleep(pause)).await?,
                None => break failure,
            }
        };
        self.recover(declared, state, task, &context, failure)
    }

    /// Waits for a future, unless the run is cancelled: then a task that runs no attempt stops here.
    async fn unless_cancelled<T>(&self, wait: impl Future<Output = T>) -> Result<T, Box<Halt>> {
        match select(pin!(wait), pin!(self.info.cancel.cancelled())).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right(_) => Err(Box::new(Halt::Stop(StopReason::Cancelled))),
        }
    }

    /// Ends the task with its cached result. Without a cached result, returns the function that stores the next result.
    fn recall<'a>(
        &self,
        scope: &AttemptScope<'a, S>,
        task: &mut SuperstepTask<S>,
        context: &Context<S>,
    ) -> Result<Option<StoreResult<'a, S>>, Ended> {
        let &AttemptScope { declared, state, .. } = scope;
        let Some(cache) = &declared.extras.cache else { return Ok(Some(Box::new(|_, _| {}))) };
        match panic::catch(|| cache.recall(state, task.item.as_ref(), Instant::now().into_std())) {
            Ok(Ok(Done { update, goto })) => {
                let began = self.began(context);
                task.go(goto);
                self.keep(&mut task.update, context, update, began, true);
                Ok(None)
            }
            Ok(Err(keep)) => Ok(Some(keep)),
            Err(message) => Err(Ended::Failed(Box::new(context.panicked(message)))),
        }
    }

    /// Asks the node's error handler for a result in place of the failure.
    fn recover(
        &self,
        declared: &Declared<S>,
        state: &S,
        task: &mut SuperstepTask<S>,
        context: &Context<S>,
        failure: Box<Failure>,
    ) -> Result<(), Box<Halt>> {
        match declared.recover(state, task.item.as_ref(), &failure, context) {
            Ok(Some(Done { update, goto })) => {
                task.go(goto);
                let began = self.info.observers.is_some().then(Instant::now);
                self.keep(&mut task.update, context, update, began, false);
                Ok(())
            }
            Ok(None) => Err(Box::new(Halt::Fail(failure))),
            Err(other) => Err(Box::new(Halt::Fail(other))),
        }
    }

    /// Acquires the permits of the node and of the run, where they limit concurrency. A subgraph takes no permit of the run: the
    /// tasks inside take them.
    async fn permits<'a>(&'a self, declared: &'a Declared<S>) -> [Option<Permit<'a>>; 2] {
        let of_run = self.info.permits.as_ref().filter(|_| !matches!(declared.erased.0, NodeKind::Subgraph(_)));
        // A task that waits for one permit does not hold the other.
        let mut rounds = 0..ROUNDS;
        loop {
            let node = match &declared.extras.permits {
                Some(node) => Some(node.acquire().await),
                None => None,
            };
            let Some(run) = of_run else { return [node, None] };
            if let Some(permit) = run.try_acquire() {
                return [node, Some(permit)];
            }
            drop(node);
            let permit = Some(run.acquire().await);
            let Some(node) = &declared.extras.permits else { return [None, permit] };
            if let Some(node) = node.try_acquire() {
                return [Some(node), permit];
            }
            if rounds.next().is_none() {
                // Tasks that give way to each other could do so for ever, so this task keeps its permit of the run. This is no
                // deadlock: a task that holds a permit of the node and is not a subgraph also holds a permit of the run.
                return [Some(node.acquire().await), permit];
            }
        }
    }

    /// Makes one attempt, and keeps its update.
    async fn try_once(
        &self,
        scope: &AttemptScope<'_, S>,
        task: &mut SuperstepTask<S>,
        context: &Context<S>,
        span: &Span,
        keep: StoreResult<'_, S>,
    ) -> Result<(), Ended> {
        let &AttemptScope { declared, state, shared, place } = scope;
        if self.info.memory.is_used() {
            self.info.memory.rewind(context.node, context.item);
        }
        let began = self.began(context);
        self.polled.store(place, Ordering::Relaxed);
        let timeout = declared.timeout(state, task.item.as_ref(), context).map_err(Ended::Failed)?;
        let attempt = match shared.filter(|_| declared.extras.policy.spawned == Some(true)) {
            Some(shared) => self.spawn(shared, place, task, context, span, began),
            None => None,
        };
        let attempt = match attempt {
            Some(attempt) => attempt,
            None if self.traced => Box::pin(span.clone().around(in_place(declared, state, task, context))),
            None => in_place(declared, state, task, context),
        };
        let done = self.within_its_time(timeout, place, attempt, context).await?;
        if declared.extras.cache.is_some() {
            keep(&done, Instant::now().into_std());
        }
        task.go(done.goto);
        self.keep(&mut task.update, context, done.update, began, false);
        Ok(())
    }

    /// Waits for an attempt until its timeout. A panic becomes a failure of the node.
    async fn within_its_time(
        &self,
        timeout: Option<Duration>,
        place: usize,
        attempt: Attempt<'_, S>,
        context: &Context<S>,
    ) -> Result<Done<S>, Ended> {
        let mut running = Running::new(attempt);
        let ended = poll_fn(|waker| {
            self.polled.store(place, Ordering::Relaxed);
            match panic::catch(|| running.poll(waker)) {
                Ok(poll) => poll,
                Err(message) => Poll::Ready(Err(Ended::Failed(Box::new(context.panicked(message))))),
            }
        });
        match timeout {
            None => ended.await,
            Some(limit) => tokio::time::timeout(limit, ended)
                .await
                .unwrap_or_else(|_| Err(Ended::Failed(Box::new(context.timed_out(limit))))),
        }
    }
}

/// The number of times that a task gives way before it holds one permit while it waits for the other.
const ROUNDS: u32 = 4;

/// The end of a shorter pause is not recorded: if the run is stopped in that pause and resumed, the task is attempted at once.
const SHORTEST_RECORDED_PAUSE: Duration = Duration::from_secs(1);
