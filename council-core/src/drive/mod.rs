//! The driver: runs tasks, records their results, emits events, and asks the planner for the next step.

pub(crate) mod attempt;
pub(crate) mod breakpoints;
pub(crate) mod deadline;
pub(crate) mod emit;
pub(crate) mod in_place;
pub(crate) mod journal;
pub(crate) mod retry_delays;
pub(crate) mod spans;
pub(crate) mod spawned;
pub(crate) mod superstep;
pub(crate) mod with_policy;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::{Poll, Waker};

use crate::graph::compiled::Graph;
use crate::journal::format::record::StoredRecord;
use crate::node::context::Context;
use crate::node::failure::Failure;
use crate::node::memory::{SuperstepMemory, WrongAnswer};
use crate::node::recorder::TaskRecorder;
use crate::node::run_info::RunInfo;
use crate::observe::event::EventKind;
use crate::plan;
use crate::plan::advance::Next;
use crate::plan::blame::CalledCode;
use crate::plan::position::Position;
use crate::state::State;
use crate::stored::recording::Recording;
use crate::types::breakpoints::Side;
use crate::types::error_chain::error_chain;
use crate::types::limits::StopReason;
use crate::types::panic;
use deadline::Deadline;

/// A run in progress, without its position.
pub(crate) struct Driver<S: State> {
    graph: Graph<S>,
    info: Arc<RunInfo<S>>,
    /// The recording of this graph, if the run has a journal.
    recording: Option<Arc<Recording<S>>>,
    /// Whether a `tracing` subscriber receives spans.
    traced: bool,
    /// The place of the task that was polled last.
    polled: AtomicUsize,
    /// A fault of the run's settings. It fails the run at its start.
    fault: Option<Failure>,
}

/// Closes the observers: a run that has ended or was dropped emits nothing, even if a node gave its context to a task that still
/// runs.
impl<S: State> Drop for Driver<S> {
    fn drop(&mut self) {
        if let Some(observers) = &self.info.observers {
            observers.close();
        }
    }
}

/// Why a run halts.
pub(crate) enum Halt {
    Finish,
    Stop(StopReason),
    Pause,
    Fail(Box<Failure>),
}

impl<S: State> Driver<S> {
    pub(crate) fn new(graph: Graph<S>, info: RunInfo<S>, recording: Option<Recording<S>>) -> Self {
        let recording = recording.map(Arc::new);
        let recorder = recording.clone().map(|recording| recording as Arc<dyn TaskRecorder>);
        let info = Arc::new(RunInfo { recorder, ..info });
        let polled = AtomicUsize::new(0);
        Self { graph, info, recording, traced: spans::is_wanted(), polled, fault: None }
    }

    pub(crate) fn with_fault(mut self, fault: Option<Failure>) -> Self {
        self.fault = fault;
        self
    }

    pub(crate) fn id(&self) -> Arc<str> {
        Arc::clone(&self.info.id)
    }

    /// Runs until the run halts. Returns the reason, and the position at which it halted.
    pub(crate) async fn drive(mut self, mut position: Position<S>) -> (Halt, Position<S>) {
        let begun = match self.is_refused(&position) {
            None => {
                let edited = self.ended_by_edits(&position);
                self.open_journal(&mut position).await.map(|()| edited)
            }
            Some(failure) => Err(Box::new(failure)),
        };
        let halt = match begun {
            Ok(edited) => {
                self.emit_all(&position, edited);
                let halt = self.go(&mut position).await;
                // A cancelled subgraph does not wait for its spawned tasks, so the run waits for them here.
                if let Some(tracker) = &self.info.tracker {
                    tracker.all_gone().await;
                }
                self.close_journal(&mut position, halt).await
            }
            Err(failure) => Halt::Fail(failure),
        };
        self.trace_end(position.supersteps, &halt);
        self.emit(position.supersteps, || match &halt {
            Halt::Finish => EventKind::Finished,
            Halt::Stop(reason) => EventKind::Stopped { reason: *reason },
            Halt::Pause => EventKind::Paused { asks: position.asks(), nodes: position.open_nodes() },
            Halt::Fail(failure) => EventKind::Failed { error: error_chain(&**failure) },
        });
        (halt, position)
    }

    /// Records that the run is held, and runs nothing.
    pub(crate) async fn hold(mut self, position: &mut Position<S>) -> Result<(), Box<Failure>> {
        if let Some(failure) = self.is_refused(position) {
            return Err(Box::new(failure));
        }
        let edited = self.ended_by_edits(position);
        self.hold_in_journal(position).await?;
        self.emit_all(position, edited);
        Ok(())
    }

    /// The failure, if a run with these settings cannot continue from the position.
    fn is_refused(&mut self, position: &Position<S>) -> Option<Failure> {
        self.fault.take().or_else(|| self.cannot_begin(position))
    }

    /// Runs the graph until it halts.
    pub(crate) async fn go(&self, position: &mut Position<S>) -> Halt {
        let lent = Lent::to(&self.info.memory, position);
        let halt = if self.traced {
            let span = spans::run(&self.info.id, self.graph.name(), &self.info.path);
            Box::pin(span.around(self.turns_in_a_net(lent.position))).await
        } else {
            self.turns_in_a_net(lent.position).await
        };
        drop(lent);
        let halt = halt.unwrap_or_else(|message| Halt::Fail(Box::new(self.blame(position, message))));
        if let Some(recording) = self.recording.as_ref().filter(|_| position.merged) {
            recording.push(StoredRecord::Merged {});
        }
        match self.info.memory.take_refused() {
            Some(WrongAnswer { node, error }) if matches!(halt, Halt::Pause) => {
                let node = self.graph.inner.names[node as usize].to_string();
                Halt::Fail(Box::new(Failure::WrongAnswer { node, error }))
            }
            _ => halt,
        }
    }

    /// Catches the panics of all user code. The position knows which code was called last.
    async fn turns_in_a_net(&self, position: &mut Position<S>) -> Result<Halt, String> {
        let mut turns = pin!(self.turns(position));
        // Tasks look themselves whether they are to be dropped at once; here the run is woken for it.
        let mut at_once = pin!(self.info.cancel.at_once());
        let mut woken_by: Option<Waker> = None;
        poll_fn(|waker| {
            loop {
                match panic::catch(|| turns.as_mut().poll(waker)) {
                    Ok(Poll::Ready(halt)) => return Poll::Ready(Ok(halt)),
                    Err(message) => return Poll::Ready(Err(message)),
                    Ok(Poll::Pending) if woken_by.as_ref().is_some_and(|known| known.will_wake(waker.waker())) => {
                        return Poll::Pending;
                    }
                    Ok(Poll::Pending) => {
                        woken_by = Some(waker.waker().clone());
                        if at_once.as_mut().poll(waker).is_pending() {
                            return Poll::Pending;
                        }
                    }
                }
            }
        })
        .await
    }

    /// The only loop of the driver: for awaited, streamed and resumed runs.
    async fn turns(&self, position: &mut Position<S>) -> Halt {
        let limits = &self.info.limits;
        let deadline = Deadline::of_run(limits);
        let mut context = Context::new(Arc::clone(&self.info));
        loop {
            let left = self.has_breakpoint(Side::After, position) && position.is_complete();
            let turn = plan::advance(&self.graph, limits, position);
            if turn.committed
                && let Err(failure) = self.committed(position)
            {
                return Halt::Fail(failure);
            }
            if !matches!(turn.next, Next::Fail(_)) && self.is_to_pause(position, left && turn.committed) {
                return Halt::Pause;
            }
            match turn.next {
                Next::Run if self.info.cancel.is_cancelled() => return Halt::Stop(StopReason::Cancelled),
                Next::Run => {
                    // Nodes that are always ready never let the timer fire, so the deadline is also checked here.
                    if let Some(passed) = deadline.filter(Deadline::has_passed) {
                        return Halt::Stop(passed.reason);
                    }
                    if let Some(recording) = &self.recording
                        && let Err(failure) = recording.tick().await
                    {
                        return Halt::Fail(failure);
                    }
                    // A run whose nodes are always ready would otherwise never yield its thread.
                    if context.superstep.is_multiple_of(SUPERSTEPS_IN_A_ROW) && context.superstep > 0 {
                        tokio::task::yield_now().await;
                    }
                    let deadline = Deadline::of_superstep(limits, deadline);
                    context.superstep = position.supersteps + 1;
                    position.called = CalledCode::Node(0);
                    let ended = match position.tasks.tasks.as_mut_slice() {
                        [task] if deadline.is_none() && self.is_plain(task) && !self.info.memory.is_used() => {
                            context.stand_for(task);
                            let ended = self.begin(position.state.get(), 0, task, &context).await;
                            ended.and_then(|()| self.record(task, true))
                        }
                        // Boxed, so that the common case does not have a future of this size.
                        _ => Box::pin(self.superstep(position, &context, deadline)).await,
                    };
                    if let Err(halt) = ended {
                        return *halt;
                    }
                }
                Next::Finish => return Halt::Finish,
                Next::Stop(reason) => return Halt::Stop(reason),
                Next::Fail(failure) => return Halt::Fail(failure),
            }
        }
    }

    /// Records and emits the result of the last completed superstep.
    #[inline]
    fn committed(&self, position: &Position<S>) -> Result<(), Box<Failure>> {
        if self.info.memory.is_used() {
            drop(self.info.memory.take());
        }
        if let Some(recording) = &self.recording
            && recording.committed(&self.graph.inner, position)?
            && let Err(error) = recording.snapshot(&self.graph.inner, position)
        {
            spans::unwritten(&self.info.id, "snapshot", &error_chain(&error));
        }
        self.emit_committed(position);
        Ok(())
    }

    /// The failure, if a run of this graph cannot continue from the position.
    pub(crate) fn cannot_begin(&self, position: &Position<S>) -> Option<Failure> {
        let graph = || self.graph.name().to_owned();
        if !position.fits(&self.graph.inner) {
            return Some(Failure::ForeignPosition { graph: graph() });
        }
        let limits = &self.info.limits;
        let needs_timer = self.graph.inner.needs_timer || limits.wall_clock.or(limits.superstep_time).is_some();

        // Without a timer, the creation of a sleep panics; there is no other way to detect a timer.
        let lacks_timer = || panic::catch(|| drop(tokio::time::sleep(std::time::Duration::ZERO))).is_err();
        (needs_timer && lacks_timer()).then(|| Failure::NoTimer { graph: graph() })
    }
}

/// A position that lends the memory of its tasks to the run. The drop returns the memory, because a subgraph may be cancelled at
/// any point.
struct Lent<'a, S: State> {
    memory: &'a SuperstepMemory,
    position: &'a mut Position<S>,
}

impl<'a, S: State> Lent<'a, S> {
    fn to(memory: &'a SuperstepMemory, position: &'a mut Position<S>) -> Self {
        memory.remember(std::mem::take(&mut position.memory));
        Self { memory, position }
    }
}

impl<S: State> Drop for Lent<'_, S> {
    fn drop(&mut self) {
        self.position.memory = self.memory.take();
    }
}

/// The number of supersteps after which a run yields its thread to other tasks.
const SUPERSTEPS_IN_A_ROW: u64 = 1_024;
