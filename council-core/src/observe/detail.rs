//! The detail of an observer: which events it receives.

use std::ops::BitOr;

use super::event::EventKind;
use crate::state::State;

/// Which events an observer receives. The last event of the run and lost events are always included.
///
/// ```
/// use council_core::Detail;
///
/// let detail = Detail::TASKS | Detail::TOKENS;
/// assert!(detail.has(Detail::TOKENS) && !detail.has(Detail::UPDATES));
/// assert_eq!(Detail::default(), Detail::ALL);
/// assert!(Detail::ALL.has(detail | Detail::VALUES | Detail::CUSTOM));
/// assert!(Detail::UPDATES.has(Detail::TASKS), "updates come with the events of tasks");
/// assert!(!Detail::END.has(Detail::TASKS), "only the last event");
/// ```
#[doc(alias = "stream_mode")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail(u8);

impl Detail {
    /// Only the last event of the run.
    pub const END: Self = Self(0);
    /// Nodes that start, complete or fail, and valves that open.
    pub const TASKS: Self = Self(1);
    /// The updates of nodes, in the events of their completion: a copy of each update.
    pub const UPDATES: Self = Self(1 | 2);
    /// The whole state after each superstep, if [`RunBuilder::values`](crate::RunBuilder::values) is set.
    pub const VALUES: Self = Self(4);
    /// The text that nodes write with [`Context::token`](crate::Context::token).
    pub const TOKENS: Self = Self(8);
    /// The events of nodes from [`Context::emit`](crate::Context::emit) and [`Context::progress`](crate::Context::progress).
    pub const CUSTOM: Self = Self(16);
    /// All events. This is the default.
    pub const ALL: Self = Self(31);

    /// Whether this includes all of the other.
    ///
    /// ```
    /// # use council_core::Detail;
    /// assert!(Detail::ALL.has(Detail::TOKENS));
    /// assert!(!Detail::TASKS.has(Detail::UPDATES));
    /// ```
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
    /// The detail that an observer needs to receive this event.
    pub(crate) fn detail(&self) -> Detail {
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
