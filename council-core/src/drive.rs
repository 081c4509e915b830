//! The driver: waits for nodes, writes what they returned, tells observers, and asks the planner again.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{self, Poll};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use crate::context::{Context, RunInfo};
use crate::event::{self, Event, Observers, chain};
use crate::node::{NodeFuture, NodeResult};
use crate::plan::{self, Next, OpenedValve};
use crate::position::Calling;
use crate::tasks::{Task, Tasks};
use crate::{Failure, Graph, Limits, Outcome, Position, RunError, State, StopReason, panic};

/// A run in progress: everything but where it stands.
pub(crate) struct Driver<S: State> {
    pub(crate) graph: Graph<S>,
    pub(crate) limits: Limits,
    pub(crate) info: Arc<RunInfo>,
    /// `None` when nobody watches: then no event is made and no clock is read.
    pub(crate) observers: Option<Arc<Observers<S>>>,
    pub(crate) cancelled: Option<Arc<AtomicBool>>,
    /// The place of the task that was polled last.
    pub(crate) polled: AtomicUsize,
}

impl<S: State> Driver<S> {
    pub(crate) async fn drive(self, mut position: Position<S>) -> Result<Outcome<S>, RunError<S>> {
        let halt = {
            let mut turns = pin!(self.turns(&mut position));
            // One net under all code of the user's; the position knows whose was called last.
            poll_fn(|waker| match panic::catch(|| turns.as_mut().poll(waker)) {
                Ok(poll) => poll,
                Err(message) => Poll::Ready(Halt::Panic(message)),
            })
            .await
        };
        let failure = match halt {
            Halt::Finish => {
                self.tell(|| Event::Finished { supersteps: position.supersteps });
                return Ok(Outcome::Finished(position.into_state()));
            }
            Halt::Stop(reason) => {
                self.tell(|| Event::Stopped { reason });
                return Ok(Outcome::Stopped { reason, position });
            }
            Halt::Fail(failure) => failure,
            Halt::Panic(message) => Box::new(self.blame(&mut position, message)),
        };
        self.tell(|| Event::Failed { error: chain(&*failure) });
        Err(RunError::new(Arc::clone(&self.info.id), failure, position))
    }

    /// The one loop: running to the end, streaming, and going on after a stop.
    async fn turns(&self, position: &mut Position<S>) -> Halt {
        if !position.fits(&self.graph.inner) {
            return Halt::Fail(Box::new(Failure::ForeignPosition { graph: self.graph.name().to_owned() }));
        }
        // A limit too far away to be told as a time is none.
        let deadline = self.limits.wall_clock.and_then(|limit| Instant::now().checked_add(limit));
        let mut context = Context { run: Arc::clone(&self.info), node: 0, superstep: 0, visit: 0, attempt: 0 };
        loop {
            let turn = plan::advance(&self.graph, &self.limits, position);
            if !position.opened.is_empty() {
                self.tell_opened(std::mem::take(&mut position.opened));
            }
            match turn.next {
                Next::Run if self.is_cancelled() => return Halt::Stop(StopReason::Cancelled),
                // Nodes that are always ready never come to a timer.
                Next::Run if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                    return Halt::Stop(self.out_of_time());
                }
                Next::Run => {
                    // A run whose nodes are always ready would otherwise hold its thread for ever.
                    if position.supersteps.is_multiple_of(SUPERSTEPS_PER_BUDGET) {
                        tokio::task::coop::consume_budget().await;
                    }
                    context.superstep = position.supersteps + 1;
                    position.calling = Calling::Node(0);
                    let ended = match (deadline, position.tasks.tasks.as_mut_slice()) {
                        (None, [task]) => self.attempt(&position.state, 0, task, &mut context).await,
                        (None, _) => self.side_by_side(position, &context).await,
                        (Some(deadline), _) => {
                            let superstep = self.side_by_side(position, &context);
                            match tokio::time::timeout_at(deadline, superstep).await {
                                Ok(ended) => ended,
                                Err(_) => return Halt::Stop(self.out_of_time()),
                            }
                        }
                    };
                    if let Err(failure) = ended {
                        return Halt::Fail(failure);
                    }
                }
                Next::Finish => return Halt::Finish,
                Next::Stop(reason) => return Halt::Stop(reason),
                Next::Fail(failure) => return Halt::Fail(failure),
            }
        }
    }

    /// Runs the open tasks of the superstep on one borrowed state. The first that fails cancels the others; what has ended
    /// by then is in the position.
    async fn side_by_side(&self, position: &mut Position<S>, context: &Context) -> Result<(), Box<Failure>> {
        let Position { state, tasks: Tasks { tasks }, .. } = position;
        let state = &*state;
        let pending = tasks.iter_mut().enumerate().filter(|(_, task)| !task.has_ended());
        let attempt = async |place, task: &mut Task<S>| self.attempt(state, place, task, &mut context.clone()).await;
        let mut running: FuturesUnordered<_> = pending.map(|(place, task)| attempt(place, task)).collect();
        while let Some(ended) = running.next().await {
            ended?;
        }
        Ok(())
    }

    /// Runs one node once and keeps its update.
    #[inline]
    async fn attempt(
        &self,
        state: &S,
        place: usize,
        task: &mut Task<S>,
        context: &mut Context,
    ) -> Result<(), Box<Failure>> {
        (context.node, context.visit, context.attempt) = (task.node, task.visit, task.attempt);
        let context = &*context;
        let began = self.observers.is_some().then(Instant::now);
        self.tell(|| Event::NodeStarted { task: context.task() });
        let node = &self.graph.inner.nodes[task.node as usize].node;
        self.polled.store(place, Ordering::Relaxed);
        let mut running = Running::<S>(Some(node.run(state, context)));
        let ended = poll_fn(|waker| {
            self.polled.store(place, Ordering::Relaxed);
            running.poll(waker)
        });
        match ended.await {
            Ok(update) => {
                self.tell(|| Event::NodeCompleted {
                    task: context.task(),
                    update: update.clone(),
                    duration: began.map(|began| began.elapsed()).unwrap_or_default(),
                });
                task.end(update);
                Ok(())
            }
            Err(source) => {
                let &Context { superstep, attempt, .. } = context;
                let failure = Failure::Node { node: context.node().to_owned(), superstep, attempt, source };
                Err(Box::new(self.attempt_failed(task, context.task(), failure)))
            }
        }
    }

    /// A panic of the user's code, as the failure that it is.
    #[cold]
    fn blame(&self, position: &mut Position<S>, message: String) -> Failure {
        if let Calling::Node(place) = &mut position.calling {
            *place = self.polled.load(Ordering::Relaxed);
        }
        let failure = position.blame(&self.graph.inner, message);
        let Calling::Node(place) = position.calling else { return failure };
        let task = &mut position.tasks.tasks[place];
        let Task { node, visit, attempt, .. } = *task;
        let context = Context { node, visit, attempt, superstep: position.supersteps + 1, run: Arc::clone(&self.info) };
        self.attempt_failed(task, context.task(), failure)
    }

    #[cold]
    fn attempt_failed(&self, task: &mut Task<S>, event: event::Task, failure: Failure) -> Failure {
        self.tell(|| Event::NodeFailed { task: event, error: chain(&failure) });
        task.fail();
        failure
    }

    fn out_of_time(&self) -> StopReason {
        StopReason::WallClock(self.limits.wall_clock.unwrap_or_default())
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Acquire))
    }

    fn tell_opened(&self, opened: Vec<OpenedValve>) {
        for OpenedValve { node, visits, to } in opened {
            self.tell(|| Event::ValveOpened { node, visits, to });
        }
    }

    #[inline]
    fn tell(&self, event: impl FnOnce() -> Event<S>) {
        if let Some(observers) = &self.observers {
            observers.tell(&event());
        }
    }
}

/// A node's future. What it does as it is dropped, after its end or as it is cancelled, changes nothing: a panic there goes to
/// the panic hook, and would otherwise hide why a sibling failed, or end the process if a sibling panicked.
struct Running<'a, S: State>(Option<NodeFuture<'a, S>>);

impl<S: State> Running<'_, S> {
    #[inline]
    fn poll(&mut self, waker: &mut task::Context<'_>) -> Poll<NodeResult<S>> {
        self.0.as_mut().map_or(Poll::Pending, |future| future.as_mut().poll(waker))
    }
}

impl<S: State> Drop for Running<'_, S> {
    #[inline]
    fn drop(&mut self) {
        let future = self.0.take();
        let _ = panic::catch(|| drop(future));
    }
}

/// Why a run goes no further.
enum Halt {
    Finish,
    Stop(StopReason),
    Fail(Box<Failure>),
    Panic(String),
}

/// How many supersteps count as one operation of tokio's cooperative budget of 128.
const SUPERSTEPS_PER_BUDGET: u64 = 8;
