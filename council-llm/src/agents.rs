//! The agents of a council: each sends one prompt to its model, passes the answer on as it is written, and reads it.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};
use futures_util::StreamExt;

use crate::{ChatError, ChatEvent, ChatModel, ChatReply, ChatRequest, Council, Message, Role, Usage, Verdict, prompts};

/// Drafts, and from the second round on mends the draft by all the feedback so far.
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
    async fn run(&self, council: &Council, context: &Context) -> NodeResult<Council> {
        let draft = (!council.draft.is_empty()).then_some(council.draft.as_str());
        let request = request(
            prompts::master_system(),
            prompts::master_user(&council.topic, draft, &council.feedback),
            0.7,
            2_048,
        );
        let reply = ask(&*self.model, request, context).await?;
        let text = not_empty(&*self.model, reply.text)?;
        Ok(Council::update().draft(text).iteration(1).usage(reply.end.usage))
    }
}

/// Scores a draft and says what is wrong with it.
pub struct Critic {
    model: Arc<dyn ChatModel>,
    threshold: f64,
}

impl Critic {
    /// A critic who judges with this model and sends back what scores below the threshold.
    pub fn new(model: Arc<dyn ChatModel>, threshold: f64) -> Self {
        Self { model, threshold }
    }
}

#[async_trait]
impl Node<Council> for Critic {
    /// A reply without a score is asked for once more. If that fails too it counts as 0.
    async fn run(&self, council: &Council, context: &Context) -> NodeResult<Council> {
        let mut usage = Usage::default();
        let mut verdict = None;
        for _ in 0..2 {
            let request =
                request(prompts::critic_system(), prompts::critic_user(&council.topic, &council.draft), 0.2, 1_024);
            let reply = ask(&*self.model, request, context).await?;
            usage += reply.end.usage;
            let read = Verdict::parse(&reply.text);
            let readable = read.is_some();
            verdict = Some(read.unwrap_or_else(|| Verdict::unreadable(&reply.text)));
            if readable {
                break;
            }
        }
        let update = Council::update().usage(usage);
        Ok(match verdict {
            Some(verdict) if verdict.score < self.threshold => {
                update.feedback(verdict.history_entry()).score(Some(verdict.score)).verdict(verdict)
            }
            Some(verdict) => update.score(Some(verdict.score)).verdict(verdict),
            None => update,
        })
    }
}

/// Polishes the draft into the final document.
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
    async fn run(&self, council: &Council, context: &Context) -> NodeResult<Council> {
        let request =
            request(prompts::writer_system(), prompts::writer_user(&council.topic, &council.draft), 0.4, 4_096);
        let reply = ask(&*self.model, request, context).await?;
        let text = not_empty(&*self.model, reply.text)?;
        Ok(Council::update().document(text).usage(reply.end.usage))
    }
}

/// Why an agent has no result.
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
    ChatRequest {
        system: Some(system.into()),
        messages: vec![Message { role: Role::User, content: user.into() }],
        max_tokens,
        temperature: Some(temperature),
    }
}

/// Asks the model and lets whoever watches the run read along.
async fn ask(model: &dyn ChatModel, request: ChatRequest, context: &Context) -> Result<ChatReply, AgentError> {
    let failed = |source| AgentError::Chat { model: model.name().to_owned(), source };
    let mut stream = model.stream(request).await.map_err(failed)?;
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        match event.map_err(failed)? {
            ChatEvent::Delta(delta) => {
                text.push_str(&delta);
                context.token(delta);
            }
            ChatEvent::Done(end) => return Ok(ChatReply { text, end }),
        }
    }
    Err(failed(ChatError::Truncated))
}

fn not_empty(model: &dyn ChatModel, text: String) -> Result<String, AgentError> {
    if text.trim().is_empty() { Err(AgentError::Empty { model: model.name().to_owned() }) } else { Ok(text) }
}
