//! The writer: polishes the draft into the document.

use std::sync::Arc;

use council_core::{Context, Node, NodeResult, State, async_trait};

use super::brief::Brief;
use super::limits::limits;
use super::prompter::{Prompter, usage};
use crate::chat::model::ChatModel;
use crate::chat::request::ChatRequest;
use crate::state::council::Council;

/// The agent that turns the draft into the final document. It is not shown the feedback.
///
/// Temperature 0.4, at most 4096 tokens. It writes `document`, `usage` and `calls`.
///
/// ```
/// use std::sync::Arc;
/// use council_core::{State, StateGraph};
/// use council_llm::{Council, ScriptedModel, Writer};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let mut graph = StateGraph::<Council>::new("polish");
/// let writer = graph.node("writer", Writer::new(Arc::new(ScriptedModel::new("scripted", ["The document."]))));
/// graph.start(writer);
/// graph.end(writer);
/// let mut council = Council::new("Rust");
/// council.apply(Council::update().draft("A draft."));
/// let council = graph.compile()?.run(council).await?.into_state();
/// assert_eq!(council.document.as_deref(), Some("The document."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Writer {
    prompter: Prompter,
}

impl Writer {
    /// A writer with this model.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_llm::{Council, ScriptedModel, Writer};
    ///
    /// let writer = Writer::new(Arc::new(ScriptedModel::new("scripted", ["The document."])));
    /// assert_eq!(writer.request(&Council::new("Rust")).max_tokens, 4_096);
    /// ```
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        Self { prompter: Prompter::new(model, Brief::writer()) }
    }

    /// The request of this writer for a council in this state. It depends on nothing else.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_core::State;
    /// use council_llm::{Council, ScriptedModel, Writer};
    ///
    /// let writer = Writer::new(Arc::new(ScriptedModel::new("scripted", ["The document."])));
    /// let mut council = Council::new("Rust");
    /// council.apply(Council::update().draft("# Rust").feedback("Too short."));
    /// let request = writer.request(&council);
    /// assert!(request.messages[0].content.contains("# Rust") && !request.messages[0].content.contains("Too short."));
    /// ```
    #[must_use]
    pub fn request(&self, council: &Council) -> ChatRequest {
        self.prompter.brief.request(council)
    }
}

limits!(Writer, "Writer::new(model)");

#[async_trait]
impl Node<Council> for Writer {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let (text, calls) = self.prompter.write(council, context).await?;
        Ok(Council::update().document(text).usage(usage(&calls)).extend_calls(calls))
    }
}
