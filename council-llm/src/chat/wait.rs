//! The reason why a call waits for its turn.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The reason why a call waits before it is sent: see [`ChatEvent::Waiting`](crate::ChatEvent::Waiting).
///
/// ```
/// use council_llm::WaitReason;
///
/// assert_eq!(format!("waiting for {}", WaitReason::Quota), "waiting for the quota");
/// assert_eq!(serde_json::to_string(&WaitReason::Quota)?, r#""quota""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum WaitReason {
    /// As many calls are at work as the provider takes at the same time, or other calls are next.
    Slot,
    /// The calls or tokens of this minute, or of another period of the provider, are spent.
    Quota,
    /// The provider is overloaded or away, and asked to wait.
    Overload,
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Slot => "a free slot",
            Self::Quota => "the quota",
            Self::Overload => "an overloaded provider",
        })
    }
}
