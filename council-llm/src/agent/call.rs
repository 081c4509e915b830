//! The calls of a run's models, rebuilt from its state and its updates.

use council_core::State;
use council_core::reduce::FieldUpdate;
use serde::{Deserialize, Serialize};

use super::brief::Brief;
use crate::chat::request::ChatRequest;
use crate::state::council::Council;
use crate::state::feedback::{Feedback, Review};

/// One call of a model: the request and the answer.
///
/// ```
/// use council_llm::Call;
///
/// /// The size of a call, in bytes.
/// fn size(call: &Call) -> usize {
///     call.request.messages.iter().map(|message| message.content.len()).sum::<usize>() + call.answer.len()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Call {
    /// The request.
    pub request: ChatRequest,
    /// The whole answer, without the reasoning before it.
    pub answer: String,
}

impl Call {
    /// The calls behind an update: `node` read `council`, called its model, and wrote `update`.
    ///
    /// A state and its journal contain the answers of models, not the prompts. A request is a function of the state that the agent read.
    /// So this function rebuilds it exactly, as long as the prompts of this crate are the same, but for its time limits. An update of any other node has no calls.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use council_core::{Event, EventKind, State};
    /// use council_llm::{Call, Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9\nFEEDBACK: Good.", "The document."]);
    /// let graph = CouncilBuilder::new(model.clone()).build()?;
    /// let updates = Arc::new(Mutex::new(Vec::new()));
    /// let written = Arc::clone(&updates);
    /// let observer = move |event: &Event<Council>| {
    ///     if let EventKind::NodeCompleted { task, update: Some(update), .. } = &event.kind {
    ///         written.lock().unwrap().push((task.node.to_string(), update.clone()));
    ///     }
    /// };
    /// graph.run(Council::new("Rust")).observe(observer).await?;
    ///
    /// let mut council = Council::new("Rust");
    /// let mut requests = Vec::new();
    /// for (node, update) in updates.lock().unwrap().drain(..) {
    ///     requests.extend(Call::rebuild(&council, &node, &update).into_iter().map(|call| call.request));
    ///     council.apply(update);
    /// }
    /// assert_eq!(requests, model.requests());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn rebuild(council: &Council, node: &str, update: &<Council as State>::Update) -> Vec<Self> {
        let FieldUpdate::Reduce(records) = &update.calls else { return Vec::new() };
        let Some(brief) = brief(council, node, update).filter(|_| !records.is_empty()) else { return Vec::new() };
        let mut calls = answered(&brief, council, update);
        for (call, record) in calls.iter_mut().zip(records) {
            call.request.max_tokens = record.max_tokens;
        }
        calls
    }
}

/// The calls with the answers in the update.
fn answered(brief: &Brief, council: &Council, update: &<Council as State>::Update) -> Vec<Call> {
    let request = brief.request(council);
    if let Some(review) = review(update) {
        let (mut calls, mut request) = (Vec::new(), request);
        for answer in &review.unreadable {
            let next = brief.clarification(council, answer);
            calls.push(Call { request: std::mem::replace(&mut request, next), answer: answer.clone() });
        }
        calls.push(Call { request, answer: review.verdict.answer() });
        return calls;
    }
    let text = update.draft.as_deref().or(update.document.as_ref().and_then(Option::as_deref));
    text.map(|text| Call { request, answer: text.to_owned() }).into_iter().collect()
}

/// The brief of the agent. In a blueprint its id says which it is, in the built-in council the fields of the update.
fn brief(council: &Council, node: &str, update: &<Council as State>::Update) -> Option<Brief> {
    if let Some(blueprint) = &council.blueprint {
        return blueprint.nodes.iter().find(|agent| agent.id == node).map(Brief::of);
    }
    match review(update) {
        Some(review) => Some(Brief::critic(review.threshold)),
        None if update.draft.is_some() => Some(Brief::master()),
        None => update.document.is_some().then(Brief::writer),
    }
}

/// The review in an update.
fn review(update: &<Council as State>::Update) -> Option<&Review> {
    let FieldUpdate::Reduce(feedback) = &update.feedback else { return None };
    feedback.iter().find_map(|feedback| match feedback {
        Feedback::Critic(review) => Some(review),
        Feedback::Chair(_) => None,
    })
}
