//! The calls of a run's models, rebuilt from its state and its updates.

use std::borrow::Cow;

use council_core::State;
use council_core::reduce::FieldUpdate;
use serde::{Deserialize, Serialize};

use super::brief::Brief;
use super::exchange::Exchange;
use crate::chat::request::ChatRequest;
use crate::state::call_record::CallReason;
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
    /// So this function rebuilds it exactly, as long as the prompts of this crate are the same, but for its time limits. A call with a
    /// [fault](crate::CallRecord::fault) is left out, because its answer is not stored. An update of any other node has no calls.
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
        let (FieldUpdate::Reduce(records), Some(brief)) = (&update.calls, brief(council, node, update)) else {
            return Vec::new();
        };
        let mut texts = texts(update).into_iter();
        let mut text = texts.next().unwrap_or_default();
        let (mut exchange, mut calls) = (Exchange::default(), Vec::new());
        for record in records.iter().filter(|record| record.fault.is_none()) {
            if record.reason == CallReason::Clarification {
                let before = std::mem::replace(&mut text, texts.next().unwrap_or_default());
                exchange = Exchange::clarifying(before.into_owned());
            }
            // The previous calls have a fault, because their text was the model's reasoning.
            if record.reason == CallReason::MoreRoom && exchange.reason() != CallReason::MoreRoom {
                exchange = exchange.with_more_room();
            }
            exchange.feedback_left_out = record.feedback_left_out;
            let start = exchange.text().len();
            // The text of an update that was not made by an agent of this crate may be shorter.
            let Some(new) = text.get(start..start.saturating_add(record.text_bytes)) else { break };
            let request = exchange.request(&brief, council).max_tokens(record.max_tokens);
            calls.push(Self { request, answer: format!("{}{new}", record.repeated) });
            exchange.add(&record.repeated, new, record.kind);
        }
        calls
    }
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

/// The answers that an update contains, oldest first.
fn texts(update: &<Council as State>::Update) -> Vec<Cow<'_, str>> {
    if let Some(review) = review(update) {
        let unreadable = review.unreadable.iter().map(|answer| Cow::from(answer.as_str()));
        return unreadable.chain([review.verdict.answer().into()]).collect();
    }
    let text = update.draft.as_deref().or(update.document.as_ref().and_then(Option::as_deref));
    text.map(Cow::from).into_iter().collect()
}

/// The review in an update.
fn review(update: &<Council as State>::Update) -> Option<&Review> {
    let FieldUpdate::Reduce(feedback) = &update.feedback else { return None };
    feedback.iter().find_map(|feedback| match feedback {
        Feedback::Critic(review) => Some(review),
        Feedback::Chair(_) => None,
    })
}
