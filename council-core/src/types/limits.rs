//! How far a run may go, and what stopped it.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

/// How far a run may go. A limit never throws work away: see [`Outcome::Stopped`](crate::Outcome::Stopped).
///
/// ```
/// use std::time::Duration;
/// use council_core::Limits;
///
/// let limits = Limits { supersteps: 50, ..Limits::default() };
/// assert_eq!(limits.wall_clock, None);
/// # let _ = Limits { wall_clock: Some(Duration::from_secs(60)), ..limits };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many supersteps the run may take in all, those before a resume included. 1000 by default. Each subgraph counts its
    /// own.
    pub supersteps: u64,
    /// How long the run may take from its start or resume. When it is over, running tasks are cancelled at once and those
    /// that had ended are kept. No limit by default. It needs a tokio runtime with its timer enabled.
    pub wall_clock: Option<Duration>,
    /// How many tasks of the run may be at work at the same time, those in subgraphs included. No bound by default; see
    /// [`Policy::concurrency`](crate::Policy::concurrency) for one on a single node.
    pub concurrency: Option<NonZeroUsize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { supersteps: 1_000, wall_clock: None, concurrency: None }
    }
}

/// Why a run stopped before its end, in a way that lets it go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// [`Limits::supersteps`] was reached.
    Supersteps(u64),
    /// [`Limits::wall_clock`] was over.
    WallClock(Duration),
    /// The run was cancelled.
    Cancelled,
    /// The run waits for a human: see [`Outcome::Paused`](crate::Outcome::Paused).
    Paused,
}

impl fmt::Display for StopReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Supersteps(limit) => write!(formatter, "the limit of {limit} supersteps"),
            Self::WallClock(limit) => write!(formatter, "the limit of {} s", limit.as_secs_f64()),
            Self::Cancelled => formatter.write_str("cancelled"),
            Self::Paused => formatter.write_str("paused for a human"),
        }
    }
}
