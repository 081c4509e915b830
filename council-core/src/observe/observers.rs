//! The observers of a run, and how events are emitted to each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::detail::Detail;
use super::event::{Event, EventKind};
use crate::state::State;
use crate::types::panic;
use crate::types::path::Path;

/// All observers of a run.
pub(crate) struct Observers<S: State> {
    run: Arc<str>,
    path: Path,
    all: Vec<Observer<S>>,
    /// The union of the details of all observers.
    detail: Detail,
    emitted: AtomicU64,
    /// Whether the last event has been emitted.
    over: AtomicBool,
    /// Copies the state, if [`RunBuilder::values`](crate::RunBuilder::values) is set.
    pub(crate) copy: Option<fn(&S) -> S>,
}

/// An observer of a run.
pub(crate) struct Observer<S: State> {
    detail: Detail,
    sink: Box<dyn EventSink<S>>,
    gone: AtomicBool,
}

/// A receiver of events: a function, or the queue of a reader.
pub(crate) trait EventSink<S: State>: Send + Sync {
    fn emit(&self, event: &Event<S>);

    /// No more events will be emitted.
    fn close(&self) {}
}

impl<S: State, F: Fn(&Event<S>) + Send + Sync> EventSink<S> for F {
    fn emit(&self, event: &Event<S>) {
        self(event);
    }
}

impl<S: State> Observer<S> {
    pub(crate) fn new(detail: Detail, sink: impl EventSink<S> + 'static) -> Self {
        Self { detail, sink: Box::new(sink), gone: AtomicBool::new(false) }
    }
}

impl<S: State> Observers<S> {
    pub(crate) fn new(run: Arc<str>, path: Path, all: Vec<Observer<S>>, copy: Option<fn(&S) -> S>) -> Self {
        let detail = all.iter().fold(Detail::END, |detail, observer| detail | observer.detail);
        Self { run, path, all, detail, emitted: AtomicU64::new(0), over: AtomicBool::new(false), copy }
    }

    pub(crate) fn has_any(&self) -> bool {
        !self.all.is_empty()
    }

    pub(crate) fn detail(&self) -> Detail {
        self.detail
    }

    pub(crate) fn want(&self, detail: Detail) -> bool {
        self.detail.has(detail)
    }

    /// Emits an event to all observers, and returns its content, so that nothing is copied.
    pub(crate) fn emit(&self, superstep: u64, kind: EventKind<S>) -> EventKind<S> {
        self.emit_from(self.path.clone(), superstep, kind)
    }

    /// Emits an event of this graph or of a subgraph to all observers.
    ///
    /// An observer that panics is not called again. The panic does not affect the run.
    fn emit_from(&self, path: Path, superstep: u64, kind: EventKind<S>) -> EventKind<S> {
        let detail = kind.detail();
        if !self.want(detail) {
            return kind;
        }
        if kind.is_last() {
            self.over.store(true, Ordering::Release);
        }
        let sequence = self.emitted.fetch_add(1, Ordering::Relaxed) + 1;
        let event = Event { run: Arc::clone(&self.run), sequence, path, superstep, kind };
        for observer in self.all.iter().filter(|observer| observer.detail.has(detail)) {
            if !observer.gone.load(Ordering::Relaxed) && panic::catch(|| observer.sink.emit(&event)).is_err() {
                observer.gone.store(true, Ordering::Relaxed);
            }
        }
        event.kind
    }

    /// Emits no more events from here on.
    pub(crate) fn close(&self) {
        self.over.store(true, Ordering::Release);
        self.all.iter().for_each(|observer| observer.sink.close());
    }

    /// Emits an event of a node, unless the run is over: a node may have passed its context to a task that outlives the run.
    pub(crate) fn emit_late(&self, superstep: u64, kind: EventKind<S>) {
        self.emit_late_from(self.path.clone(), superstep, kind);
    }

    /// Emits an event of a subgraph, unless the run is over, which the subgraph does not know.
    pub(crate) fn emit_late_from(&self, path: Path, superstep: u64, kind: EventKind<S>) {
        if !self.over.load(Ordering::Acquire) {
            self.emit_from(path, superstep, kind);
        }
    }
}
