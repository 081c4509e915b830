//! What may be the score of an answer.

use super::reading::Doubt;
use super::value::{Reader, Value};

/// What may be the score.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// From 0 to 10, or why it cannot be read for sure.
    pub(super) score: Result<f64, Doubt>,
    /// Whether the words behind it deny it, doubt it or make it conditional.
    pub(super) is_denied: bool,
    pub(super) form: Form,
    /// Whether it is called final, overall or total.
    pub(super) is_final: bool,
    /// The byte of the answer at which it stands.
    pub(super) start: usize,
    /// The token behind it.
    pub(super) next: usize,
}

/// How a score is written, from the form that was asked for down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// `SCORE: 7`, on a line of its own.
    Asked,
    /// `Overall: 7`, `Total | 7`
    Final,
    /// `Rating: 7`
    Label,
    /// `I would give it a 7`
    Given,
    /// `a solid 7`, `7/10`, `I would give the first part a 7`
    Phrase,
    /// `so that makes SCORE: 7`: no score by itself, but one that makes a higher one before it doubtful.
    Mention,
}

impl Form {
    pub(super) fn is_label(self) -> bool {
        matches!(self, Self::Asked | Self::Final | Self::Label)
    }
}

impl Candidate {
    /// The score that it gives, or why it gives none.
    pub(super) fn given(&self) -> Result<f64, Doubt> {
        if self.is_denied { self.score.and(Err(Doubt::Denied)) } else { self.score }
    }
}

impl Reader<'_> {
    /// A value as a score whose label, or itself, is the token at `at`.
    pub(super) fn candidate(&self, at: usize, value: Value, form: Form, is_final: bool) -> Candidate {
        let Value { score, next, .. } = value;
        let is_denied = score.is_ok_and(|score| self.is_denied(next, score));
        Candidate { score, is_denied, form, is_final, start: self.tokens[at].start, next }
    }
}
