//! The critic's reply, read into a score, a decision and feedback.

mod scan;

use std::ops::Range;

use self::scan::labels;
use crate::state::verdict::Verdict;

impl Verdict {
    /// Reads a critic's reply, or gives `None` if there is no score in it.
    ///
    /// Labels count in any case, plain or in Markdown. The first labelled score wins; `7/10`, `35/50` and `70%` are
    /// brought to the scale of 0 to 10, and what lies outside it is clamped. Feedback is all that follows its label;
    /// without a label it is the whole reply.
    ///
    /// ```
    /// use council_llm::Verdict;
    ///
    /// let verdict = Verdict::parse("**Score:** 7,5/10\n**Verdict:** rework\n**Feedback:** Add an example.").unwrap();
    /// assert_eq!(verdict.score, 7.5);
    /// assert_eq!(verdict.word.as_deref(), Some("rework"));
    /// assert_eq!(verdict.feedback, "Add an example.");
    ///
    /// assert_eq!(Verdict::parse("I like it."), None);
    /// ```
    #[must_use]
    pub fn parse(reply: &str) -> Option<Self> {
        Some(Self::of(score(reply)?, word(reply), reply, feedback(reply)))
    }

    /// What a reply without a score counts as: score 0, with the whole reply as feedback, so that nothing is lost.
    ///
    /// ```
    /// use council_llm::Verdict;
    ///
    /// let verdict = Verdict::unreadable("I like it.");
    /// assert_eq!((verdict.score, verdict.readable), (0.0, false));
    /// assert_eq!(verdict.feedback, "I like it.");
    /// assert_eq!(Verdict::unreadable("  ").feedback, "(the critic gave an empty answer)");
    /// ```
    #[must_use]
    pub fn unreadable(reply: &str) -> Self {
        let verdict = Self::of(0.0, word(reply), reply, trimmed(reply, reply)).without_score();
        if verdict.feedback.is_empty() { verdict.with_feedback(EMPTY_ANSWER) } else { verdict }
    }
}

fn score(reply: &str) -> Option<f64> {
    labels(reply, "score").find_map(|label| {
        let (score, after) = scan::score(label.rest)?;
        // Without a colon, `Score 7` is a label only if it fills its line: "Score 3 points more by ..." is prose.
        (label.separated || ends_line(after)).then_some(score)
    })
}

fn word(reply: &str) -> Option<String> {
    let value = labels(reply, "verdict").find(|label| label.separated || ends_line(label.rest))?.rest.trim_start();
    let line = value.lines().next().unwrap_or_default();
    let end = ["score", "feedback"].iter().filter_map(|word| Some(labels(line, word).next()?.start)).min();
    let word = line[..end.unwrap_or(line.len())]
        .trim_matches(|c: char| c.is_whitespace() || scan::is_markup(c) || matches!(c, '.' | ',' | ';' | '|'));
    (!word.is_empty()).then(|| word.to_owned())
}

/// Where the feedback stands in a reply.
fn feedback(reply: &str) -> Range<usize> {
    let label = labels(reply, "feedback").find(|label| label.separated || ends_line(label.rest));
    trimmed(reply, label.map_or(reply, |label| label.rest))
}

/// Where the end of a reply stands in it, without the white space around it.
fn trimmed(reply: &str, end: &str) -> Range<usize> {
    let text = end.trim_start();
    let start = reply.len() - text.len();
    start..start + text.trim_end().len()
}

fn ends_line(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    line.chars().all(|c| c.is_whitespace() || scan::is_markup(c) || matches!(c, '.' | ')' | ']'))
}

const EMPTY_ANSWER: &str = "(the critic gave an empty answer)";

#[cfg(test)]
mod tests;
