//! The wait of a run: no task is at work before a time.

use super::RunProjection;
use super::progress::{FailedAttempt, Progress};
use crate::journal::replay_error::ReplayError;
use crate::journal::status::Status;
use crate::state::State;

/// What a run waits for, and until when; see [`RunProjection::waiting`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting<'a> {
    /// When the next attempt begins, in milliseconds since 1970.
    pub until: u64,
    /// The error of the last attempt, with its sources. `None` in a run that began at the position of another one.
    pub reason: Option<&'a str>,
}

impl<S: State> RunProjection<S> {
    /// The wait of the run: each of its open tasks has failed, and is tried again later. `None` if a task is at work, and for a run that is
    /// paused or has ended.
    ///
    /// No record says that the next attempt has begun, so the run waits only while the time has not come yet.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// assert!(run.waiting().is_none());
    /// let failed = r#"{"v":3,"record":{"task_failed":{"node":"write","error":"no paper","retry_at":3600000}}}"#;
    /// run.apply(TypedRecord::read(failed)?)?;
    /// let waiting = run.waiting().unwrap();
    /// assert_eq!((waiting.until, waiting.reason), (3_600_000, Some("no paper")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn waiting(&self) -> Option<Waiting<'_>> {
        matches!(self.status, Status::Running | Status::Stopped).then(|| self.progress.waiting())?
    }
}

impl<U> Progress<U> {
    /// Notes that an attempt at a task has failed, and when the next one begins if it begins later.
    pub(super) fn fail(
        &mut self,
        node: &str,
        item: Option<u32>,
        error: &str,
        retry_at: Option<u64>,
    ) -> Result<(), ReplayError> {
        let place = self.place(node, item)?;
        let failed = retry_at.map(|retry_at| FailedAttempt { retry_at, error: Some(error.to_owned()) });
        self.task(place).failed = failed;
        Ok(())
    }

    /// Lets the next attempt of each failed task begin at once, in subgraphs too.
    pub(super) fn end_waits(&mut self) {
        for task in self.nodes.iter_mut().flat_map(|node| &mut node.tasks) {
            task.failed = None;
            if let Some(nested) = &mut task.nested {
                nested.end_waits();
            }
        }
    }

    /// The next attempt, if all open tasks wait for one.
    fn waiting(&self) -> Option<Waiting<'_>> {
        let mut first: Option<Waiting<'_>> = None;
        for (_, _, task) in self.open() {
            let waiting = match (&task.failed, &task.nested) {
                (Some(FailedAttempt { retry_at, error }), _) => Waiting { until: *retry_at, reason: error.as_deref() },
                (None, Some(nested)) => nested.waiting()?,
                (None, None) => return None,
            };
            if first.is_none_or(|first| waiting.until < first.until) {
                first = Some(waiting);
            }
        }
        first
    }
}
