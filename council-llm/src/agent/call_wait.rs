//! The wait of a call for its turn, as watchers of the run see it.

use std::fmt;

use council_core::Context;
use serde::{Deserialize, Serialize};

use crate::chat::wait::WaitReason;
use crate::state::council::Council;

/// What a call of a model waits for before it is sent: the value of the event [`CALL_WAITING`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallWait {
    /// The name of the model.
    pub model: String,
    /// The reason of the wait.
    pub reason: WaitReason,
    /// The call is not sent before this time, in milliseconds since 1970, UTC. `None` if it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
}

impl CallWait {
    /// The wait of a call of this model for this reason, until this time in milliseconds since 1970.
    ///
    /// ```
    /// use council_llm::{CallWait, WaitReason};
    ///
    /// let wait = CallWait::new("gpt-5", WaitReason::Quota, 1_700_000_000_000);
    /// assert_eq!(wait.to_string(), "a call of model `gpt-5` waits for the quota");
    /// ```
    #[must_use]
    pub fn new(model: impl Into<String>, reason: WaitReason, until: impl Into<Option<u64>>) -> Self {
        Self { model: model.into(), reason, until: until.into() }
    }
}

impl fmt::Display for CallWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a call of model `{}` waits for {}", self.model, self.reason)
    }
}

/// The name of the event by which an agent says that its call waits for its turn, or goes on.
///
/// The value is a [`CallWait`]; it is null when the call is sent or has failed. The end of the attempt at the node ends the wait too.
/// A call that has to wait for more than 90 seconds fails instead and is retried at its time, so its wait is in the journal.
///
/// ```
/// use council_core::EventKind;
/// use council_llm::{CALL_WAITING, CallWait, ChatModel, ChatRequest, Council, CouncilBuilder, Limiter, RateLimited, RateLimits, ScriptedModel};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let limiter = Limiter::new(RateLimits::default().concurrency(1));
/// let other = RateLimited::new(ScriptedModel::new("other", ["Hello."]), &limiter);
/// let mut slot = Some(other.stream(ChatRequest::user("Say hello.")).await?);
///
/// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9", "The document."]);
/// let mut run = CouncilBuilder::new(RateLimited::new(model, &limiter)).build()?.run(Council::new("Rust")).start();
/// let mut shown = Vec::new();
/// while let Some(event) = run.next().await {
///     if let EventKind::Custom { name, value, .. } = &event.kind
///         && **name == *CALL_WAITING
///     {
///         let wait: Option<CallWait> = value.parse()?;
///         shown.push(wait.map_or("the call goes on".to_owned(), |wait| wait.to_string()));
///         slot = None;
///     }
/// }
/// assert_eq!(shown, ["a call of model `scripted` waits for a free slot", "the call goes on"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const CALL_WAITING: &str = "call_waiting";

/// Tells watchers of the run that a call waits, and when the wait is over.
pub(super) struct WaitNotice<'a> {
    context: &'a Context<Council>,
    model: &'a str,
    is_announced: bool,
}

impl<'a> WaitNotice<'a> {
    pub(super) fn new(context: &'a Context<Council>, model: &'a str) -> Self {
        Self { context, model, is_announced: false }
    }

    /// The call waits.
    pub(super) fn begin(&mut self, reason: WaitReason, until: Option<u64>) {
        self.is_announced = true;
        self.tell(Some(&CallWait::new(self.model, reason, until)));
    }

    /// The call is sent, or has failed.
    pub(super) fn end(&mut self) {
        if std::mem::take(&mut self.is_announced) {
            self.tell(None);
        }
    }

    fn tell(&self, wait: Option<&CallWait>) {
        // It fails only for a value that cannot be JSON.
        let _ = self.context.emit(CALL_WAITING, &wait);
    }
}
