//! The state of a council: the topic, the drafts, the feedback and the document.

use std::collections::BTreeMap;
use std::sync::Arc;

use council_core::State;
use serde::{Deserialize, Serialize};

use super::call_record::CallRecord;
use super::decision::Decision;
use super::feedback::{Feedback, Review};
use super::merge;
use super::stored_blueprint::StoredBlueprint;
use super::verdict::Verdict;
use crate::blueprint::data::Blueprint;
use crate::chat::event::Usage;

/// The state of a council. The caller sets the topic, and the agents write the rest.
///
/// Agents may work in parallel. Their drafts are concatenated in the order of the nodes. Of several critics the strictest counts: the
/// lowest score with its verdict, and a rework rather than an approval.
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
    /// The topic of the document.
    pub topic: String,
    /// The current draft; empty before the first.
    #[state(concurrent(merge::texts))]
    pub draft: String,
    /// The feedback of critics and of the chair, oldest first. An author receives it as [`feedback_history`](Self::feedback_history).
    #[state(append)]
    pub feedback: Vec<Feedback>,
    /// The round, from 1; 0 before the first draft. It is the number of drafts of the master. In a blueprint it is the number of reworks
    /// plus 1.
    #[state(max)]
    pub iteration: u32,
    /// The critic's last score, 0 to 10: the real one, also where the draft went to the writer in spite of it. `None` before the first
    /// verdict, and after one in which no score could be read for sure.
    #[state(concurrent(merge::scores))]
    pub score: Option<f64>,
    /// The last decision, of the critic or of a chair. If it is `None`, the score decides.
    #[state(concurrent(merge::decisions))]
    pub decision: Option<Decision>,
    /// The document; `None` until the writer has ended.
    #[state(concurrent(merge::documents))]
    pub document: Option<String>,
    /// Why the draft is the document: the writer gave no text that can be used. `None` if the document is the writer's. In a blueprint, it
    /// is about the last agent instead of the writer, and the draft stays as the critic approved it.
    #[state(concurrent(merge::faults))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_fault: Option<String>,
    /// The tokens of all [`calls`](Self::calls).
    #[state(add)]
    pub usage: Usage,
    /// The calls of the agents that have ended, oldest first. [`Call::rebuild`](crate::Call::rebuild) shows their prompts and answers. Failed
    /// calls are in it too, with their [`fault`](CallRecord::fault), if they cost something. If an agent fails the run, its calls stay in the
    /// memory of its task, and are added when the run is resumed and the agent ends; [`CallRecord::in_once`] reads them before. A call
    /// that a cancel, a stop or a crash interrupts has no record.
    #[state(append)]
    pub calls: Vec<CallRecord>,
    /// The blueprint of the run, so that the journal contains it; `None` in the built-in council, and if the program stores it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blueprint: Option<Arc<Blueprint>>,
    /// The name of the blueprint, if the program that runs the council stores the blueprint itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_blueprint: Option<Arc<StoredBlueprint>>,
    /// The models of the agents by node, as the program that runs the council names them, such as `openai/gpt-4o`. So a program can see
    /// whether a stored run began with other models. Empty if the program names none, and in a run of a blueprint, which names them itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, String>,
    /// Whether the critic of a blueprint approved a draft with a low score because it was the last round.
    #[state(concurrent(merge::valves))]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub valve_opened: bool,
}

impl Council {
    /// A new council with this topic, for the built-in graph.
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

    /// A new council with this topic, for the graph of the blueprint.
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

    /// A new council with this topic, for the graph of a blueprint that the program stores itself. Many runs of a big blueprint then cost
    /// little: the journal of each has only the name. [`Call::rebuild`](crate::Call::rebuild) needs the [`blueprint`](Self::blueprint), so
    /// the program sets it in the states that it reads.
    ///
    /// ```
    /// use council_llm::{Council, StoredBlueprint};
    ///
    /// let council = Council::of_stored(StoredBlueprint::new("b1", "6c1f"), "Rust for newcomers");
    /// assert_eq!(council.stored_blueprint.unwrap().hash, "6c1f");
    /// ```
    #[must_use]
    pub fn of_stored(blueprint: impl Into<Arc<StoredBlueprint>>, topic: impl Into<String>) -> Self {
        Self { stored_blueprint: Some(blueprint.into()), ..Self::new(topic) }
    }

    /// The feedback for an author, oldest first: for each draft that did not pass `Score: 6.5/10` and the feedback below it, and the texts
    /// of the chair.
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

    /// The last verdict of a critic, with its threshold and round. If several critics judged in parallel, it is the verdict with the lowest
    /// score.
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
        of_round.find(|review| review.verdict.score == self.score).or(Some(last))
    }

    /// The last verdict of a critic: the verdict of the [`review`](Self::review).
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
