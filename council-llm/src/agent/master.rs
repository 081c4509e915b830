//! The master: writes drafts.

use std::sync::Arc;

use council_core::{Command, Context, Failure, Node, NodeResult, State, async_trait};

use super::brief::Brief;
use super::limits::limits;
use super::prompter::{Prompter, usage};
use super::retry;
use super::rounds::Rounds;
use crate::blueprint::data::Agent;
use crate::chat::model::ChatModel;
use crate::chat::request::ChatRequest;
use crate::state::council::Council;
use crate::state::decision::Decision;

/// The agent that writes the draft. From the second round on it revises the draft, and reads all feedback.
///
/// Temperature 0.7. It writes `draft`, `usage` and `calls`, and counts the draft in `iteration`. An answer that reaches the limit of its
/// length is continued, at most four times. If a request is too long for the model, it is sent again with half of the feedback, the newest,
/// until only the newest feedback is left.
///
/// Like the other agents it is a node, for the graph of the council or for a graph of your own:
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
    prompter: Prompter,
    rounds: Rounds,
}

impl Master {
    /// A master with this model.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_llm::{Council, Master, ScriptedModel};
    ///
    /// let master = Master::new(Arc::new(ScriptedModel::new("scripted", ["A draft."])));
    /// assert_eq!(master.request(&Council::new("Rust")).temperature, Some(0.7));
    /// ```
    pub fn new(model: Arc<dyn ChatModel>) -> Self {
        Self { prompter: Prompter::new(model, Brief::master()), rounds: Rounds::ByDraft }
    }

    /// The request of this master for a council in this state. It depends on nothing else.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use council_llm::{Council, Master, ScriptedModel};
    ///
    /// let master = Master::new(Arc::new(ScriptedModel::new("scripted", ["A draft."])));
    /// let request = master.request(&Council::new("Rust for newcomers"));
    /// assert!(request.messages[0].content.starts_with("<topic>\nRust for newcomers\n</topic>"));
    /// ```
    #[must_use]
    pub fn request(&self, council: &Council) -> ChatRequest {
        self.prompter.brief.request(council, 0)
    }

    /// The author of a blueprint.
    pub(crate) fn of(agent: &Agent, model: Arc<dyn ChatModel>) -> Self {
        Self { prompter: Prompter::new(model, Brief::of(agent)), rounds: Rounds::ByRework }
    }

    /// Keeps an approved draft, if the last author of a blueprint gave no text that can be used. It is an error handler. A draft that an
    /// author has changed since the approval is not kept. `critics` are the ids of the critics.
    pub(crate) fn keep_draft(council: &Council, failure: &Failure, critics: &[String]) -> Option<Command<Council>> {
        let last = council.calls.iter().rfind(|call| call.fault.is_none())?;
        let is_judged = critics.contains(&last.node);
        let is_approved = council.decision == Some(Decision::Approve) && !council.draft.trim().is_empty();
        let calls = retry::unusable(failure).filter(|_| is_judged && is_approved)?.calls().to_vec();
        let update = Council::update().document_fault(failure.cause());
        Some(Command::update(update.usage(usage(&calls)).extend_calls(calls)))
    }
}

limits!(Master, "Master::new(model)");

#[async_trait]
impl Node<Council> for Master {
    async fn run(&self, council: &Council, context: &Context<Council>) -> NodeResult<Council> {
        let (text, calls) = self.prompter.write(council, context).await?;
        let update = Council::update().draft(text).usage(usage(&calls)).extend_calls(calls);
        Ok(match self.rounds.after_draft(council.iteration) {
            Some(iteration) => update.iteration(iteration),
            None => update,
        })
    }
}
