//! The call of an agent's model, with the answer as a text or as a verdict.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use council_core::Context;
use futures_util::StreamExt;

use super::brief::Brief;
use super::error::AgentError;
use super::verdict::Reading;
use crate::chat::custom_error::CustomError;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, Usage};
use crate::chat::model::ChatModel;
use crate::chat::reasoning::{Parts, Piece, Splitter};
use crate::chat::request::ChatRequest;
use crate::state::council::Council;
use crate::state::verdict::Verdict;

/// A model with the prompt and the limits of its agent.
pub(super) struct Prompter {
    pub(super) model: Arc<dyn ChatModel>,
    pub(super) brief: Brief,
}

impl Prompter {
    /// Calls the model, and passes the answer on to the run's watchers as it is written, without the reasoning before it.
    async fn ask(&self, request: ChatRequest, context: &Context<Council>) -> Result<(Parts, Usage), AgentError> {
        let model = &*self.model;
        let failed = |had_begun, source| AgentError::Chat { model: model.name().to_owned(), had_begun, source };
        let mut stream = model.stream(request).await.map_err(|error| failed(false, error))?;
        let mut had_begun = false;
        let (mut answer, mut splitter) = (Parts::default(), Splitter::default());
        let mut take = |piece: Piece| {
            match &piece {
                Piece::Text(text) => context.token(text.as_str()),
                Piece::Reasoning(_) => {}
                Piece::Withdrawn => {
                    withdraw_tokens(context, "the text so far was reasoning");
                }
            }
            answer.add(piece);
        };
        while let Some(event) = stream.next().await {
            match event.map_err(|error| failed(had_begun, error))? {
                ChatEvent::Delta(delta) => {
                    had_begun = true;
                    splitter.push(&delta, &mut take);
                }
                ChatEvent::Reasoning(_) => had_begun = true,
                // The run waits in place of the call, so it is seen to wait and holds no place among the running runs.
                ChatEvent::Waiting { reason, until } => {
                    if let Some(wait) = until.map(left).filter(|wait| *wait > LONGEST_WAIT_IN_PLACE) {
                        let error = CustomError::new(format!("it has to wait for {reason}")).retry_after(wait);
                        return Err(failed(false, error.into()));
                    }
                }
                ChatEvent::Done(end) => {
                    answer.cut = splitter.finish(&mut take);
                    if end.is_cut() {
                        tracing::warn!(
                            model = model.name(),
                            node = context.node(),
                            stop_reason = end.stop_reason,
                            "the answer was cut and may be unfinished"
                        );
                    }
                    return Ok((answer, end.usage));
                }
            }
        }
        Err(failed(had_begun, ChatError::Truncated))
    }

    /// Returns a text that is not blank, and the tokens of the call.
    pub(super) async fn write(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(String, Usage), AgentError> {
        let (Parts { text, .. }, usage) = self.ask(self.brief.request(council), context).await?;
        if text.trim().is_empty() {
            return Err(AgentError::Empty { model: self.model.name().to_owned() });
        }
        Ok((text, usage))
    }

    /// The verdict on the draft. An answer without a score that is read for sure is asked for again, at most `clarifications`
    /// times.
    pub(super) async fn judge(
        &self,
        council: &Council,
        context: &Context<Council>,
        threshold: f64,
        clarifications: u32,
    ) -> Result<Judgement, AgentError> {
        let (mut answer, mut usage) = self.ask(self.brief.request(council), context).await?;
        let mut unreadable = Vec::new();
        for _ in 0..clarifications {
            if matches!(Reading::of_parts(&answer, &council.draft, threshold), Reading::Score(_)) {
                break;
            }
            withdraw_tokens(context, "the answer is asked for again");
            let (next, more) = self.ask(self.brief.clarification(council, &answer.text), context).await?;
            usage += more;
            unreadable.push(std::mem::replace(&mut answer, next).text);
        }
        let verdict = Reading::of_parts(&answer, &council.draft, threshold).into_verdict();
        Ok(Judgement { verdict, unreadable, usage })
    }
}

/// Tells watchers of the run that the tokens so far do not count, and why.
fn withdraw_tokens(context: &Context<Council>, reason: &str) {
    // It fails only for a value that cannot be JSON.
    let _ = context.emit(TOKENS_WITHDRAWN, reason);
}

/// The name of the event by which an agent takes back the tokens of its current call.
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

/// A call that has to wait for longer fails, and is retried after that time. So the run is seen to wait, and holds no place among the
/// running runs.
const LONGEST_WAIT_IN_PLACE: Duration = Duration::from_secs(60);

/// What a critic's model said.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    /// The answers before it that could not be read for sure.
    pub(super) unreadable: Vec<String>,
    /// What the calls took.
    pub(super) usage: Usage,
}
