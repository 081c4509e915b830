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
/// assert_eq!((verdict.score, verdict.word.as_deref()), (Some(6.5), Some("REWORK")));
/// assert_eq!(verdict.feedback, "Too short.");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verdict {
    /// The score, 0.0 to 10.0, and always a finite number; `None` if none could be read for sure.
    pub score: Option<f64>,
    /// The critic's own word, such as `APPROVE`. It is for people; the score decides what happens next.
    pub word: Option<String>,
    /// The feedback on the draft.
    pub feedback: String,
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
    pub(crate) fn of(score: Option<f64>, word: Option<String>, answer: &str, feedback: std::ops::Range<usize>) -> Self {
        Self {
            score,
            word,
            feedback: answer[feedback.clone()].to_owned(),
            before: answer[..feedback.start].to_owned(),
            after: answer[feedback.end..].to_owned(),
            is_detached: false,
        }
    }

    /// The same with a score.
    pub(crate) fn with_score(self, score: f64) -> Self {
        Self { score: Some(score), ..self }
    }

    /// The same with a feedback that the answer does not contain.
    pub(crate) fn with_feedback(self, feedback: &str) -> Self {
        Self { before: self.answer(), after: String::new(), feedback: feedback.to_owned(), is_detached: true, ..self }
    }

    /// The critic's whole answer, to the letter, without the reasoning before it.
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

    /// The entry of the feedback history that a rework makes of it: the score, then the feedback. Without a score it is the feedback
    /// behind its label; an answer that holds neither is no criticism and makes no entry.
    ///
    /// ```
    /// use council_llm::{Reading, Verdict};
    ///
    /// let verdict = Verdict::parse("SCORE: 6.5\nFEEDBACK: Too short.").unwrap();
    /// assert_eq!(verdict.history_entry().unwrap(), "Score: 6.5/10\nToo short.");
    ///
    /// let verdict = Reading::of("SCORE: fine\nFEEDBACK: Too short.", "# Rust", 8.0).into_verdict();
    /// assert_eq!(verdict.history_entry().unwrap(), "Too short.");
    /// let verdict = Reading::of("I like it.", "# Rust", 8.0).into_verdict();
    /// assert_eq!(verdict.history_entry(), None);
    /// ```
    #[must_use]
    pub fn history_entry(&self) -> Option<String> {
        match self.score {
            Some(score) => Some(format!("Score: {score}/10\n{}", self.feedback)),
            None => self.has_feedback().then(|| self.feedback.clone()),
        }
    }

    /// Whether the feedback is a part of the answer with a label of its own.
    fn has_feedback(&self) -> bool {
        !self.feedback.is_empty() && !self.before.trim().is_empty()
    }
}
