//! The calls of an agent's task, as the memory of the task holds them.

use serde::{Deserialize, Serialize};

use super::error::AgentError;
use crate::chat::reasoning::Parts;
use crate::state::call_record::CallRecord;

/// A call in the memory of the task, which later attempts do not repeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum RecordedCall {
    /// An answer that another call follows.
    Answer(RecordedAnswer),
    /// A call that failed and may have cost something. The next attempt makes it again.
    Failed { failed: CallRecord },
    /// The request to continue the answer was too long for the model. The next attempt asks from the beginning.
    TooLong,
}

/// An answer, which is whole or was cut.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RecordedAnswer {
    pub(super) parts: Parts,
    pub(super) record: CallRecord,
}

/// The error of a block whose call the memory of the task does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the call is not recorded")]
pub(super) struct Unrecorded;

/// A failed call.
pub(super) struct FailedCall {
    pub(super) error: AgentError,
    /// `None` if the call cannot have cost anything.
    pub(super) record: Option<CallRecord>,
}

impl FailedCall {
    /// Whether the request to continue an answer was too long for the model.
    pub(super) fn cannot_be_continued(&self) -> bool {
        matches!(self.error, AgentError::TooLong { had_begun: true, .. })
    }
}
