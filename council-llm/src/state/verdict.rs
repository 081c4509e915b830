//! The verdict of a critic, with its answer.

use serde::{Deserialize, Serialize};

/// The verdict of a critic, as far as its answer could be read.
///
/// It contains the whole answer once: [`feedback`](Self::feedback) is a part of the answer, and [`answer`](Self::answer) joins the parts.
///
/// ```
/// use council_llm::Verdict;
///
/// let verdict = Verdict::parse("SCORE: 6.5\nVERDICT: REWORK\nFEEDBACK: Too short.").unwrap();
/// assert_eq!((verdict.score, verdict.word.as_deref()), (6.5, Some("REWORK")));
/// assert_eq!(verdict.feedback, "Too short.");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verdict {
    /// The score, 0.0 to 10.0, and always a finite number.
    pub score: f64,
    /// The critic's own verdict word, such as `APPROVE`. It is for people; the score decides.
    pub word: Option<String>,
    /// The feedback on the draft.
    pub feedback: String,
    /// Whether a score could be read. If not, `score` is 0 and `feedback` is the whole answer.
    pub readable: bool,
    /// The answer before the feedback.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    before: String,
    /// The answer after the feedback.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    after: String,
    /// Whether the feedback is not a part of the answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_detached: bool,
}

impl Verdict {
    /// A verdict whose feedback is `answer[start..end]`.
    pub(crate) fn of(score: f64, word: Option<String>, answer: &str, feedback: std::ops::Range<usize>) -> Self {
        Self {
            score,
            word,
            feedback: answer[feedback.clone()].to_owned(),
            readable: true,
            before: answer[..feedback.start].to_owned(),
            after: answer[feedback.end..].to_owned(),
            is_detached: false,
        }
    }

    /// The same without a score.
    pub(crate) fn without_score(self) -> Self {
        Self { score: 0.0, readable: false, ..self }
    }

    /// The same with a feedback that the answer does not contain.
    pub(crate) fn with_feedback(self, feedback: &str) -> Self {
        Self { before: self.answer(), after: String::new(), feedback: feedback.to_owned(), is_detached: true, ..self }
    }

    /// The critic's whole answer, unchanged.
    ///
    /// ```
    /// use council_llm::Verdict;
    ///
    /// let answer = "SCORE: 6.5\nFEEDBACK: Too short.\n";
    /// assert_eq!(Verdict::parse(answer).unwrap().answer(), answer);
    /// ```
    #[must_use]
    pub fn answer(&self) -> String {
        let feedback = if self.is_detached { "" } else { &self.feedback };
        [&self.before, feedback, &self.after].concat()
    }

    /// The entry in the feedback history after a rework: the score, then the feedback.
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
