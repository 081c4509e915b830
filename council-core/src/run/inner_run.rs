//! The settings of a run inside a subgraph, taken from the outer run: its limits, its observers and its recording.

use std::any::Any;
use std::sync::Arc;

use super::subgraph::Subgraph;
use super::subgraph_deps::DepsOf;
use crate::journal::replay_error::ReplayError;
use crate::node::context::Context;
use crate::node::memory::SuperstepMemory;
use crate::node::run_info::RunInfo;
use crate::observe::detail::Detail;
use crate::observe::event::{Event, EventKind};
use crate::observe::observers::{Observer, Observers};
use crate::state::State;
use crate::stored::recording::{Recording, path_into};
use crate::types::path::Path;

impl<S: State, T: State + Clone, I> Subgraph<S, T, I> {
    pub(super) fn run_info(&self, outer: &Context<S>, deps: &DepsOf<S, T>) -> RunInfo<T> {
        let run = &*outer.run;
        let path = run.path.and(outer.task());
        RunInfo {
            id: Arc::clone(&run.id),
            names: Arc::clone(&self.graph.inner.names),
            limits: run.limits,
            deps: deps(&run.deps),
            cancel: run.cancel.clone(),
            observers: self.observers(run, &path),
            tracker: run.tracker.clone(),
            permits: run.permits.clone(),
            breakpoints: run.breakpoints.as_ref().and_then(|breakpoints| breakpoints.inside(outer.node)),
            path,
            memory: SuperstepMemory::default(),
            recorder: None,
        }
    }

    pub(super) fn recording(&self, outer: &Context<S>) -> Option<Recording<T>> {
        let outer_recorder: &dyn Any = &**outer.run.recorder.as_ref()?;
        let recording: &Recording<S> = outer_recorder.downcast_ref()?;
        let path = path_into(outer);
        Some(Recording { recorder: Arc::clone(&recording.recorder), codec: self.codec?, path, summary: None })
    }

    pub(super) fn not_stored(&self) -> ReplayError {
        ReplayError::NoSubgraph { node: self.graph.name().to_owned() }
    }

    /// The observers of this subgraph, and those of the run.
    fn observers(&self, run: &RunInfo<S>, path: &Path) -> Option<Arc<Observers<T>>> {
        let mut observers = Vec::new();
        for observer in &self.observers {
            let observer = Arc::clone(observer);
            observers.push(Observer::new(Detail::ALL, move |event: &Event<T>| observer(event)));
        }
        if let Some(outer) = run.observers.clone() {
            let detail = outer.detail();
            let forward = move |event: &Event<T>| {
                let inside = Some(&event.kind).filter(|kind| !kind.is_last());
                if let Some(kind) = inside.and_then(EventKind::for_outer) {
                    outer.emit_late_from(event.path.clone(), event.superstep, kind);
                }
            };
            observers.push(Observer::new(detail, forward));
        }
        (!observers.is_empty()).then(|| Arc::new(Observers::new(Arc::clone(&run.id), path.clone(), observers, None)))
    }
}
