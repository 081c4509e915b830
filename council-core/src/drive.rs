//! The driver: waits for nodes, writes what they returned, tells observers, and asks the planner again.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;

use crate::context::{Context, RunInfo};
use crate::event::{Event, Observers, chain};
use crate::plan::{self, OpenedValve, Turn};
use crate::position::{Task, Tasks};
use crate::{Failure, Graph, Limits, NodeError, Outcome, Position, Record, RunError, State, StopReason, panic};

/// A run in progress: everything but where it stands.
pub(crate) struct Driver<S: State> {
    pub(crate) graph: Graph<S>,
    pub(crate) limits: Limits,
    pub(crate) info: Arc<RunInfo>,
    /// `None` when nobody watches: then no event is made and no clock is read.
    pub(crate) observers: Option<Arc<Observers<S>>>,
    pub(crate) cancelled: Option<Arc<AtomicBool>>,
}

impl<S: State> Driver<S> {
    /// The one loop: running to the end, streaming, and going on after a stop.
    pub(crate) async fn drive(self, mut position: Position<S>) -> Result<Outcome<S>, RunError<S>> {
        let deadline = self.limits.wall_clock.map(|limit| Instant::now() + limit);
        let mut context = Context {
            run: Arc::clone(&self.info),
            node: 0,
            superstep: 0,
            visit: 0,
            attempt: 0,
        };
        loop {
            match plan::advance(&self.graph, &self.limits, &mut position) {
                Turn::Run if self.is_cancelled() => return Ok(self.stopped(position, StopReason::Cancelled)),
                Turn::Run => {
                    let ended = match deadline {
                        None => self.superstep(&mut position, &mut context).await.map_err(Halt::Fail),
                        Some(deadline) => self.superstep_until(deadline, &mut position, &mut context).await,
                    };
                    match ended {
                        Ok(()) => {}
                        Err(Halt::Stop(reason)) => return Ok(self.stopped(position, reason)),
                        Err(Halt::Fail(failure)) => return Err(self.failed(position, failure)),
                    }
                }
                Turn::Commit { next, opened } => {
                    if !opened.is_empty() {
                        self.tell_opened(opened);
                    }
                    plan::fold(&self.graph, &mut position, Record::Committed { next });
                    // A run whose nodes are always ready would otherwise hold its thread for ever.
                    if position.supersteps.is_multiple_of(SUPERSTEPS_PER_BUDGET) {
                        tokio::task::coop::consume_budget().await;
                    }
                }
                Turn::Finish => {
                    plan::fold(&self.graph, &mut position, Record::Finished);
                    self.tell(|| Event::Finished {
                        supersteps: position.supersteps,
                    });
                    return Ok(Outcome::Finished(position.into_state()));
                }
                Turn::Stop(reason) => return Ok(self.stopped(position, reason)),
                Turn::Fail(failure) => return Err(self.failed(position, failure)),
            }
        }
    }

    /// [`superstep`](Self::superstep), cut off at the deadline.
    async fn superstep_until(
        &self,
        deadline: Instant,
        position: &mut Position<S>,
        context: &mut Context,
    ) -> Result<(), Halt> {
        match tokio::time::timeout_at(deadline, self.superstep(position, context)).await {
            Ok(result) => result.map_err(Halt::Fail),
            Err(_) => Err(Halt::Stop(StopReason::WallClock(
                self.limits.wall_clock.unwrap_or_default(),
            ))),
        }
    }

    /// Runs the open tasks of the superstep on one borrowed state. The first that fails cancels the others; what has ended
    /// by then is in the position.
    async fn superstep(&self, position: &mut Position<S>, context: &mut Context) -> Result<(), Box<Failure>> {
        context.superstep = position.supersteps + 1;
        let Position {
            state,
            tasks: Tasks { tasks, open },
            ..
        } = position;
        let [task] = tasks.as_mut_slice() else {
            return self.side_by_side(state, tasks, open, context).await;
        };
        self.attempt(state, task, context).await?;
        *open = 0;
        Ok(())
    }

    async fn side_by_side(
        &self,
        state: &S,
        tasks: &mut [Task<S>],
        open: &mut usize,
        context: &Context,
    ) -> Result<(), Box<Failure>> {
        let pending = tasks.iter_mut().filter(|task| task.update.is_none());
        let mut running: FuturesUnordered<_> = pending
            .map(|task| {
                let mut context = context.clone();
                async move { self.attempt(state, task, &mut context).await }
            })
            .collect();
        while let Some(ended) = running.next().await {
            ended?;
            *open -= 1;
        }
        Ok(())
    }

    /// Runs one node once and keeps its update. A panic is the node's error.
    async fn attempt(&self, state: &S, task: &mut Task<S>, context: &mut Context) -> Result<(), Box<Failure>> {
        (context.node, context.visit, context.attempt) = (task.node, task.visit, task.attempt);
        let context = &*context;
        let began = self.observers.is_some().then(Instant::now);
        self.tell(|| Event::NodeStarted { task: context.task() });
        let node = &self.graph.inner.nodes[task.node as usize].node;
        let update = &mut task.update;
        let mut future = None;
        let ended = poll_fn(|waker| {
            let polled = panic::catch(|| {
                let poll = future
                    .get_or_insert_with(|| node.run(state, context))
                    .as_mut()
                    .poll(waker);
                // The update goes straight to its place: it may be large.
                poll.map_ok(|returned| *update = Some(returned))
            });
            match polled {
                Ok(poll) => poll.map_err(Ok),
                Err(message) => Poll::Ready(Err(Err(message))),
            }
        });
        if let Err(error) = ended.await {
            return Err(self.attempt_failed(task, context, began, error));
        }
        if let (Some(observers), Some(update)) = (&self.observers, &task.update) {
            let (task, update) = (context.task(), update.clone());
            observers.tell(&Event::NodeCompleted {
                task,
                update,
                duration: since(began),
            });
        }
        Ok(())
    }

    #[cold]
    fn attempt_failed(
        &self,
        task: &mut Task<S>,
        context: &Context,
        began: Option<Instant>,
        error: Result<NodeError, String>,
    ) -> Box<Failure> {
        let node = context.node().to_owned();
        let Context { superstep, attempt, .. } = *context;
        let failure = Box::new(match error {
            Ok(source) => Failure::Node {
                node,
                superstep,
                attempt,
                source,
            },
            Err(message) => Failure::NodePanicked {
                node,
                superstep,
                attempt,
                message,
            },
        });
        self.tell(|| Event::NodeFailed {
            task: context.task(),
            error: chain(&*failure),
            duration: since(began),
        });
        task.attempt += 1;
        failure
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Acquire))
    }

    fn stopped(&self, position: Position<S>, reason: StopReason) -> Outcome<S> {
        self.tell(|| Event::Stopped { reason });
        Outcome::Stopped { reason, position }
    }

    fn failed(&self, position: Position<S>, failure: Box<Failure>) -> RunError<S> {
        self.tell(|| Event::Failed {
            error: chain(&*failure),
        });
        RunError::new(Arc::clone(&self.info.id), failure, position)
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

/// Why a superstep was not completed.
enum Halt {
    Stop(StopReason),
    Fail(Box<Failure>),
}

fn since(began: Option<Instant>) -> Duration {
    began.map(|began| began.elapsed()).unwrap_or_default()
}

/// How many supersteps count as one operation of tokio's cooperative budget of 128.
const SUPERSTEPS_PER_BUDGET: u64 = 8;
