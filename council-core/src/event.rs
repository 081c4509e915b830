//! What an observer of a run is told.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::context::TokenSink;
use crate::{State, StopReason, panic};

/// One thing that happened in a run.
///
/// The last event of a run is [`Finished`](Self::Finished), [`Stopped`](Self::Stopped) or [`Failed`](Self::Failed); a run
/// that is dropped has none.
#[non_exhaustive]
pub enum Event<S: State> {
    /// A node begins.
    NodeStarted {
        /// Which task.
        task: Task,
    },
    /// A node is writing; see [`Context::token`](crate::Context::token).
    Token {
        /// Which task.
        task: Task,
        /// The next piece of the text.
        text: String,
    },
    /// A node has ended well. Its update is kept, and applied with those of its superstep.
    NodeCompleted {
        /// Which task.
        task: Task,
        /// What it wants changed.
        update: S::Update,
        /// How long it took.
        duration: Duration,
    },
    /// A node has failed; the run ends with [`Failed`](Self::Failed).
    NodeFailed {
        /// Which task.
        task: Task,
        /// The error and its sources, in one line.
        error: String,
    },
    /// A visit limit was reached: the run goes elsewhere.
    ValveOpened {
        /// The node that has no visit left.
        node: Arc<str>,
        /// How many visits it was allowed.
        visits: u32,
        /// Where the run goes instead; `None` is the end.
        to: Option<Arc<str>>,
    },
    /// The run has come to its end.
    Finished {
        /// How many supersteps it took.
        supersteps: u64,
    },
    /// The run was stopped and can go on; see [`Outcome::Stopped`](crate::Outcome::Stopped).
    Stopped {
        /// By what.
        reason: StopReason,
    },
    /// The run has failed; see [`RunError`](crate::RunError).
    Failed {
        /// The error and its sources, in one line.
        error: String,
    },
    /// The reader of a [`Run`](crate::Run) was slower than the run: so many events were dropped here.
    Lost {
        /// How many.
        count: u64,
    },
}

/// One execution of one node in one superstep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Task {
    /// The name of the node.
    pub node: Arc<str>,
    /// The superstep, from 1.
    pub superstep: u64,
    /// How often the run has come to this node, from 1.
    pub visit: u32,
    /// How often this task has been tried, from 1.
    pub attempt: u32,
}

impl<S: State> Clone for Event<S> {
    fn clone(&self) -> Self {
        match self {
            Self::NodeStarted { task } => Self::NodeStarted { task: task.clone() },
            Self::Token { task, text } => Self::Token { task: task.clone(), text: text.clone() },
            Self::NodeCompleted { task, update, duration } => {
                Self::NodeCompleted { task: task.clone(), update: update.clone(), duration: *duration }
            }
            Self::NodeFailed { task, error } => Self::NodeFailed { task: task.clone(), error: error.clone() },
            Self::ValveOpened { node, visits, to } => {
                Self::ValveOpened { node: Arc::clone(node), visits: *visits, to: to.clone() }
            }
            Self::Finished { supersteps } => Self::Finished { supersteps: *supersteps },
            Self::Stopped { reason } => Self::Stopped { reason: *reason },
            Self::Failed { error } => Self::Failed { error: error.clone() },
            Self::Lost { count } => Self::Lost { count: *count },
        }
    }
}

/// One line for a person; `Debug` adds which fields an update writes.
impl<S: State> fmt::Display for Event<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeStarted { task } => write!(formatter, "{task} started"),
            Self::Token { task, text } => write!(formatter, "{task} wrote {text:?}"),
            Self::NodeCompleted { task, .. } => write!(formatter, "{task} completed"),
            Self::NodeFailed { task, error } => write!(formatter, "{task} failed: {error}"),
            Self::ValveOpened { node, visits, to } => {
                let to = to.as_deref().unwrap_or("the end");
                write!(formatter, "valve: {node} has had its {visits} visits, on to {to}")
            }
            Self::Finished { supersteps } => write!(formatter, "finished after {supersteps} supersteps"),
            Self::Stopped { reason } => write!(formatter, "stopped: {reason}"),
            Self::Failed { error } => write!(formatter, "failed: {error}"),
            Self::Lost { count } => write!(formatter, "{count} events lost"),
        }
    }
}

impl<S: State> fmt::Debug for Event<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        match self {
            Self::NodeCompleted { update, .. } => write!(formatter, " with {update:?}"),
            _ => Ok(()),
        }
    }
}

/// `superstep 3: critic #2`, and the attempt where it is not the first.
impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "superstep {}: {} #{}", self.superstep, self.node, self.visit)?;
        if self.attempt > 1 {
            write!(formatter, " (attempt {})", self.attempt)?;
        }
        Ok(())
    }
}

/// Everyone who watches a run.
pub(crate) struct Observers<S: State> {
    observers: Vec<Observer<S>>,
    /// Whether the last event has been told.
    over: AtomicBool,
}

struct Observer<S: State> {
    call: Call<S>,
    gone: AtomicBool,
}

/// A function that is told of events.
pub(crate) type Call<S> = Box<dyn Fn(&Event<S>) + Send + Sync>;

impl<S: State> Observers<S> {
    pub(crate) fn new(calls: Vec<Call<S>>) -> Self {
        let observers = calls.into_iter().map(|call| Observer { call, gone: AtomicBool::new(false) }).collect();
        Self { observers, over: AtomicBool::new(false) }
    }

    /// Tells everyone. An observer that panics is not called again: the run does not notice.
    pub(crate) fn tell(&self, event: &Event<S>) {
        if is_last(event) {
            self.over.store(true, Ordering::Release);
        }
        for observer in &self.observers {
            if !observer.gone.load(Ordering::Relaxed) && panic::catch(|| (observer.call)(event)).is_err() {
                observer.gone.store(true, Ordering::Relaxed);
            }
        }
    }
}

impl<S: State> TokenSink for Observers<S> {
    fn token(&self, task: Task, text: String) {
        // A node may have handed its context to a task that outlives the run; what that says comes too late.
        if !self.over.load(Ordering::Acquire) {
            self.tell(&Event::Token { task, text });
        }
    }
}

/// Whether a run tells nothing after this event.
pub(crate) fn is_last<S: State>(event: &Event<S>) -> bool {
    matches!(event, Event::Finished { .. } | Event::Stopped { .. } | Event::Failed { .. })
}

/// An error and its sources in one line.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        line.push_str(": ");
        line.push_str(&cause.to_string());
        source = cause.source();
    }
    line
}
