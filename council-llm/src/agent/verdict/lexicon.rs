//! What words mean to a verdict, in any of its languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::token::{Kind, Token, words};
use super::words::WORDS;

/// What a word, or a few words, mean to a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The label that was asked for.
    Asked,
    /// Another label of a score: `Rating`, `Bewertung`, `评分`.
    Score,
    /// That a score is the one that counts: `final`, `overall`, `gesamt`.
    Final,
    /// The label of the verdict's word.
    Verdict,
    /// The label of the feedback.
    Feedback,
    /// A verdict: it passes.
    Approve,
    /// A verdict: it goes back.
    Rework,
    Not,
    /// A number in words.
    Number(u8),
    /// The point of a number in words.
    Point,
    /// `and a half`.
    Half,
    /// `out of`, between a number and its scale.
    OutOf,
    /// The highest number of a scale: `max`, `满分`.
    Most,
    Percent,
    /// What is counted: `points`, `分`.
    Unit,
    Stars,
    /// `to` and `or`, between the ends of a range.
    Range,
    /// `or higher`.
    OrMore,
    /// Between two scores, of which the later counts.
    Then,
    /// `is`, between a label and its number.
    Is,
    /// What may stand between a label and its number: `a`, `about`, `this draft`.
    Filler,
    /// `solid`, before a number that is a score.
    Solid,
    /// The one who judges.
    I,
    /// To judge, with someone who does.
    Give,
    /// To judge, with the judge in the verb: `doy`.
    IGive,
    /// What makes a score one that is not given: `if`, `would`.
    Unreal,
    /// What makes a score another one than that of this draft: `below`, `previous`.
    Elsewhere,
    /// What makes it the statement of someone else, or an example.
    Said,
    /// What a score is for: a score with it is a part of another one.
    For,
    /// A box around the answer, in TeX.
    Boxed,
    /// A fraction, in TeX.
    Fraction,
}

/// The words by their first one.
pub(super) struct Lexicon(HashMap<String, Vec<(Vec<String>, Meaning)>>);

impl Lexicon {
    pub(super) fn shared() -> &'static Self {
        static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);
        &LEXICON
    }

    fn new() -> Self {
        let mut entries: HashMap<String, Vec<_>> = HashMap::new();
        for &(meaning, phrases) in WORDS {
            for phrase in phrases.split('|') {
                let words = words(phrase);
                if let [first, rest @ ..] = words.as_slice() {
                    entries.entry(first.clone()).or_default().push((rest.to_vec(), meaning));
                }
            }
        }
        for entries in entries.values_mut() {
            entries.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
        }
        Self(entries)
    }

    /// Gives the words their meanings, and makes one token of the words of a phrase. `word` is the word of the token with that index.
    pub(super) fn apply<'a>(&self, tokens: &[Token], word: impl Fn(usize) -> &'a str) -> Vec<Token> {
        let mut known = Vec::with_capacity(tokens.len());
        let mut index = 0;
        while let Some(&token) = tokens.get(index) {
            let is_word = |index: usize| tokens.get(index).is_some_and(|token| matches!(token.kind, Kind::Word(_)));
            let entries = if is_word(index) { self.0.get(word(index)).map_or(&[][..], Vec::as_slice) } else { &[] };
            let found = entries.iter().find(|(rest, _)| {
                rest.iter().zip(index + 1..).all(|(expected, index)| is_word(index) && word(index) == expected)
            });
            let (length, meaning) = found.map_or((0, None), |(rest, meaning)| (rest.len(), Some(*meaning)));
            let kind = if meaning.is_some() { Kind::Word(meaning) } else { token.kind };
            known.push(Token { kind, end: tokens[index + length].end, ..token });
            index += 1 + length;
        }
        known
    }
}
