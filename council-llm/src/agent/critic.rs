//! The critic: scores drafts.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use super::prompter::Voice;
use super::prompts;
use crate::chat::model::ChatModel;
use crate::state::council::Council;
use crate::state::decision::Decision;

/// Scores a draft and says what is wrong with it.
///
/// Temperature 0.2, at most 1024 tokens. It writes `score`, `verdict` and `decision`, and appends to `feedback` if the score is below
/// the threshold, also after the last draft, which nobody mends any more. What the critic itself calls its verdict is
/// recorded and decides nothing.
///
/// An answer without a score is asked for once more, and whoever watches reads both. If the second has none either it
/// counts as 0, and [`Verdict::readable`](crate::Verdict::readable) is false.
pub struct Critic {
    voice: Voice,
    threshold: f64,
}

impl Critic {
    /// A critic who judges with this model and sends back what scores below the threshold.
    pub fn new(model: Arc<dyn ChatModel>, threshold: f64) -> Self {
        let system = Some(prompts::critic_system(threshold));
        Self { voice: Voice { model, system, temperature: 0.2, max_tokens: 1_024 }, threshold }
    }
}

#[async_trait]
impl Node<Council> for Critic {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let (verdict, usage, calls) = self.voice.judge(council, context).await?;
        let decision = Decision::of(Some(verdict.score), self.threshold);
        let mut update =
            Council::update().score(Some(verdict.score)).decision(decision).usage(usage).extend_calls(calls);
        if decision == Decision::Rework {
            update = update.feedback(verdict.history_entry());
        }
        Ok(update.verdict(verdict))
    }
}
