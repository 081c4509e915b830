//! What is made of a critic's answer: a verdict with a score, or why there is none.

use crate::state::verdict::Verdict;

/// What a critic's answer says.
///
/// ```
/// use council_llm::{Doubt, Reading};
///
/// let Reading::Score(verdict) = Reading::of("SCORE: 7,5/10\nFEEDBACK: Add an example.", "# Rust", 8.0) else { panic!() };
/// assert_eq!(verdict.score, Some(7.5));
///
/// let reading = Reading::of("SCORE: 9\nVERDICT: REWORK\nFEEDBACK: Add an example.", "# Rust", 8.0);
/// assert!(matches!(reading, Reading::Contradiction { score: 9.0, .. }));
///
/// let reading = Reading::of("SCORE: 85", "# Rust", 8.0);
/// assert!(matches!(reading, Reading::Unclear { why: Doubt::NoScale, .. }));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reading {
    /// A score that is read for sure.
    Score(Verdict),
    /// A score that would approve, with a word that would not.
    #[non_exhaustive]
    Contradiction {
        /// The score.
        score: f64,
        /// The rest, without a score.
        verdict: Verdict,
    },
    /// No score that is read for sure.
    #[non_exhaustive]
    Unclear {
        /// What is unclear.
        why: Doubt,
        /// The rest, without a score.
        verdict: Verdict,
    },
}

/// Why no score is read.
///
/// ```
/// assert_eq!(council_llm::Doubt::Empty.to_string(), "the answer is empty");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Doubt {
    /// There is no answer, or only reasoning.
    #[error("the answer is empty")]
    Empty,
    /// There is no score, or none that is the critic's own.
    #[error("there is no score in it")]
    NoScore,
    /// There are several scores, and none is called the final one.
    #[error("there are several scores in it, and none is called the final one")]
    Several,
    /// The score is above ten, or in stars, and its scale is not named.
    #[error("the scale of the score is not named")]
    NoScale,
    /// The score is outside its scale.
    #[error("the score is outside its scale")]
    Outside,
    /// There is a range instead of a score.
    #[error("there is a range instead of a score")]
    Range,
    /// There is a sum without its total, or with a wrong one.
    #[error("the points do not add up to a score")]
    Sum,
    /// Words beside the score deny it, doubt it or make it conditional, or the text behind it takes it back.
    #[error("the score is denied, doubted or conditional")]
    Denied,
    /// The mark that ends the reasoning may be a quotation.
    #[error("the mark that ends the reasoning may be a quotation")]
    Mark,
}

impl Reading {
    /// The verdict, whether or not it has a score.
    #[must_use]
    pub fn into_verdict(self) -> Verdict {
        match self {
            Self::Score(verdict) | Self::Contradiction { verdict, .. } | Self::Unclear { verdict, .. } => verdict,
        }
    }
}
