//! The feedback of a council: verdicts of critics, and texts of the chair.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::verdict::Verdict;

/// One feedback on a draft.
///
/// A text becomes a feedback of the chair:
///
/// ```
/// use council_core::State;
/// use council_llm::{Council, Feedback};
///
/// let mut council = Council::new("Rust for newcomers");
/// council.apply(Council::update().feedback("Name your sources."));
/// assert_eq!(council.feedback, [Feedback::Chair("Name your sources.".into())]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Feedback {
    /// A critic's verdict.
    Critic(Review),
    /// A text of the chair, or of another editor of the state.
    Chair(String),
}

/// A critic's verdict, with its threshold and round.
///
/// ```
/// use council_llm::{Review, Verdict};
///
/// let review = Review::new(Verdict::parse("SCORE: 6.5").unwrap(), 8.0, 1);
/// assert_eq!((review.passes(), review.round), (false, 1));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Review {
    /// The verdict.
    pub verdict: Verdict,
    /// The lowest score with which the draft passes.
    pub threshold: f64,
    /// The round of the draft; 0 if there was no draft.
    pub round: u32,
    /// The critic's answers before this one, in which no score could be read for sure, so that the critic was asked again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

impl Review {
    /// The review of a critic of your own: its verdict, the score from which the draft passes, and the round, from 1.
    ///
    /// ```
    /// use council_core::State;
    /// use council_llm::{Council, Review, Verdict};
    ///
    /// let verdict = Verdict::parse("SCORE: 6.5\nFEEDBACK: Too short.").unwrap();
    /// let mut council = Council::new("Rust for newcomers");
    /// council.apply(Council::update().score(verdict.score).feedback(Review::new(verdict, 8.0, 1)));
    /// assert_eq!(council.feedback_history(), ["Score: 6.5/10\nToo short."]);
    /// ```
    #[must_use]
    pub fn new(verdict: Verdict, threshold: f64, round: u32) -> Self {
        Self { verdict, threshold, round, unreadable: Vec::new() }
    }

    /// Whether the score lets the draft pass.
    ///
    /// ```
    /// use council_llm::{Council, CouncilBuilder, ScriptedModel};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// let model = ScriptedModel::new("scripted", ["A draft.", "SCORE: 9\nFEEDBACK: Good.", "The document."]);
    /// let council = CouncilBuilder::new(model).build()?.run(Council::new("Rust")).await?.into_state();
    /// assert!(council.review().unwrap().passes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn passes(&self) -> bool {
        self.verdict.score.is_some_and(|score| score >= self.threshold)
    }
}

impl Feedback {
    /// The text of the feedback, without the score.
    ///
    /// ```
    /// use council_llm::Feedback;
    ///
    /// assert_eq!(Feedback::from("Name your sources.").text(), "Name your sources.");
    /// ```
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Critic(review) => &review.verdict.feedback,
            Self::Chair(text) => text,
        }
    }

    /// The entry that an author is given; `None` for a verdict that let its draft pass, and for one without a criticism.
    pub(crate) fn history_entry(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Critic(review) if review.passes() => None,
            Self::Critic(review) => review.verdict.history_entry().map(Cow::from),
            Self::Chair(text) => Some(text.into()),
        }
    }
}

impl From<String> for Feedback {
    fn from(text: String) -> Self {
        Self::Chair(text)
    }
}

impl From<&str> for Feedback {
    fn from(text: &str) -> Self {
        Self::Chair(text.to_owned())
    }
}

impl From<Review> for Feedback {
    fn from(review: Review) -> Self {
        Self::Critic(review)
    }
}
