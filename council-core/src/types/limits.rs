//! Limits of a run, and the reason why it stopped.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use serde::Serialize;

use super::milliseconds::write_milliseconds;

/// The limits of a run. A limit never loses work: see [`Outcome::Stopped`](crate::Outcome::Stopped). Write `..Limits::default()`,
/// because later versions add limits.
///
/// ```
/// use std::time::Duration;
/// use council_core::Limits;
///
/// let limits = Limits { supersteps: 50, ..Limits::default() };
/// assert_eq!(limits.wall_clock, None);
/// # let _ = Limits { wall_clock: Some(Duration::from_secs(60)), superstep_time: Some(Duration::from_secs(5)), ..limits };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum number of supersteps, including those before a resume. 1000 by default. Each subgraph counts its own
    /// supersteps.
    #[doc(alias = "recursion_limit")]
    pub supersteps: u64,
    /// The maximum time from the start or resume of the run. After it, running tasks are cancelled at once, and the results of
    /// finished tasks are kept. No limit by default. It needs a tokio runtime with its timer enabled.
    pub wall_clock: Option<Duration>,
    /// The maximum time of one superstep, with all attempts of its tasks and the pauses between them. After it, running tasks are
    /// cancelled at once, and the results of finished tasks are kept: a resumed run repeats only the others. It also holds for the
    /// supersteps inside subgraphs. A superstep contains the whole runs of its subgraphs, so the limit ends these runs too. No limit
    /// by default. It needs a tokio runtime with its timer enabled. The limit of a single node is
    /// [`Policy::timeout`](crate::Policy::timeout).
    #[doc(alias = "step_timeout")]
    pub superstep_time: Option<Duration>,
    /// The maximum number of tasks that run at the same time, including those in subgraphs. No bound by default. The bound of a
    /// single node is [`Policy::concurrency`](crate::Policy::concurrency).
    #[doc(alias = "max_concurrency")]
    pub concurrency: Option<NonZeroUsize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { supersteps: 1_000, wall_clock: None, superstep_time: None, concurrency: None }
    }
}

/// The reason why a run stopped before its end. The run can continue.
///
/// ```
/// # use council_core::StopReason;
/// assert_eq!(StopReason::Supersteps(50).to_string(), "the limit of 50 supersteps");
/// ```
///
/// As JSON it is `{"supersteps":50}`, `{"wall_clock_ms":60000}`, `{"superstep_time_ms":5000}`, `"cancelled"` or `"paused"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// [`Limits::supersteps`] was reached.
    Supersteps(u64),
    /// [`Limits::wall_clock`] was reached.
    #[serde(rename = "wall_clock_ms", serialize_with = "write_milliseconds")]
    WallClock(Duration),
    /// [`Limits::superstep_time`] was reached.
    #[serde(rename = "superstep_time_ms", serialize_with = "write_milliseconds")]
    SuperstepTime(Duration),
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
            Self::SuperstepTime(limit) => write!(formatter, "the limit of {} s for a superstep", limit.as_secs_f64()),
            Self::Cancelled => formatter.write_str("cancelled"),
            Self::Paused => formatter.write_str("paused for a human"),
        }
    }
}
