//! The critic: scores drafts.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use super::brief::Brief;
use super::limits::limits;
use super::prompter::{Judgement, Prompter, usage};
use super::rounds::Rounds;
use crate::blueprint::data::Agent;
use crate::chat::model::ChatModel;
use crate::chat::request::ChatRequest;
use crate::state::council::Council;
use crate::state::decision::{DEFAULT_CLARIFICATIONS, DEFAULT_THRESHOLD, Decision};
use crate::state::feedback::Review;

/// The agent that scores the draft and gives feedback on it.
///
/// Temperature 0.2. It writes `score`, `decision`, `usage` and `calls`, and appends a [`Review`] to `feedback`.
/// The score decides. The verdict word in the answer is only recorded.
///
/// An answer that reaches the limit of its length is continued, at most four times, and then read as a whole. If it has no text, because the
/// model spent its room on reasoning, it is asked for again: the model is asked to think
/// briefly, and a limit that is set is doubled.
///
/// An answer without a score that is read for sure, or with one that contradicts its own verdict word, is asked for again, twice by default
/// ([`clarifications`](Self::clarifications)). A watcher of the run sees all answers. If the last one is no clearer there is no score, and
/// the draft goes back: it is never an approval.
///
/// ```
/// use std::sync::Arc;
/// use council_core::StateGraph;
/// use council_llm::{Council, Critic, Master, ScriptedModel};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let model = Arc::new(ScriptedModel::new("scripted", ["A draft.", "SCORE: 6\nVERDICT: approve\nFEEDBACK: Say more."]));
/// let mut graph = StateGraph::<Council>::new("judged");
/// let master = graph.node("master", Master::new(model.clone()));
/// let critic = graph.node("critic", Critic::new(model, 8.0));
/// graph.start(master);
/// graph.edge(master, critic);
/// graph.end(critic);
/// let council = graph.compile()?.run(Council::new("Rust")).await?.into_state();
/// assert_eq!(council.score, Some(6.0));
/// assert_eq!(council.decision, Some(council_llm::Decision::Rework));
/// assert_eq!(council.feedback_history(), ["Score: 6/10\nSay more."]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Critic {
    prompter: Prompter,
    threshold: f64,
    rounds: Rounds,
    clarifications: u32,
}

impl Critic {
    /// A critic with this model. It sends a draft back whose score is below `threshold`, 0 to 10.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_llm::{Council, Critic, ScriptedModel};
    ///
    /// let critic = Critic::new(Arc::new(ScriptedModel::new("scripted", ["SCORE: 9"])), 7.5);
    /// let system = critic.request(&Council::new("Rust")).system.unwrap();
    /// assert!(system.contains("7.5 or higher"));
    /// ```
    pub fn new(model: Arc<dyn ChatModel>, threshold: f64) -> Self {
        Self {
            prompter: Prompter::new(model, Brief::critic(threshold)),
            threshold,
            rounds: Rounds::ByDraft,
            clarifications: DEFAULT_CLARIFICATIONS,
        }
    }

    /// Sets how often an answer that is not clear is asked for again, for each draft; 2 by default.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_llm::{Critic, ScriptedModel};
    ///
    /// let critic = Critic::new(Arc::new(ScriptedModel::new("scripted", ["SCORE: 9"])), 8.0).clarifications(1);
    /// ```
    #[must_use]
    pub fn clarifications(self, most: u32) -> Self {
        Self { clarifications: most, ..self }
    }

    /// The request of this critic for a council in this state. It depends on nothing else.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_core::State;
    /// use council_llm::{Council, Critic, ScriptedModel};
    ///
    /// let critic = Critic::new(Arc::new(ScriptedModel::new("scripted", ["SCORE: 9"])), 8.0);
    /// let mut council = Council::new("Rust");
    /// council.apply(Council::update().draft("# Rust"));
    /// assert!(critic.request(&council).messages[0].content.contains("<draft>\n# Rust\n</draft>"));
    /// ```
    #[must_use]
    pub fn request(&self, council: &Council) -> ChatRequest {
        self.prompter.brief.request(council, 0)
    }

    /// The critic of a blueprint.
    pub(crate) fn of(agent: &Agent, model: Arc<dyn ChatModel>) -> Self {
        let prompter = Prompter::new(model, Brief::of(agent));
        let (threshold, clarifications) = (DEFAULT_THRESHOLD, DEFAULT_CLARIFICATIONS);
        Self { prompter, threshold, rounds: Rounds::ByRework, clarifications }
    }
}

limits!(Critic, "Critic::new(model, 8.0)");

#[async_trait]
impl Node<Council> for Critic {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let judged = self.prompter.judge(council, context, self.threshold, self.clarifications);
        let Judgement { verdict, unreadable, calls } = judged.await?;
        let score = verdict.score;
        let by_score = Decision::of(score, self.threshold);
        let review = Review { verdict, threshold: self.threshold, round: council.iteration, unreadable };
        let update = Council::update().score(score).feedback(review).usage(usage(&calls)).extend_calls(calls);
        Ok(self.rounds.after_verdict(by_score, council.iteration, update))
    }
}
