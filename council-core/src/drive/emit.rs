//! Emits the events of a run, and attributes panics to user code.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Driver, Halt, spans};
use crate::node::context::Context;
use crate::node::failure::Failure;
use crate::observe::detail::Detail;
use crate::observe::event::EventKind;
use crate::plan::blame::CalledCode;
use crate::plan::edit::EditKind;
use crate::plan::position::Position;
use crate::state::State;
use crate::types::error_chain::error_chain;

impl<S: State> Driver<S> {
    /// Turns a panic in user code into a [`Failure`].
    #[cold]
    pub(super) fn blame(&self, position: &mut Position<S>, message: String) -> Failure {
        if let CalledCode::Node(place) = &mut position.called {
            *place = self.polled.load(Ordering::Relaxed);
        }
        let failure = position.blame(&self.graph.inner, message);
        let CalledCode::Node(place) = position.called else { return failure };
        let task = &mut position.tasks.tasks[place];
        let mut context = Context::new(Arc::clone(&self.info));
        context.superstep = position.supersteps + 1;
        context.stand_for(task);
        self.attempt_failed(&mut task.attempt, &context, &failure, None, None);
        task.wait_until(None);
        failure
    }

    /// Emits and records the failure of a task, and counts the attempt. The next attempt begins after `retry_in`; `retry_at` is that
    /// time, if it is to be recorded.
    #[cold]
    pub(super) fn attempt_failed(
        &self,
        attempt: &mut u32,
        context: &Context<S>,
        failure: &Failure,
        retry_in: Option<Duration>,
        retry_at: Option<u64>,
    ) {
        spans::attempt_failed(context, failure, retry_in);
        self.emit(context.superstep, || EventKind::NodeFailed {
            task: context.task(),
            error: failure.cause(),
            retry_in,
        });
        if let Some(recording) = &self.recording {
            recording.failed(context, &failure.cause(), retry_at);
        }
        *attempt = attempt.saturating_add(1);
    }

    /// The events of the tasks that edits have ended, if the run has observers. They are emitted once the edits are recorded.
    pub(super) fn ended_by_edits(&self, position: &Position<S>) -> Vec<EventKind<S>> {
        if self.info.observers.is_none() {
            return Vec::new();
        }
        let ended = position.edits.iter().filter_map(|edit| {
            let EditKind::Result(node, item) = edit.kind else { return None };
            let mut context = Context::new(Arc::clone(&self.info));
            context.superstep = position.completing();
            context.stand_for(&position.tasks.tasks[position.place(node, item)?]);
            let (task, update) = (context.task(), Some(edit.update.clone()));
            let by = Some(edit.by.as_str().into());
            Some(EventKind::NodeCompleted { task, update, duration: Duration::ZERO, cached: false, by })
        });
        ended.collect()
    }

    /// Emits events of the superstep that is being completed.
    pub(super) fn emit_all(&self, position: &Position<S>, events: Vec<EventKind<S>>) {
        for event in events {
            self.emit(position.completing(), || event);
        }
    }

    /// Emits the opened valves and the state after the last completed superstep.
    #[inline]
    pub(super) fn emit_committed(&self, position: &Position<S>) {
        if self.traced {
            for opened in &position.opened_valves {
                spans::valve_opened(&self.info.id, position.supersteps, opened);
            }
        }
        let Some(observers) = &self.info.observers else { return };
        for opened in position.opened_valves.iter().cloned() {
            observers.emit(position.supersteps, opened.into());
        }
        if let Some(copy) = observers.copy.filter(|_| observers.want(Detail::VALUES)) {
            let state = Arc::new(copy(position.state()));
            observers.emit(position.supersteps, EventKind::Values { state });
        }
    }

    /// Tells the subscriber of `tracing` how the run ended.
    pub(super) fn trace_end(&self, supersteps: u64, halt: &Halt) {
        let run = &self.info.id;
        match halt {
            Halt::Finish => spans::run_ended(run, supersteps, "finished", None),
            Halt::Pause => spans::run_ended(run, supersteps, "paused", None),
            Halt::Stop(reason) => spans::run_ended(run, supersteps, "stopped", Some(reason)),
            Halt::Fail(failure) => spans::run_ended(run, supersteps, "failed", Some(&error_chain(&**failure))),
        }
    }

    #[inline]
    pub(super) fn emit(&self, superstep: u64, event: impl FnOnce() -> EventKind<S>) {
        if let Some(observers) = &self.info.observers {
            observers.emit(superstep, event());
        }
    }
}
