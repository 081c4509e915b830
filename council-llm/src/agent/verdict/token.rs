//! The tokens of an answer: words, numbers and signs.

use super::meaning::Meaning;

/// A word, a number or a sign of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Where it stands in the answer.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it follows the token before without a space.
    pub(super) is_tight: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// A word, or a few words, with what they mean to a verdict.
    Word(Option<Meaning>),
    /// A number without a sign.
    Number(f64),
    /// A fraction in one character, such as `½`.
    Vulgar(f64),
    /// A star: 1 if it is filled, 0.5 if half of it is, else 0.
    Star(f64),
    Sign(char),
    /// The end of a line.
    Break,
}

impl Token {
    pub(super) fn meaning(&self) -> Option<Meaning> {
        match self.kind {
            Kind::Word(meaning) => meaning,
            _ => None,
        }
    }

    pub(super) fn is(&self, meaning: Meaning) -> bool {
        self.meaning() == Some(meaning)
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }
}

/// Stands in a text for what must not be read.
pub(super) const HIDDEN: char = '\u{1}';
