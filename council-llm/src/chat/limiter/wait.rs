//! Why a call has to wait, and until when.

use tokio::time::Instant;

use crate::chat::wait::WaitReason;

/// Why a call has to wait, and until when if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) reason: WaitReason,
    pub(super) until: Option<Instant>,
}

impl Wait {
    /// The wait for a free slot.
    pub(super) const SLOT: Self = Self { reason: WaitReason::Slot, until: None };

    pub(super) fn quota(until: Instant) -> Self {
        Self { reason: WaitReason::Quota, until: Some(until) }
    }

    /// The longest of these waits. A wait without a time is reported only if there is no other.
    pub(super) fn longest(waits: impl Iterator<Item = Self>) -> Option<Self> {
        waits.max_by_key(|wait| wait.until)
    }
}
