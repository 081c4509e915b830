//! The writer: polishes the draft into the document.

use std::sync::Arc;

use council_core::{Command, Context, Failure, Node, NodeResult, State, async_trait};

use super::brief::Brief;
use super::limits::limits;
use super::prompter::{Prompter, usage};
use super::retry;
use crate::chat::model::ChatModel;
use crate::chat::request::ChatRequest;
use crate::state::council::Council;

/// The agent that turns the draft into the final document. It is not shown the feedback.
///
/// Temperature 0.4. It writes `document`, `usage` and `calls`. An answer that reaches the limit of its length is continued, at most four
/// times.
///
/// If the model gives no text that can be used, the run fails, after the retries of the [policy](crate::agent_retry). The council of
/// [`CouncilBuilder`](crate::CouncilBuilder) takes the draft as the document instead; for a graph of your own, see
/// [`draft_as_document`](Self::draft_as_document).
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
    /// assert_eq!(writer.request(&Council::new("Rust")).temperature, Some(0.4));
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
        self.prompter.brief.request(council, 0)
    }

    /// Makes the draft the document, if the writer's model gave no text that can be used: it was empty, cut, withheld or refused, or the
    /// model called a tool. [`Council::document_fault`] says why. The writer's calls are added to the log. It is an error handler for the
    /// node of a writer:
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_core::{State, StateGraph};
    /// use council_llm::{Council, End, ScriptedAnswer, ScriptedModel, Writer};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let filtered = ScriptedAnswer::from("The docu").then_end(End::new("content_filter"));
    /// let mut graph = StateGraph::<Council>::new("polish");
    /// let writer = graph.node("writer", Writer::new(Arc::new(ScriptedModel::new("scripted", [filtered]))));
    /// graph.start(writer);
    /// graph.end(writer);
    /// graph.on_error(writer, (), |council, failure, ()| Writer::draft_as_document(council, failure));
    /// let mut council = Council::new("Rust");
    /// council.apply(Council::update().draft("A draft."));
    /// let council = graph.compile()?.run(council).await?.into_state();
    /// assert_eq!(council.document.as_deref(), Some("A draft."));
    /// assert!(council.document_fault.unwrap().contains("the provider withheld it"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn draft_as_document(council: &Council, failure: &Failure) -> Option<Command<Council>> {
        let draft = council.current_draft().filter(|draft| !draft.trim().is_empty())?;
        let calls = retry::unusable(failure)?.calls().to_vec();
        let update = Council::update().document(draft.to_owned()).document_fault(failure.cause());
        Some(Command::update(update.usage(usage(&calls)).extend_calls(calls)))
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
