//! Who watches a run, and in which detail.

use std::ops::BitOr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::event::{Event, EventKind};
use crate::panic;
use crate::path::Path;
use crate::state::State;

/// Which events somebody wants. The end of the run and lost events are always told.
///
/// ```
/// use council_core::Detail;
///
/// let detail = Detail::TASKS | Detail::TOKENS;
/// assert!(detail.has(Detail::TOKENS) && !detail.has(Detail::UPDATES));
/// assert!(Detail::default().has(detail));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail(u8);

impl Detail {
    /// Only how the run ends.
    pub const END: Self = Self(0);
    /// Nodes that start, complete and fail, and valves that open.
    pub const TASKS: Self = Self(1);
    /// What nodes want changed, in the events of their completion: a copy of each update.
    pub const UPDATES: Self = Self(1 | 2);
    /// The whole state after each superstep, if the run was asked for it by [`RunBuilder::values`](crate::RunBuilder::values).
    pub const VALUES: Self = Self(4);
    /// What nodes write: [`Context::token`](crate::Context::token).
    pub const TOKENS: Self = Self(8);
    /// What nodes say of their own: [`Context::emit`](crate::Context::emit) and
    /// [`Context::progress`](crate::Context::progress).
    pub const CUSTOM: Self = Self(16);
    /// Everything; the default.
    pub const ALL: Self = Self(31);

    /// Whether all of the other is in this.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Default for Detail {
    fn default() -> Self {
        Self::ALL
    }
}

impl BitOr for Detail {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl<S: State> EventKind<S> {
    /// What somebody has to want to be told this.
    fn detail(&self) -> Detail {
        match self {
            Self::NodeStarted { .. }
            | Self::NodeCompleted { .. }
            | Self::NodeFailed { .. }
            | Self::ValveOpened { .. } => Detail::TASKS,
            Self::Token { .. } => Detail::TOKENS,
            Self::Custom { .. } | Self::Progress { .. } => Detail::CUSTOM,
            Self::Values { .. } => Detail::VALUES,
            Self::Finished | Self::Paused { .. } | Self::Stopped { .. } | Self::Failed { .. } | Self::Lost { .. } => {
                Detail::END
            }
        }
    }
}

/// Everyone who watches a run.
pub(crate) struct Observers<S: State> {
    run: Arc<str>,
    path: Path,
    all: Vec<Observer<S>>,
    /// What any of them wants.
    detail: Detail,
    told: AtomicU64,
    /// Whether the last event has been told.
    over: AtomicBool,
    /// Copies the state, if somebody wants it.
    pub(crate) copy: Option<fn(&S) -> S>,
}

/// One of them.
pub(crate) struct Observer<S: State> {
    detail: Detail,
    ear: Box<dyn Ear<S>>,
    gone: AtomicBool,
}

/// What is told of events: a function, or the queue of a reader.
pub(crate) trait Ear<S: State>: Send + Sync {
    fn hear(&self, event: &Event<S>);

    /// Nothing will be told any more.
    fn close(&self) {}
}

impl<S: State, F: Fn(&Event<S>) + Send + Sync> Ear<S> for F {
    fn hear(&self, event: &Event<S>) {
        self(event);
    }
}

impl<S: State> Observer<S> {
    pub(crate) fn new(detail: Detail, ear: impl Ear<S> + 'static) -> Self {
        Self { detail, ear: Box::new(ear), gone: AtomicBool::new(false) }
    }
}

impl<S: State> Observers<S> {
    pub(crate) fn new(run: Arc<str>, path: Path, all: Vec<Observer<S>>, copy: Option<fn(&S) -> S>) -> Self {
        let detail = all.iter().fold(Detail::END, |detail, observer| detail | observer.detail);
        Self { run, path, all, detail, told: AtomicU64::new(0), over: AtomicBool::new(false), copy }
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

    /// Tells everyone, and gives back what was told, so that nothing has to be copied.
    pub(crate) fn tell(&self, superstep: u64, kind: EventKind<S>) -> EventKind<S> {
        self.tell_from(self.path.clone(), superstep, kind)
    }

    /// Tells everyone of something in this graph, or in a subgraph.
    ///
    /// An observer that panics is not called again: the run does not notice.
    fn tell_from(&self, path: Path, superstep: u64, kind: EventKind<S>) -> EventKind<S> {
        let detail = kind.detail();
        if !self.want(detail) {
            return kind;
        }
        if kind.is_last() {
            self.over.store(true, Ordering::Release);
        }
        let sequence = self.told.fetch_add(1, Ordering::Relaxed) + 1;
        let event = Event { run: Arc::clone(&self.run), sequence, path, superstep, kind };
        for observer in self.all.iter().filter(|observer| observer.detail.has(detail)) {
            if !observer.gone.load(Ordering::Relaxed) && panic::catch(|| observer.ear.hear(&event)).is_err() {
                observer.gone.store(true, Ordering::Relaxed);
            }
        }
        event.kind
    }

    /// Tells nothing from here on.
    pub(crate) fn close(&self) {
        self.over.store(true, Ordering::Release);
        self.all.iter().for_each(|observer| observer.ear.close());
    }

    /// Tells what a node says. It may have handed its context to a task that outlives the run; what that says comes too late.
    pub(crate) fn tell_late(&self, superstep: u64, kind: EventKind<S>) {
        self.tell_late_from(self.path.clone(), superstep, kind);
    }

    /// Tells what is told in a subgraph, which does not know that the run is over.
    pub(crate) fn tell_late_from(&self, path: Path, superstep: u64, kind: EventKind<S>) {
        if !self.over.load(Ordering::Acquire) {
            self.tell_from(path, superstep, kind);
        }
    }
}
