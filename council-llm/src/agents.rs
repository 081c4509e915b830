//! The agents of a council: each asks its model with a voice of its own, and makes an update of the answer.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use crate::chat::error::ChatError;
use crate::chat::model::ChatModel;
use crate::voice::Voice;
use crate::{Council, Decision, prompts};

/// Drafts, and from the second round on mends the draft by all the feedback so far.
///
/// Temperature 0.7, at most 2048 tokens. It writes `draft`, and counts it in `iteration`. Like the other agents it is a
/// node, for the council's graph or for one of your own:
///
/// ```
/// use std::sync::Arc;
/// use council_core::StateGraph;
/// use council_llm::{Council, Master, ScriptedModel, Writer};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let model = Arc::new(ScriptedModel::new("scripted", ["A draft.", "The document."]));
/// let mut graph = StateGraph::<Council>::new("unjudged");
/// let master = graph.node("master", Master::new(model.clone()));
/// let writer = graph.node("writer", Writer::new(model));
/// graph.start(master);
/// graph.edge(master, writer);
/// graph.end(writer);
/// let council = graph.compile()?.run(Council::new("Rust for newcomers")).await?.into_state();
/// assert_eq!((council.draft.as_str(), council.document.as_deref()), ("A draft.", Some("The document.")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Master {
    voice: Voice,
}

impl Master {
    /// A master who writes with this model.
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        let system = Some(prompts::master_system().to_owned());
        Self { voice: Voice { model, system, temperature: 0.7, max_tokens: 2_048 } }
    }
}

#[async_trait]
impl Node<Council> for Master {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let user = prompts::master_user(&council.topic, council.current_draft(), &council.feedback);
        let (text, usage, call) = self.voice.write(user, context).await?;
        Ok(Council::update().draft(text).iteration(council.iteration + 1).usage(usage).calls(call))
    }
}

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

/// Polishes the draft into the final document. It sees no feedback.
///
/// Temperature 0.4, at most 4096 tokens. It writes `document`.
pub struct Writer {
    voice: Voice,
}

impl Writer {
    /// A writer who polishes with this model.
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        let system = Some(prompts::writer_system().to_owned());
        Self { voice: Voice { model, system, temperature: 0.4, max_tokens: 4_096 } }
    }
}

#[async_trait]
impl Node<Council> for Writer {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let user = prompts::writer_user(&council.topic, &council.draft);
        let (text, usage, call) = self.voice.write(user, context).await?;
        Ok(Council::update().document(text).usage(usage).calls(call))
    }
}

/// Why an agent has no result. In a run that failed it is the source of [`Failure::Node`](council_core::Failure::Node).
///
/// ```
/// use council_core::Failure;
/// use council_llm::{AgentError, Answer, ChatError, Council, CouncilBuilder, ScriptedModel};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let model = ScriptedModel::new("anthropic/claude", [Answer::error(|| ChatError::Truncated)]);
/// let error = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await.unwrap_err();
/// let Failure::Node { node, source, .. } = error.failure() else { panic!("{error}") };
/// assert_eq!(node, "master_agent");
///
/// let agent: &AgentError = source.downcast_ref().unwrap();
/// assert_eq!(agent.to_string(), "model `anthropic/claude` gave no answer");
/// assert!(matches!(agent, AgentError::Chat { source, .. } if source.is_retryable()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The model gave no answer.
    #[error("model `{model}` gave no answer")]
    Chat {
        /// Which model.
        model: String,
        /// What went wrong.
        #[source]
        source: ChatError,
    },
    /// The model answered with nothing but white space.
    #[error("model `{model}` gave an empty answer")]
    Empty {
        /// Which model.
        model: String,
    },
}
