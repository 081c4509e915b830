//! The driver: waits for nodes, writes what they returned, tells observers, and asks the planner again.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tokio::time::Instant;

use crate::context::{Context, RunInfo};
use crate::event::{Event, Observers, chain};
use crate::plan::{self, OpenedValve, Turn};
use crate::position::Tasks;
use crate::{Failure, Graph, Limits, Outcome, Position, Record, RunError, State, StopReason, panic};

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
        loop {
            match plan::advance(&self.graph, &self.limits, &mut position) {
                Turn::Run if self.is_cancelled() => return Ok(self.stopped(position, StopReason::Cancelled)),
                Turn::Run => match self.superstep_until(deadline, &mut position).await {
                    Ok(()) => {}
                    Err(Halt::Stop(reason)) => return Ok(self.stopped(position, reason)),
                    Err(Halt::Fail(failure)) => return Err(self.failed(position, failure)),
                },
                Turn::Commit { next, opened } => {
                    self.tell_opened(opened);
                    plan::fold(&self.graph, &mut position, Record::Committed { next });
                    // A run whose nodes are always ready would otherwise hold its thread for ever.
                    tokio::task::coop::consume_budget().await;
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

    async fn superstep_until(&self, deadline: Option<Instant>, position: &mut Position<S>) -> Result<(), Halt> {
        let (Some(deadline), Some(limit)) = (deadline, self.limits.wall_clock) else {
            return self.superstep(position).await.map_err(Halt::Fail);
        };
        match tokio::time::timeout_at(deadline, self.superstep(position)).await {
            Ok(result) => result.map_err(Halt::Fail),
            Err(_) => Err(Halt::Stop(StopReason::WallClock(limit))),
        }
    }

    /// Runs the open tasks of the superstep on one borrowed state. The first that fails cancels the others; what has ended
    /// by then is in the position.
    async fn superstep(&self, position: &mut Position<S>) -> Result<(), Failure> {
        let Position {
            state,
            tasks,
            supersteps,
            ..
        } = position;
        let state = &*state;
        let context = |place: usize, tasks: &Tasks<S>| {
            let task = &tasks.tasks[place];
            let (node, visit, attempt) = (task.node, task.visit, task.attempt);
            Context {
                run: Arc::clone(&self.info),
                node,
                superstep: *supersteps + 1,
                visit,
                attempt,
            }
        };
        if let [_] = tasks.tasks.as_slice() {
            let context = context(0, tasks);
            self.tell(|| Event::NodeStarted { task: context.task() });
            let ended = self.attempt(state, &context).await;
            return self.settle(tasks, 0, &context, ended);
        }
        let open: Vec<(usize, Context)> = (0..tasks.tasks.len())
            .filter(|place| tasks.tasks[*place].update.is_none())
            .map(|place| (place, context(place, tasks)))
            .collect();
        for (_, context) in &open {
            self.tell(|| Event::NodeStarted { task: context.task() });
        }
        let mut running: FuturesUnordered<_> = open
            .iter()
            .map(|(place, context)| async move { (*place, context, self.attempt(state, context).await) })
            .collect();
        while let Some((place, context, ended)) = running.next().await {
            self.settle(tasks, place, context, ended)?;
        }
        Ok(())
    }

    /// Runs one node once. A panic is the node's error.
    async fn attempt(&self, state: &S, context: &Context) -> Ended<S> {
        let began = self.observers.is_some().then(Instant::now);
        let node = &self.graph.inner.nodes[context.node as usize].node;
        let result = AssertUnwindSafe(async { node.run(state, context).await })
            .catch_unwind()
            .await;
        let result = match result {
            Ok(Ok(update)) => Ok(update),
            Ok(Err(source)) => Err(Failure::Node {
                node: context.node().to_owned(),
                superstep: context.superstep,
                attempt: context.attempt,
                source,
            }),
            Err(panic) => Err(Failure::NodePanicked {
                node: context.node().to_owned(),
                superstep: context.superstep,
                attempt: context.attempt,
                message: panic::message(&*panic),
            }),
        };
        Ended {
            result,
            duration: began.map(|began| began.elapsed()).unwrap_or_default(),
        }
    }

    /// Announces and records how a task ended.
    fn settle(&self, tasks: &mut Tasks<S>, place: usize, context: &Context, ended: Ended<S>) -> Result<(), Failure> {
        let Ended { result, duration } = ended;
        match result {
            Ok(update) => {
                self.tell(|| Event::NodeCompleted {
                    task: context.task(),
                    update: update.clone(),
                    duration,
                });
                tasks.done(place, update);
                Ok(())
            }
            Err(failure) => {
                self.tell(|| Event::NodeFailed {
                    task: context.task(),
                    error: chain(&failure),
                    duration,
                });
                tasks.failed(place);
                Err(failure)
            }
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Acquire))
    }

    fn stopped(&self, position: Position<S>, reason: StopReason) -> Outcome<S> {
        self.tell(|| Event::Stopped { reason });
        Outcome::Stopped { reason, position }
    }

    fn failed(&self, position: Position<S>, failure: Failure) -> RunError<S> {
        self.tell(|| Event::Failed { error: chain(&failure) });
        RunError::new(Arc::clone(&self.info.id), failure, position)
    }

    fn tell_opened(&self, opened: Vec<OpenedValve>) {
        for OpenedValve { node, visits, to } in opened {
            self.tell(|| Event::ValveOpened { node, visits, to });
        }
    }

    fn tell(&self, event: impl FnOnce() -> Event<S>) {
        if let Some(observers) = &self.observers {
            observers.tell(&event());
        }
    }
}

/// Why a superstep was not completed.
enum Halt {
    Stop(StopReason),
    Fail(Failure),
}

/// What became of one attempt.
struct Ended<S: State> {
    result: Result<S::Update, Failure>,
    duration: std::time::Duration,
}
