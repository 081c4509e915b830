//! The rehearsal model: drafts, scores and polishes by rules, without a network.

mod critique;
mod draft;
mod inline;
mod kind;
mod measure;
mod outline;
mod part;
mod polish;
mod rule;
mod terms;
mod topic;
mod wording;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use crate::chat::chunks::words;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, End};
use crate::chat::model::{ChatModel, ChatStream};
use crate::chat::purpose::Purpose;
use crate::chat::request::{ChatRequest, Role};

/// A [`ChatModel`] of rules. It is not a language model, and needs no key and no network.
///
/// It can play all three agents of a council. The master arranges the words of the topic into a working paper, and adds the sections that
/// the feedback asks for. The critic scores by eight rules, and names the two rules that cost the most points. The writer puts the
/// approved draft in order. So a run has real rounds, and the same rounds each time. Every text says that no language model wrote it.
///
/// It reads the [`Purpose`](crate::Purpose) of a request, not the prompt. To a request without a purpose it answers that it can only play
/// the agents of a council.
///
/// ```
/// use std::time::Duration;
/// use council_llm::{ChatModel, ChatRequest, Material, Purpose, Rehearsal};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let model = Rehearsal::new().pace(Duration::ZERO);
/// let purpose = Purpose::Draft(Material::new("Rust for newcomers"));
/// let reply = model.complete(ChatRequest::default().purpose(purpose)).await.unwrap();
/// assert!(reply.text.starts_with("# Rust for newcomers\n"));
/// assert!(reply.text.contains("not a language model"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Rehearsal {
    pace: Duration,
}

impl Rehearsal {
    /// A rehearsal with a pause of 3 ms before each word, so that a person can watch it. A whole run takes about ten seconds.
    ///
    /// ```
    /// use council_llm::{ChatModel, Rehearsal};
    ///
    /// assert_eq!(Rehearsal::new().name(), "rehearsal");
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self { pace: WATCHABLE }
    }

    /// Sets the pause before each word; `Duration::ZERO` for none.
    ///
    /// ```
    /// use std::time::Duration;
    /// use council_llm::Rehearsal;
    ///
    /// let at_once = Rehearsal::new().pace(Duration::ZERO);
    /// ```
    #[must_use]
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }
}

impl Default for Rehearsal {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl ChatModel for Rehearsal {
    fn name(&self) -> &'static str {
        "rehearsal"
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let pace = self.pace;
        let deltas = stream::iter(words(&answer(&request))).then(move |word| async move {
            if !pace.is_zero() {
                sleep(pace).await;
            }
            Ok(ChatEvent::Delta(word))
        });
        let end = End::new("end_turn");
        Ok(deltas.chain(stream::iter([Ok(ChatEvent::Done(end))])).boxed())
    }
}

fn answer(request: &ChatRequest) -> String {
    match &request.purpose {
        Some(Purpose::Draft(material)) => draft::draft(material),
        Some(Purpose::Critique { material, threshold }) => critique::critique(material, *threshold),
        Some(Purpose::Polish(material)) => polish::polish(material),
        None => {
            let message = request.messages.iter().rfind(|message| message.role == Role::User);
            introduction(message.map_or("", |message| &message.content))
        }
    }
}

/// The answer to a request without a purpose.
fn introduction(message: &str) -> String {
    let asked = match inline::inline(message, 160) {
        asked if asked.is_empty() => "an empty message".to_owned(),
        asked => format!("“{asked}”"),
    };
    format!(
        "This is the rehearsal model: a rule-based stand-in, not a language model. It received {asked} and cannot \
         answer that. It can only play the agents of a council: given a topic, it drafts, scores and edits a working \
         paper by rules. Choose a language model for anything else."
    )
}

const WATCHABLE: Duration = Duration::from_millis(3);

#[cfg(test)]
mod tests;
