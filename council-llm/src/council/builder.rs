//! The built-in council as a graph: master, critic, writer.

use std::sync::Arc;

use council_core::{Graph, StateGraph};

use crate::agent::critic::Critic;
use crate::agent::master::Master;
use crate::agent::settings::AgentSettings;
use crate::agent::writer::Writer;
use crate::blueprint::call_limit::usual_max_calls;
use crate::chat::model::ChatModel;
use crate::state::council::Council;
use crate::state::decision::{DEFAULT_CLARIFICATIONS, DEFAULT_MAX_ITERATIONS, DEFAULT_THRESHOLD, Decision, THRESHOLD};

/// Builds the graph of a council: `master_agent -> critic_agent -> (score >= threshold: writer_agent | else master_agent)`.
///
/// A visit limit ends the rounds: the critic scores the fifth draft too, and then it goes to the writer whatever its score.
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
    clarifications: u32,
    /// The settings of every agent. Those of one agent come before them.
    pub(super) all: AgentSettings,
    pub(super) master_settings: AgentSettings,
    pub(super) critic_settings: AgentSettings,
    pub(super) writer_settings: AgentSettings,
}

impl CouncilBuilder {
    /// A council whose three agents have the same model. Other methods set the model of one agent.
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
            clarifications: DEFAULT_CLARIFICATIONS,
            all: AgentSettings::default(),
            master_settings: AgentSettings::default(),
            critic_settings: AgentSettings::default(),
            writer_settings: AgentSettings::default(),
        }
    }

    /// Sets the model of the master.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal, ScriptedModel};
    ///
    /// let master = ScriptedModel::new("master", ["A draft."]);
    /// let graph = CouncilBuilder::new(Rehearsal::new()).master_model(master).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn master_model(mut self, model: impl ChatModel) -> Self {
        self.master = Arc::new(model);
        self
    }

    /// Sets the model of the critic.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal, ScriptedModel};
    ///
    /// let critic = ScriptedModel::new("critic", ["SCORE: 9"]);
    /// let graph = CouncilBuilder::new(Rehearsal::new()).critic_model(critic).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn critic_model(mut self, model: impl ChatModel) -> Self {
        self.critic = Arc::new(model);
        self
    }

    /// Sets the model of the writer.
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal, ScriptedModel};
    ///
    /// let writer = ScriptedModel::new("writer", ["The document."]);
    /// let graph = CouncilBuilder::new(Rehearsal::new()).writer_model(writer).build()?;
    /// # Ok::<(), council_llm::CouncilError>(())
    /// ```
    pub fn writer_model(mut self, model: impl ChatModel) -> Self {
        self.writer = Arc::new(model);
        self
    }

    /// Sets the lowest score with which a draft passes, 0 to 10; 8 by default.
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 7", "The document."]);
    /// let council = CouncilBuilder::new(model).threshold(7.0).build()?.run(Council::new("Rust")).await?.into_state();
    /// assert_eq!((council.iteration, council.score), (1, Some(7.0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn threshold(mut self, score: f64) -> Self {
        self.threshold = score;
        self
    }

    /// Sets the number of drafts after which the writer gets the draft whatever its score, at least 1; 5 by default.
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 3", "The document."]);
    /// let council = CouncilBuilder::new(model).max_iterations(1).build()?.run(Council::new("Rust")).await?.into_state();
    /// assert_eq!((council.iteration, council.score, council.document.is_some()), (1, Some(3.0), true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_iterations(mut self, drafts: u32) -> Self {
        self.max_iterations = drafts;
        self
    }

    /// How often the critic is asked again for an answer that is not clear, for each draft; 2 by default.
    pub fn clarifications(mut self, most: u32) -> Self {
        self.clarifications = most;
        self
    }

    /// Builds the graph.
    ///
    /// # Errors
    ///
    /// The threshold is not a number from 0 to 10, or the number of drafts or a time limit is 0:
    ///
    /// ```
    /// use council_llm::{CouncilBuilder, Rehearsal};
    ///
    /// let error = CouncilBuilder::new(Rehearsal::new()).threshold(80.0).build().unwrap_err();
    /// assert_eq!(error.to_string(), "the threshold is 80, which is not a score from 0 to 10");
    /// ```
    pub fn build(self) -> Result<Graph<Council>, CouncilError> {
        let threshold = self.threshold;
        if !(0.0..=10.0).contains(&threshold) {
            return Err(CouncilError::Threshold(threshold));
        }
        if self.max_iterations == 0 {
            return Err(CouncilError::NoIterations);
        }
        if self.all.max_calls == Some(0) {
            return Err(CouncilError::NoCalls);
        }
        let max_calls = self.all.max_calls.unwrap_or_else(|| usual_max_calls(self.max_iterations));
        let all = AgentSettings { max_calls: Some(max_calls), ..self.all };
        let [master_settings, critic_settings, writer_settings] =
            [self.master_settings, self.critic_settings, self.writer_settings].map(|settings| settings.or(all));
        let all = [(MASTER, &master_settings), (CRITIC, &critic_settings), (WRITER, &writer_settings)];
        for (node, settings) in all {
            if let Some(limit) = settings.timeouts.zeros().next() {
                return Err(CouncilError::NoTime { node, limit });
            }
        }
        let critic = Critic::new(self.critic, threshold).clarifications(self.clarifications);
        let mut graph = StateGraph::<Council>::new("council");
        let master = graph.node(MASTER, Master::new(self.master).limited(&master_settings));
        let critic = graph.node(CRITIC, critic.limited(&critic_settings));
        let writer = graph.node(WRITER, Writer::new(self.writer).limited(&writer_settings));
        graph.policy(master, master_settings.policy());
        graph.policy(critic, critic_settings.policy());
        graph.policy(writer, writer_settings.policy());
        graph.on_error(writer, (), |council, failure, ()| Writer::draft_as_document(council, failure));
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
        graph.metadata(critic, THRESHOLD, &threshold);
        graph.visit_limit(master, self.max_iterations, writer);
        graph.end(writer);
        Ok(graph.compile()?)
    }
}

/// The error of a council that cannot be built.
///
/// ```
/// use council_llm::{CouncilBuilder, CouncilError, Rehearsal};
///
/// let error = CouncilBuilder::new(Rehearsal::new()).max_iterations(0).build().unwrap_err();
/// assert!(matches!(error, CouncilError::NoIterations));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CouncilError {
    /// The threshold is not a score.
    #[error("the threshold is {0}, which is not a score from 0 to 10")]
    Threshold(f64),
    /// The number of drafts is 0.
    #[error("the council needs at least one iteration")]
    NoIterations,
    /// The limit of calls is 0.
    #[error("the council needs at least one call of a model")]
    NoCalls,
    /// A time limit of an agent is 0.
    #[error("{node} has the time limit {limit} of 0 seconds: give it a time above 0")]
    #[non_exhaustive]
    NoTime {
        /// The agent's node.
        node: &'static str,
        /// The name of the limit, as it is in JSON.
        limit: &'static str,
    },
    /// The graph has a fault.
    #[error(transparent)]
    Graph(#[from] council_core::BuildError),
}

/// The name of the master's node, which writes drafts.
///
/// ```
/// use council_llm::{MASTER, CouncilBuilder, Rehearsal};
///
/// let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
/// assert!(graph.drawing().nodes.iter().any(|node| node.id == MASTER));
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
pub const MASTER: &str = "master_agent";
/// The name of the critic's node, which scores drafts.
///
/// ```
/// use council_llm::{CRITIC, CouncilBuilder, Rehearsal};
///
/// let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
/// assert!(graph.drawing().nodes.iter().any(|node| node.id == CRITIC));
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
pub const CRITIC: &str = "critic_agent";
/// The name of the writer's node, which writes the document.
///
/// ```
/// use council_llm::{WRITER, CouncilBuilder, Rehearsal};
///
/// let graph = CouncilBuilder::new(Rehearsal::new()).build()?;
/// assert!(graph.drawing().nodes.iter().any(|node| node.id == WRITER));
/// # Ok::<(), council_llm::CouncilError>(())
/// ```
pub const WRITER: &str = "writer_agent";
