//! The council: its state, its graph, and a builder for both.

mod together;

use std::sync::Arc;

use council_core::{Graph, State, StateGraph};
use serde::{Deserialize, Serialize};

use crate::chat::event::Usage;
use crate::chat::model::ChatModel;
use crate::{Blueprint, Critic, Master, Verdict, Writer};

/// What passes through a council: the topic goes in, the rest is written by the agents.
///
/// Agents may work side by side. Then their drafts stand one below the other, in the order of the nodes, and of several critics
/// the strictest counts: the lower score with its verdict, and a rework rather than an approval.
///
/// ```
/// use council_llm::Council;
///
/// let council = Council::new("Rust for newcomers");
/// assert_eq!((council.topic.as_str(), council.iteration, council.document), ("Rust for newcomers", 0, None));
/// ```
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Council {
    /// What the council is to write about.
    pub topic: String,
    /// The current draft; empty before the first.
    #[state(concurrent(together::texts))]
    pub draft: String,
    /// What the critic said to each draft below the threshold, oldest first: `Score: 6.5/10` and the feedback below it.
    #[state(append)]
    pub feedback: Vec<String>,
    /// The round, from 1: how many drafts the master has written, or in a blueprint, one more than a critic has sent back. 0 before the
    /// first draft.
    #[state(max)]
    pub iteration: u32,
    /// The critic's last score, 0 to 10: the real one, also where the draft went to the writer in spite of it.
    #[state(concurrent(together::scores))]
    pub score: Option<f64>,
    /// The critic's last verdict, whole.
    #[state(concurrent(together::verdicts))]
    pub verdict: Option<Verdict>,
    /// Where the critic's score led, or where a chair decides that it leads; without one, the score does.
    #[state(concurrent(together::decisions))]
    pub decision: Option<Decision>,
    /// The polished document; `None` until the writer has ended.
    #[state(concurrent(together::documents))]
    pub document: Option<String>,
    /// What the calls of all agents that came to a result took.
    #[state(add)]
    pub usage: Usage,
    /// The calls that came to a result, oldest first.
    #[state(append)]
    pub calls: Vec<Call>,
    /// The blueprint that the run was started with, so that its journal knows it; `None` in the built-in council.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<Arc<Blueprint>>,
    /// Whether the critic of a blueprint had to let the draft pass because the rounds were over.
    #[state(concurrent(together::valves))]
    #[serde(default, skip_serializing_if = "is_false")]
    pub valve_opened: bool,
}

/// What follows a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The draft goes to the writer.
    Approve,
    /// It goes back to the master.
    Rework,
}

/// One call of a model, as it was sent and answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The system prompt.
    pub system: String,
    /// The user's message.
    pub user: String,
    /// What the model answered.
    pub answer: String,
}

impl Decision {
    /// What a score leads to; none at all is none that passes.
    pub(crate) fn of(score: Option<f64>, threshold: f64) -> Self {
        if score.is_some_and(|score| score >= threshold) { Self::Approve } else { Self::Rework }
    }

    /// The word for it, as conditions of a [`Blueprint`] and the journal write it.
    ///
    /// ```
    /// use council_llm::Decision;
    ///
    /// assert_eq!([Decision::Approve, Decision::Rework].map(Decision::word), ["approve", "rework"]);
    /// ```
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Rework => "rework",
        }
    }
}

impl Council {
    /// A council that has not begun.
    #[must_use]
    pub fn new(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), ..Self::default() }
    }

    /// A council that has not begun, for the graph of a blueprint.
    ///
    /// ```
    /// use council_llm::{Blueprint, Council};
    ///
    /// let blueprint: Blueprint = serde_json::from_str(r#"{"id": "b1", "name": "Nobody", "nodes": []}"#)?;
    /// let council = Council::of(blueprint, "Rust for newcomers");
    /// assert_eq!(council.blueprint.unwrap().name, "Nobody");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn of(blueprint: impl Into<Arc<Blueprint>>, topic: impl Into<String>) -> Self {
        Self { blueprint: Some(blueprint.into()), ..Self::new(topic) }
    }

    /// The draft, if there is one.
    pub(crate) fn current_draft(&self) -> Option<&str> {
        Some(self.draft.as_str()).filter(|draft| !draft.is_empty())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Builds the graph of a council: `master_agent -> critic_agent -> (score >= threshold: writer_agent | else master_agent)`.
///
/// A safety valve ends the rounds: the fifth draft is judged like the others and then goes to the writer whatever its score.
///
/// ```
/// use council_llm::{Council, CouncilBuilder, ScriptedModel};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let model = ScriptedModel::new("scripted", [
///     "A first draft.",
///     "SCORE: 6\nVERDICT: rework\nFEEDBACK: Say more.",
///     "A longer draft.",
///     "SCORE: 9\nVERDICT: approve\nFEEDBACK: Good.",
///     "The document.",
/// ]);
/// let graph = CouncilBuilder::new(model).build()?;
/// let council = graph.run(Council::new("Rust for newcomers")).await?.into_state();
/// assert_eq!(council.document.as_deref(), Some("The document."));
/// assert_eq!((council.iteration, council.score), (2, Some(9.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until it is built"]
pub struct CouncilBuilder {
    master: Arc<dyn ChatModel>,
    critic: Arc<dyn ChatModel>,
    writer: Arc<dyn ChatModel>,
    threshold: f64,
    max_iterations: u32,
}

impl CouncilBuilder {
    /// A council in which one model plays all three agents, but for those that are given one of their own.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, ScriptedModel};
    ///
    /// let author = ScriptedModel::new("author", ["A draft.", "The document."]);
    /// let judge = ScriptedModel::new("judge", ["SCORE: 7.5\nFEEDBACK: Good."]);
    /// let graph = CouncilBuilder::new(author).critic_model(judge).threshold(7.0).max_iterations(3).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn new(model: impl ChatModel) -> Self {
        let model: Arc<dyn ChatModel> = Arc::new(model);
        Self {
            master: Arc::clone(&model),
            critic: Arc::clone(&model),
            writer: model,
            threshold: DEFAULT_THRESHOLD,
            max_iterations: DEFAULT_MAX_ITERATIONS,
        }
    }

    /// A model of its own for the master.
    pub fn master_model(mut self, model: impl ChatModel) -> Self {
        self.master = Arc::new(model);
        self
    }

    /// A model of its own for the critic.
    pub fn critic_model(mut self, model: impl ChatModel) -> Self {
        self.critic = Arc::new(model);
        self
    }

    /// A model of its own for the writer.
    pub fn writer_model(mut self, model: impl ChatModel) -> Self {
        self.writer = Arc::new(model);
        self
    }

    /// The score from which a draft passes, 0 to 10; 8 by default.
    pub fn threshold(mut self, score: f64) -> Self {
        self.threshold = score;
        self
    }

    /// After how many drafts of a run the writer gets the draft whatever its score; 5 by default.
    pub fn max_iterations(mut self, drafts: u32) -> Self {
        self.max_iterations = drafts;
        self
    }

    /// The graph.
    ///
    /// # Errors
    ///
    /// A threshold that is no number from 0 to 10, or no iterations at all:
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal};
    ///
    /// let error = CouncilBuilder::new(Rehearsal::new()).threshold(80.0).build().unwrap_err();
    /// assert_eq!(error.to_string(), "the threshold is 80, which is no score from 0 to 10");
    /// ```
    pub fn build(self) -> Result<Graph<Council>, CouncilError> {
        let threshold = self.threshold;
        if !(0.0..=10.0).contains(&threshold) {
            return Err(CouncilError::Threshold(threshold));
        }
        if self.max_iterations == 0 {
            return Err(CouncilError::NoIterations);
        }
        let mut graph = StateGraph::<Council>::new("council");
        let master = graph.node(MASTER, Master::new(self.master));
        let critic = graph.node(CRITIC, Critic::new(self.critic, threshold));
        let writer = graph.node(WRITER, Writer::new(self.writer));
        graph.start(master);
        graph.edge(master, critic);
        graph
            .route(critic, [master, writer], move |council, [rework, approve]| {
                let by_score = Decision::of(council.score, threshold);
                match council.decision.unwrap_or(by_score) {
                    Decision::Approve => approve,
                    Decision::Rework => rework,
                }
            })
            .labels([format!("score < {threshold}"), format!("score >= {threshold}")]);
        graph.visit_limit(master, self.max_iterations, writer);
        graph.end(writer);
        Ok(graph.compile()?)
    }
}

/// Why a council cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CouncilError {
    /// The threshold is no score.
    #[error("the threshold is {0}, which is no score from 0 to 10")]
    Threshold(f64),
    /// The council may not write a draft.
    #[error("the council needs at least one iteration")]
    NoIterations,
    /// The graph has a fault.
    #[error(transparent)]
    Graph(#[from] council_core::BuildError),
}

/// The name of the node that drafts.
pub const MASTER: &str = "master_agent";
/// The name of the node that scores.
pub const CRITIC: &str = "critic_agent";
/// The name of the node that polishes.
pub const WRITER: &str = "writer_agent";

/// The score from which a draft passes, unless the builder says otherwise.
pub const DEFAULT_THRESHOLD: f64 = 8.0;
/// After how many drafts the writer takes over, unless the builder says otherwise.
pub const DEFAULT_MAX_ITERATIONS: u32 = 5;
