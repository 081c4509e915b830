//! Events as text, one line each.

use std::fmt;

use super::event::{Event, EventKind};
use crate::state::State;

/// One line of text; `Debug` adds the fields that an update writes.
impl<S: State> fmt::Display for Event<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(formatter, "{} > ", self.path)?;
        }
        match &self.kind {
            EventKind::NodeStarted { task } => write!(formatter, "{task} started"),
            EventKind::Token { task, text } => write!(formatter, "{task} wrote {text:?}"),
            EventKind::Custom { task, name, value } => write!(formatter, "{task} says {name}: {value}"),
            EventKind::Progress { task, done, of: Some(of) } => write!(formatter, "{task} has done {done} of {of}"),
            EventKind::Progress { task, done, of: None } => write!(formatter, "{task} has done {done}"),
            EventKind::NodeCompleted { task, cached: true, .. } => write!(formatter, "{task} completed from its cache"),
            EventKind::NodeCompleted { task, by: Some(by), .. } => write!(formatter, "{task} completed by {by}"),
            EventKind::NodeCompleted { task, .. } => write!(formatter, "{task} completed"),
            EventKind::NodeFailed { task, error, retry_in: None } => write!(formatter, "{task} failed: {error}"),
            EventKind::NodeFailed { task, error, retry_in: Some(pause) } => {
                write!(formatter, "{task} failed, tried again in {pause:?}: {error}")
            }
            EventKind::ValveOpened { valve, to } => {
                write!(formatter, "valve: {valve}, on to {}", to.as_deref().unwrap_or("the end"))
            }
            EventKind::Values { .. } => write!(formatter, "superstep {} is in the state", self.superstep),
            EventKind::Finished => write!(formatter, "finished after {} supersteps", self.superstep),
            EventKind::Paused { asks, nodes } if asks.is_empty() && nodes.is_empty() => write!(formatter, "paused"),
            EventKind::Paused { asks, nodes } if asks.is_empty() => write!(formatter, "paused at {}", nodes.join(", ")),
            EventKind::Paused { asks, .. } => {
                let asks: Vec<_> = asks.iter().map(|ask| format!("{} {}", ask.id, ask.question)).collect();
                write!(formatter, "paused, asked: {}", asks.join(", "))
            }
            EventKind::Stopped { reason } => write!(formatter, "stopped: {reason}"),
            EventKind::Failed { error } => write!(formatter, "failed: {error}"),
            EventKind::Lost { count } => write!(formatter, "{count} events lost"),
        }
    }
}

impl<S: State> fmt::Debug for Event<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")?;
        match &self.kind {
            EventKind::NodeCompleted { update: Some(update), .. } => write!(formatter, " with {update:?}"),
            _ => Ok(()),
        }
    }
}
