//! The critic: scores drafts.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use super::brief::Brief;
use super::prompter::Prompter;
use super::rounds::Rounds;
use crate::blueprint::data::Agent;
use crate::chat::model::ChatModel;
use crate::state::council::Council;
use crate::state::decision::{DEFAULT_THRESHOLD, Decision};

/// Scores a draft and says what is wrong with it.
///
/// Temperature 0.2, at most 1024 tokens. It writes `score`, `verdict` and `decision`, and appends to `feedback` if the score is below
/// the threshold, also after the last draft, which nobody mends any more. What the critic itself calls its verdict is
/// recorded and decides nothing.
///
/// An answer without a score is asked for once more, and whoever watches reads both. If the second has none either it
/// counts as 0, and [`Verdict::readable`](crate::Verdict::readable) is false.
pub struct Critic {
    prompter: Prompter,
    threshold: f64,
    rounds: Rounds,
}

impl Critic {
    /// A critic who judges with this model and sends back what scores below the threshold.
    pub fn new(model: Arc<dyn ChatModel>, threshold: f64) -> Self {
        Self { prompter: Prompter { model, brief: Brief::critic(threshold) }, threshold, rounds: Rounds::ByDraft }
    }

    /// An agent of a blueprint that scores.
    pub(crate) fn of(agent: &Agent, model: Arc<dyn ChatModel>) -> Self {
        let prompter = Prompter { model, brief: Brief::of(agent) };
        Self { prompter, threshold: DEFAULT_THRESHOLD, rounds: Rounds::ByRework }
    }
}

#[async_trait]
impl Node<Council> for Critic {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let (verdict, usage, calls) = self.prompter.judge(council, context).await?;
        let by_score = Decision::of(Some(verdict.score), self.threshold);
        let mut update = Council::update().score(Some(verdict.score)).usage(usage).extend_calls(calls);
        if by_score == Decision::Rework {
            update = update.feedback(verdict.history_entry());
        }
        Ok(self.rounds.after_verdict(by_score, council.iteration, update).verdict(verdict))
    }
}
