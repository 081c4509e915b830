//! Projection of a run: folds its records into state, open tasks, questions and status, without its graph.
//!
//! A front end, a list of runs and a history all need the same fold of the records. [`RunProjection`] is that fold.

mod apply;
mod asks;
mod next;
mod progress;
mod typed_record;
mod view;
mod waiting;

pub use typed_record::TypedRecord;
pub use waiting::Waiting;

use std::fmt;

use crate::journal::format::envelope::Envelope;
use crate::journal::format::record::StoredRecord;
use crate::journal::format::successors::StoredSuccessors;
use crate::journal::replay_error::ReplayError;
use crate::journal::status::Status;
use crate::state::durable::Durable;
use crate::state::merge::Merging;
use crate::state::{State, merge};
use crate::types::panic;
use next::Next;
use progress::{Place, Progress};
use typed_record::parse_update;

/// The fold of the records of a run.
///
/// It knows the type of the state, and no graph. After each superstep its state equals the state of the run.
///
/// ```
/// use council_core::journal::{Journal, Memory, ReadFrom, Status, StoredRecord};
/// use council_core::projection::{RunProjection, TypedRecord};
/// use council_core::{State, StateGraph, node};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(State, Default, Serialize, Deserialize)]
/// struct Text {
///     text: String,
/// }
///
/// # let mut graph = StateGraph::<Text>::new("shout");
/// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
/// # graph.start(shout).end(shout);
/// # let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let journal = Memory::default();
/// graph.run(Text { text: "hello".into() }).id("r-1").journal(journal.clone()).await?;
///
/// let mut run = RunProjection::<Text>::default();
/// for entry in journal.read("r-1", ReadFrom::Record(0)).await?.entries {
///     let record = TypedRecord::read(&entry.json)?;
///     if let StoredRecord::TaskDone { node, .. } = &record.envelope.record {
///         assert_eq!((&**node, run.superstep(), &*run.state().text), ("shout", 1, "hello"));
///     }
///     run.apply(record)?;
/// }
/// assert_eq!((run.status(), run.supersteps(), &*run.state().text), (Status::Finished, 1, "HELLO"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "get_state_history")]
pub struct RunProjection<S: State> {
    state: S,
    status: Status,
    reason: Option<String>,
    /// Whether the run was paused when it was closed.
    paused_when_closed: bool,
    /// Whether the first record was applied.
    has_started: bool,
    /// The message of a reducer's panic, which has left the state changed in part.
    panicked: Option<String>,
    progress: Progress<S::Update>,
}

impl<S: State + Default> Default for RunProjection<S> {
    /// Before the first record, which brings the state.
    fn default() -> Self {
        Self::new(S::default())
    }
}

impl<S: Durable> RunProjection<S> {
    /// Begins with the first record of a run, which contains the state.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// let run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// assert_eq!((run.status(), run.superstep(), run.state().text.as_str()), (Status::Running, 1, ""));
    ///
    /// let finished = TypedRecord::read(r#"{"v":3,"record":{"finished":{}}}"#)?;
    /// assert!(matches!(RunProjection::<Text>::begin(finished), Err(ReplayError::NotStarted)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The record does not begin a run.
    pub fn begin(mut first: TypedRecord<'_, S>) -> Result<Self, ReplayError> {
        let mut projection = Self::new(first.state.take().ok_or(ReplayError::NotStarted)?);
        projection.apply(first)?;
        Ok(projection)
    }

    /// Applies the next record of the run, and returns it without its state and its update, which are in the projection now.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// let done = r#"{"v":3,"record":{"task_done":{"node":"write","update":{"text":"a draft"},"committed":{"next":[],"end":true}}}}"#;
    /// run.apply(TypedRecord::read(done)?)?;
    /// assert_eq!((run.supersteps(), run.into_state().text.as_str()), (1, "a draft"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The record does not follow the records before it: it names a task that is not open, or completes a superstep that is not
    /// complete. The projection is unchanged then, except after the panic of a reducer: then it refuses all later records.
    pub fn apply<'a>(&mut self, record: TypedRecord<'a, S>) -> Result<Envelope<'a>, ReplayError> {
        if let Some(message) = &self.panicked {
            return Err(ReplayError::ReducerPanicked { message: message.clone() });
        }
        let TypedRecord { envelope, state, update } = record;
        let applied = if envelope.path.is_empty() {
            self.apply_own(&envelope.record, state, update)
        } else {
            self.progress.apply_nested(&envelope.path, &envelope.record)
        };
        match applied {
            Err(ReplayError::NoTask { .. } | ReplayError::NoSubgraph { .. }) if envelope.record.may_come_late() => {}
            applied => applied?,
        }
        Ok(envelope)
    }

    fn apply_own(
        &mut self,
        record: &StoredRecord<'_>,
        state: Option<S>,
        update: Option<S::Update>,
    ) -> Result<(), ReplayError> {
        match record {
            StoredRecord::Started { .. } | StoredRecord::StartedAt { .. } if self.has_started => {
                return Err(ReplayError::AlreadyStarted);
            }
            StoredRecord::Started { next, held, .. } => self.start(Progress::started(next)?, state, *held),
            StoredRecord::StartedAt { position, held, .. } => {
                let progress = Progress::at(position, |json| parse_update::<S>(json))?;
                self.start(progress, state, *held);
            }
            _ if !self.has_started => return Err(ReplayError::NotStarted),
            StoredRecord::TaskDone { node, item, committed, .. } => {
                let ended = (self.progress.place(node, *item)?, update.unwrap_or_default());
                match committed {
                    None => self.progress.end(ended),
                    Some(committed) => self.commit(Some(ended), committed)?,
                }
            }
            StoredRecord::Committed(committed) => self.commit(None, committed)?,
            StoredRecord::Merged {} => self.merge(None)?,
            StoredRecord::Edited { instead, .. } => {
                let next =
                    instead.as_ref().map(|redirect| self.progress.redirected(&redirect.committed)).transpose()?;
                let edit = update.unwrap_or_default();
                self.reduce(|state, progress| merge::apply_edit(state, progress.waiting_results(), edit))?;
                self.progress.end_waits();
                if let Some(next) = next {
                    self.progress.redirect(next);
                }
            }
            StoredRecord::Finished {} if !self.progress.is_over() => return Err(ReplayError::NotOver),
            StoredRecord::Finished {} => self.stand(Status::Finished, None),
            StoredRecord::Paused { .. } => self.stand(Status::Paused, None),
            StoredRecord::Resumed { held } => self.stand(status_of(*held), None),
            StoredRecord::Stopped { reason } => self.stand(Status::Stopped, Some(reason)),
            StoredRecord::Failed { error } => self.stand(Status::Failed, Some(error)),
            StoredRecord::Closed { reason } => {
                self.paused_when_closed = self.status == Status::Paused;
                self.stand(Status::Closed, Some(reason));
            }
            StoredRecord::Reopened {} => {
                self.progress.end_waits();
                self.stand(if self.paused_when_closed { Status::Paused } else { Status::Stopped }, None);
            }
            StoredRecord::Asked { .. }
            | StoredRecord::Reworded { .. }
            | StoredRecord::Answered { .. }
            | StoredRecord::Refused { .. } => {
                self.progress.apply_question(record)?;
            }
            StoredRecord::TaskFailed { node, item, error, retry_at } => {
                self.progress.fail(node, *item, error, *retry_at)?;
            }
            StoredRecord::Once { .. } | StoredRecord::Upgraded { .. } => {}
        }
        Ok(())
    }

    fn start(&mut self, progress: Progress<S::Update>, state: Option<S>, is_held: bool) {
        (self.has_started, self.progress) = (true, progress);
        if let Some(state) = state {
            self.state = state;
        }
        self.stand(status_of(is_held), None);
    }

    fn stand(&mut self, status: Status, reason: Option<&str>) {
        self.status = status;
        self.reason = reason.map(str::to_owned);
    }

    /// Completes the superstep, whose last task has perhaps ended with this record.
    fn commit(
        &mut self,
        last: Option<(Place, S::Update)>,
        successors: &StoredSuccessors<'_>,
    ) -> Result<(), ReplayError> {
        let next = Next::read(successors)?;
        self.merge(last)?;
        self.progress.commit(next);
        Ok(())
    }

    /// Applies the updates of the superstep to the state, in the order of its tasks, unless that is done already.
    fn merge(&mut self, last: Option<(Place, S::Update)>) -> Result<(), ReplayError> {
        if self.progress.is_merged {
            return Ok(());
        }
        self.progress.check_complete(last.as_ref().map(|(place, _)| *place))?;
        let updates = self.progress.results(last.as_ref().map(|(place, update)| (*place, update)));
        let merging = Merging::of::<S>(updates.map(Some));
        let mut merging = merging.map_err(|conflict| self.progress.conflict(conflict))?;
        if let Some(last) = last {
            self.progress.end(last);
        }
        let updates = self.progress.merge();
        self.reduce(|state, _| updates.for_each(|update| merging.put(state, update)))
    }

    /// Changes the state. A reducer that panics leaves it changed in part: then no record is applied any more.
    fn reduce(&mut self, change: impl FnOnce(&mut S, &mut Progress<S::Update>)) -> Result<(), ReplayError> {
        let Self { state, progress, .. } = self;
        panic::catch(|| change(state, progress)).map_err(|message| {
            self.panicked = Some(message.clone());
            ReplayError::ReducerPanicked { message }
        })
    }
}

impl<S: State> RunProjection<S> {
    fn new(state: S) -> Self {
        let (status, progress) = (Status::Running, Progress::default());
        Self { state, status, reason: None, paused_when_closed: false, has_started: false, panicked: None, progress }
    }
}

impl<S: State> fmt::Debug for RunProjection<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RunProjection")
            .field("status", &self.status)
            .field("supersteps", &self.supersteps())
            .field("open", &self.open_tasks().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn status_of(is_held: bool) -> Status {
    if is_held { Status::Stopped } else { Status::Running }
}
