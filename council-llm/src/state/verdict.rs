//! The verdict of a critic.

use serde::{Deserialize, Serialize};

/// What the critic said, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The score, 0.0 to 10.0, and always a finite number.
    pub score: f64,
    /// The critic's own word, such as `APPROVE`. Recorded for people; what happens next is decided by the score.
    pub decision: Option<String>,
    /// What the critic wants changed.
    pub feedback: String,
    /// Whether a score could be read. If not, `score` is 0 and `feedback` holds the whole answer.
    pub readable: bool,
}

impl Verdict {
    /// The line a rework appends to the feedback history: the score, then the feedback.
    ///
    /// ```
    /// use council_llm::Verdict;
    ///
    /// let verdict = Verdict::parse("SCORE: 6.5\nFEEDBACK: Too short.").unwrap();
    /// assert_eq!(verdict.history_entry(), "Score: 6.5/10\nToo short.");
    /// ```
    #[must_use]
    pub fn history_entry(&self) -> String {
        format!("Score: {}/10\n{}", self.score, self.feedback)
    }
}
