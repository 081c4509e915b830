//! The state of a council: the document and what the agents have said of it.

use std::sync::Arc;

use council_core::State;
use serde::{Deserialize, Serialize};

use super::decision::Decision;
use super::feedback::{Feedback, Review};
use super::merge;
use super::verdict::Verdict;
use crate::blueprint::data::Blueprint;
use crate::chat::event::Usage;

/// What passes through a council: the topic goes in, the rest is written by the agents.
///
/// Agents may work side by side. Then their drafts stand one below the other, in the order of the nodes, and of several critics
/// the strictest counts: the lower score with its verdict, and a rework rather than an approval.
///
/// ```
/// use council_llm::Council;
///
/// let council = Council::new("Rust for newcomers");
/// assert_eq!((council.topic.as_str(), council.iteration, council.document), ("Rust for newcomers", 0, None));
/// ```
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Council {
    /// What the council is to write about.
    pub topic: String,
    /// The current draft; empty before the first.
    #[state(concurrent(merge::texts))]
    pub draft: String,
    /// What critics and the chair said of the drafts, oldest first. [`feedback_history`](Self::feedback_history) is what an author gets of
    /// it.
    #[state(append)]
    pub feedback: Vec<Feedback>,
    /// The round, from 1: how many drafts the master has written, or in a blueprint, one more than a critic has sent back. 0 before the
    /// first draft.
    #[state(max)]
    pub iteration: u32,
    /// The critic's last score, 0 to 10: the real one, also where the draft went to the writer in spite of it.
    #[state(concurrent(merge::scores))]
    pub score: Option<f64>,
    /// Where the critic's score led, or where a chair decides that it leads; without one, the score does.
    #[state(concurrent(merge::decisions))]
    pub decision: Option<Decision>,
    /// The polished document; `None` until the writer has ended.
    #[state(concurrent(merge::documents))]
    pub document: Option<String>,
    /// What the calls of all agents that came to a result took.
    #[state(add)]
    pub usage: Usage,
    /// The number of calls that came to a result. [`Call::rebuild`](crate::Call::rebuild) shows them.
    #[state(add)]
    pub calls: u32,
    /// The blueprint that the run was started with, so that its journal knows it; `None` in the built-in council.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<Arc<Blueprint>>,
    /// Whether the critic of a blueprint had to let the draft pass because the rounds were over.
    #[state(concurrent(merge::valves))]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub valve_opened: bool,
}

impl Council {
    /// A council that has not begun.
    ///
    /// ```
    /// use council_llm::Council;
    ///
    /// assert_eq!(Council::new("Rust for newcomers").topic, "Rust for newcomers");
    /// ```
    #[must_use]
    pub fn new(topic: impl Into<String>) -> Self {
        Self { topic: topic.into(), ..Self::default() }
    }

    /// A council that has not begun, for the graph of a blueprint.
    ///
    /// ```
    /// use council_llm::{Blueprint, Council};
    ///
    /// let blueprint: Blueprint = serde_json::from_str(r#"{"id": "b1", "name": "Nobody", "nodes": []}"#)?;
    /// let council = Council::of(blueprint, "Rust for newcomers");
    /// assert_eq!(council.blueprint.unwrap().name, "Nobody");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn of(blueprint: impl Into<Arc<Blueprint>>, topic: impl Into<String>) -> Self {
        Self { blueprint: Some(blueprint.into()), ..Self::new(topic) }
    }

    /// The feedback that an author gets, oldest first: `Score: 6.5/10` with the feedback below it for each draft that did not pass, and
    /// the words of the chair.
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let answers = ["One.", "SCORE: 6\nFEEDBACK: Say more.", "Two.", "SCORE: 9\nFEEDBACK: Good.", "The document."];
    /// let graph = CouncilBuilder::new(ScriptedModel::new("scripted", answers)).build()?;
    /// let council = graph.run(Council::new("Rust")).await?.into_state();
    /// assert_eq!(council.feedback_history(), ["Score: 6/10\nSay more."]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn feedback_history(&self) -> Vec<String> {
        self.feedback.iter().filter_map(|feedback| Some(feedback.history_entry()?.into_owned())).collect()
    }

    /// The last verdict of a critic, with its threshold and round. If several critics judged side by side, it is the verdict with the score
    /// that counts.
    ///
    /// ```
    /// use council_llm::Council;
    ///
    /// assert_eq!(Council::new("Rust").review(), None);
    /// ```
    #[must_use]
    pub fn review(&self) -> Option<&Review> {
        let mut reviews = self.feedback.iter().rev().filter_map(|feedback| match feedback {
            Feedback::Critic(review) => Some(review),
            Feedback::Chair(_) => None,
        });
        let last = reviews.next()?;
        let mut of_round = std::iter::once(last).chain(reviews.take_while(|review| review.round == last.round));
        of_round.find(|review| Some(review.verdict.score) == self.score).or(Some(last))
    }

    /// The last verdict of a critic: that of the [`review`](Self::review).
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9\nFEEDBACK: Good.", "The document."]);
    /// let council = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await?.into_state();
    /// assert_eq!(council.verdict().unwrap().feedback, "Good.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        Some(&self.review()?.verdict)
    }

    /// The draft, if there is one.
    pub(crate) fn current_draft(&self) -> Option<&str> {
        Some(self.draft.as_str()).filter(|draft| !draft.is_empty())
    }
}
