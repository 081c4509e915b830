//! The calls of an agent's task, as the memory of the task holds them.

use council_core::journal::RawJson;
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
    /// The request to continue the answer was too long for the model, and may have cost something. The next attempt asks from the beginning.
    TooLongPaid { too_long: CallRecord },
    /// The request to continue the answer was too long for the model, and cost nothing. The next attempt asks from the beginning.
    TooLong,
}

/// An answer, which is whole or was cut.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct RecordedAnswer {
    pub(super) parts: Parts,
    /// Whether the model reasoned. Only an answer that is not recorded says it.
    #[serde(skip)]
    pub(super) has_reasoning: bool,
    pub(super) record: CallRecord,
}

impl CallRecord {
    /// The call in the value of a [`once`](council_core::Context::once) block of an agent; `None` if the value is of another block.
    ///
    /// An agent keeps failed calls, and answers that another call follows, in such blocks until its task ends. The update of the task
    /// contains them then. So a program that reads the records of a run can show the calls of a task that has not ended. An answer has no
    /// [`fault`](Self::fault) there yet, because the next attempt at the task uses it.
    ///
    /// ```
    /// use council_core::journal::{Envelope, Journal, Memory, ReadFrom, StoredRecord};
    /// use council_llm::{CallRecord, Council, CouncilBuilder, End, ScriptedAnswer, ScriptedModel, Usage};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
    /// let refused = ScriptedAnswer::from("Sor").then_end(End::new("refusal").usage(Usage::new(20, 1)));
    /// let graph = CouncilBuilder::new(ScriptedModel::new("scripted", [refused]).repeating()).build()?;
    /// let journal = Memory::default();
    /// graph.run(Council::new("Rust")).id("r-1").journal(journal.clone()).await.unwrap_err();
    ///
    /// let mut calls = Vec::new();
    /// for entry in journal.read("r-1", ReadFrom::Record(0)).await?.entries {
    ///     if let StoredRecord::Once { value, .. } = Envelope::read(&entry.json)?.record {
    ///         calls.extend(CallRecord::in_once(&value));
    ///     }
    /// }
    /// assert_eq!(calls.len(), 5);
    /// assert_eq!(calls.iter().map(|call| call.usage).sum::<Usage>(), Usage::new(100, 5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_once(value: &RawJson<'_>) -> Option<Self> {
        match value.parse().ok()? {
            RecordedCall::Answer(RecordedAnswer { record, .. })
            | RecordedCall::Failed { failed: record }
            | RecordedCall::TooLongPaid { too_long: record } => Some(record),
            RecordedCall::TooLong => None,
        }
    }
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
