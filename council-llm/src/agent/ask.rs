//! One call of an agent's model, and the tokens that watchers of the run see meanwhile.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use council_core::Context;
use futures_util::StreamExt;

use super::call_wait::{CallWait, WaitNotice};
use super::seam::Seam;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, End, Usage};
use crate::chat::model::ChatModel;
use crate::chat::reasoning::{Parts, Piece, Splitter};
use crate::chat::request::ChatRequest;
use crate::chat::wait::WaitReason;
use crate::state::council::Council;

/// A call without a complete answer.
pub(super) struct Broken {
    /// The tokens, as far as the provider had reported them.
    pub(super) spent: Usage,
    pub(super) cause: Cause,
}

/// Why a call has no complete answer.
pub(super) enum Cause {
    Failed {
        /// Whether a part of the answer had arrived.
        had_begun: bool,
        /// The number of characters of the answer that had arrived.
        received: usize,
        source: ChatError,
    },
    /// The call was not made, because it would have to wait for too long.
    Held { wait: CallWait, retry_after: Duration },
}

/// An answer.
pub(super) struct Answered {
    pub(super) parts: Parts,
    /// Whether the model reasoned, in the text or apart from it.
    pub(super) has_reasoning: bool,
    pub(super) end: End,
}

/// Calls the model, and passes the answer on to the run's watchers as it is written, without the reasoning before it. If it continues
/// an answer that was cut, what repeats the end of the text so far is not passed on.
///
/// A call that has to wait in the queue for longer than `longest_in_place` fails.
pub(super) async fn ask(
    model: &dyn ChatModel,
    request: ChatRequest,
    text_so_far: &str,
    patience: Duration,
    context: &Context<Council>,
) -> Result<Answered, Broken> {
    let (mut had_begun, mut has_reasoning, mut received, mut spent) = (false, false, 0, Usage::default());
    let failed = |had_begun, received, spent, source| {
        let cause = Cause::Failed { had_begun, received, source };
        Broken { spent, cause }
    };
    let mut stream = model.stream(request).await.map_err(|source| failed(had_begun, received, spent, source))?;
    let mut wait_notice = WaitNotice::new(context, model.name());
    let (mut answer, mut splitter, mut seam) = (Parts::default(), Splitter::default(), Seam::new(text_so_far));
    let mut take = |piece: Piece| {
        match &piece {
            Piece::Text(text) => show(&seam.push(text), context),
            Piece::Reasoning(_) => {}
            Piece::Withdrawn => {
                withdraw_tokens(context, "the text so far was the model's reasoning");
                show(text_so_far, context);
                seam = Seam::new(text_so_far);
            }
        }
        answer.add(piece);
    };
    while let Some(event) = stream.next().await {
        if !matches!(event, Ok(ChatEvent::Waiting { .. })) {
            wait_notice.end();
        }
        match event.map_err(|source| failed(had_begun, received, spent, source))? {
            ChatEvent::Delta(delta) => {
                had_begun = true;
                received += delta.chars().count();
                splitter.push(&delta, &mut take);
            }
            ChatEvent::Reasoning(_) => (had_begun, has_reasoning) = (true, true),
            ChatEvent::Sent => {}
            ChatEvent::Spent(usage) => spent += usage,
            ChatEvent::Waiting { reason, until } => {
                if let Some(retry_after) = until.map(left).filter(|time| *time > longest_in_place(reason, patience)) {
                    let wait = CallWait::new(model.name(), reason, until);
                    return Err(Broken { spent, cause: Cause::Held { wait, retry_after } });
                }
                wait_notice.begin(reason, until);
            }
            ChatEvent::Done(mut end) => {
                end.usage += spent;
                answer.cut = splitter.finish(&mut take);
                show(&seam.finish(), context);
                has_reasoning |= !answer.reasoning.trim().is_empty();
                return Ok(Answered { parts: answer, has_reasoning, end });
            }
        }
    }
    Err(failed(had_begun, received, spent, ChatError::Truncated))
}

/// Shows a text to watchers of the run.
pub(super) fn show(text: &str, context: &Context<Council>) {
    if !text.is_empty() {
        context.token(text);
    }
}

/// Tells watchers of the run that the tokens so far do not count, and why.
pub(super) fn withdraw_tokens(context: &Context<Council>, reason: &str) {
    // It fails only for a value that cannot be JSON.
    let _ = context.emit(TOKENS_WITHDRAWN, reason);
}

/// The name of the event by which an agent takes back the tokens of its whole answer so far, those of earlier calls too. Tokens that still count
/// follow again.
///
/// A critic takes back an answer that is not clear and is asked for again. Some servers send a model's reasoning without its opening mark. That the first tokens were reasoning is known at the closing mark.
///
/// ```
/// use council_core::EventKind;
/// use council_llm::{Council, CouncilBuilder, ScriptedModel, TOKENS_WITHDRAWN};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let model = ScriptedModel::new("scripted", ["Let me see. </think> A draft.", "SCORE: 9", "The document."]);
/// let mut run = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).start();
/// let mut shown = String::new();
/// while let Some(event) = run.next().await {
///     match &event.kind {
///         EventKind::Token { text, .. } => shown.push_str(text),
///         EventKind::Custom { name, .. } if **name == *TOKENS_WITHDRAWN => shown.clear(),
///         EventKind::NodeCompleted { .. } => break,
///         _ => {}
///     }
/// }
/// assert_eq!(shown, "A draft.");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const TOKENS_WITHDRAWN: &str = "tokens_withdrawn";

/// The time that is left until this time, in milliseconds since 1970.
fn left(until: u64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(until).saturating_sub(now)
}

/// How long a call may wait in its place in the queue of its provider. A call waits for the quota of a minute whatever the patience of the
/// agent is, because the quota may be the operator's own limit.
fn longest_in_place(reason: WaitReason, patience: Duration) -> Duration {
    let longest = LONGEST_WAIT_IN_PLACE.min(patience);
    if reason == WaitReason::Quota { longest.max(QUOTA_OF_A_MINUTE) } else { longest }
}

/// A call that has to wait for longer fails, and is retried after that time. So the wait is in the journal, and goes on after a restart.
const LONGEST_WAIT_IN_PLACE: Duration = Duration::from_secs(90);

/// The longest wait for the quota of a minute: one minute, plus the time that a call needs to reach the provider.
const QUOTA_OF_A_MINUTE: Duration = Duration::from_secs(70);
