//! The agents of a council: each sends its model a system prompt and one message, passes the answer on as it is written,
//! and reads it.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};
use futures_util::StreamExt;

use crate::{Call, ChatError, ChatEvent, ChatModel, ChatRequest, Council, Decision, Usage, Verdict, prompts};

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
    model: Arc<dyn ChatModel>,
}

impl Master {
    /// A master who writes with this model.
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        Self { model }
    }
}

#[async_trait]
impl Node<Council> for Master {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let draft = (!council.draft.is_empty()).then_some(council.draft.as_str());
        let request = request(
            prompts::master_system(),
            prompts::master_user(&council.topic, draft, &council.feedback),
            0.7,
            2_048,
        );
        let (call, usage) = ask(&*self.model, request, context).await?;
        let text = not_empty(&*self.model, &call.answer)?;
        Ok(Council::update().draft(text).iteration(1).usage(usage).calls(call))
    }
}

/// Scores a draft and says what is wrong with it.
///
/// Temperature 0.2, at most 1024 tokens. It writes `score`, `verdict` and `decision`, and appends to `feedback` if the score is below
/// the threshold, also after the last draft, which nobody mends any more. What the critic itself calls its verdict is
/// recorded and decides nothing.
///
/// An answer without a score is asked for once more, and whoever watches reads both. If the second has none either it
/// counts as 0, and [`Verdict::readable`] is false.
pub struct Critic {
    model: Arc<dyn ChatModel>,
    threshold: f64,
}

impl Critic {
    /// A critic who judges with this model and sends back what scores below the threshold.
    pub fn new(model: Arc<dyn ChatModel>, threshold: f64) -> Self {
        Self { model, threshold }
    }

    /// The verdict, and what it took: one call, or two if the first answer holds no score.
    async fn judge(
        &self,
        council: &Council,
        context: &Context<Council>,
    ) -> Result<(Verdict, Usage, Vec<Call>), AgentError> {
        let request = request(
            prompts::critic_system(self.threshold),
            prompts::critic_user(&council.topic, &council.draft),
            0.2,
            1_024,
        );
        let (first, mut usage) = ask(&*self.model, request.clone(), context).await?;
        if let Some(verdict) = Verdict::parse(&first.answer) {
            return Ok((verdict, usage, vec![first]));
        }
        let (second, more) = ask(&*self.model, request, context).await?;
        usage += more;
        let verdict = Verdict::parse(&second.answer).unwrap_or_else(|| Verdict::unreadable(&second.answer));
        Ok((verdict, usage, vec![first, second]))
    }
}

#[async_trait]
impl Node<Council> for Critic {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let (verdict, usage, calls) = self.judge(council, context).await?;
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
    model: Arc<dyn ChatModel>,
}

impl Writer {
    /// A writer who polishes with this model.
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        Self { model }
    }
}

#[async_trait]
impl Node<Council> for Writer {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let request =
            request(prompts::writer_system(), prompts::writer_user(&council.topic, &council.draft), 0.4, 4_096);
        let (call, usage) = ask(&*self.model, request, context).await?;
        let text = not_empty(&*self.model, &call.answer)?;
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

fn request(system: impl Into<String>, user: impl Into<String>, temperature: f32, max_tokens: u32) -> ChatRequest {
    ChatRequest { system: Some(system.into()), max_tokens, temperature: Some(temperature), ..ChatRequest::user(user) }
}

/// Asks the model and lets whoever watches the run read along.
async fn ask(
    model: &dyn ChatModel,
    request: ChatRequest,
    context: &Context<Council>,
) -> Result<(Call, Usage), AgentError> {
    let user = request.messages.last().map(|message| message.content.clone()).unwrap_or_default();
    let system = request.system.clone().unwrap_or_default();
    let failed = |source| AgentError::Chat { model: model.name().to_owned(), source };
    let mut stream = model.stream(request).await.map_err(failed)?;
    let mut answer = String::new();
    while let Some(event) = stream.next().await {
        match event.map_err(failed)? {
            ChatEvent::Delta(delta) => {
                answer.push_str(&delta);
                context.token(delta);
            }
            ChatEvent::Done(end) => {
                if end.is_cut() {
                    tracing::warn!(
                        model = model.name(),
                        node = context.node(),
                        stop_reason = end.stop_reason,
                        "the answer was cut and may be unfinished"
                    );
                }
                return Ok((Call { system, user, answer }, end.usage));
            }
        }
    }
    Err(failed(ChatError::Truncated))
}

fn not_empty(model: &dyn ChatModel, text: &str) -> Result<String, AgentError> {
    if text.trim().is_empty() { Err(AgentError::Empty { model: model.name().to_owned() }) } else { Ok(text.to_owned()) }
}
