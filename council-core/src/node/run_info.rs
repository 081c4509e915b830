//! `RunInfo`: the data that all tasks of a run share.

use std::sync::Arc;

use super::memory::SuperstepMemory;
use super::recorder::TaskRecorder;
use super::task_tracker::TaskTracker;
use crate::observe::observers::Observers;
use crate::state::State;
use crate::types::breakpoints::Breakpoints;
use crate::types::cancel::Cancel;
use crate::types::limits::Limits;
use crate::types::node_names::NodeNames;
use crate::types::path::Path;
use crate::types::permits::Permits;

/// The data that all tasks of a run share.
pub(crate) struct RunInfo<S: State> {
    pub(crate) id: Arc<str>,
    pub(crate) names: Arc<NodeNames>,
    pub(crate) path: Path,
    pub(crate) limits: Limits,
    pub(crate) deps: Arc<S::Deps>,
    pub(crate) cancel: Cancel,
    /// `None` without observers: then no event is made and no clock is read.
    pub(crate) observers: Option<Arc<Observers<S>>>,
    /// Counts the spawned tasks, if any node is spawned.
    pub(crate) tracker: Option<TaskTracker>,
    /// One permit for each task that may run at the same time, if [`Limits::concurrency`] sets a bound.
    pub(crate) permits: Option<Arc<Permits>>,
    /// The nodes before and after which the run waits for a human, if there are any.
    pub(crate) breakpoints: Option<Arc<Breakpoints>>,
    /// The questions and `once` blocks of the tasks.
    pub(crate) memory: SuperstepMemory,
    /// Records the questions and `once` blocks, if the run is recorded.
    pub(crate) recorder: Option<Arc<dyn TaskRecorder>>,
}
