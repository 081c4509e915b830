//! Gives the tokens of an answer their meanings, in any of the languages of verdicts.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::cut::{Cutter, words};
use super::meaning::Meaning;
use super::token::{Kind, Token};
use super::words::WORDS;

/// The words by their first one.
struct Lexicon(HashMap<String, Vec<(Vec<String>, Meaning)>>);

impl Lexicon {
    fn shared() -> &'static Self {
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
    fn apply<'a>(&self, tokens: &[Token], word: impl Fn(usize) -> &'a str) -> Vec<Token> {
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

/// The tokens of a text in which [`HIDDEN`](super::token::HIDDEN) stands for what must not be read.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let cutter = Cutter::cut(text).end();
    Lexicon::shared().apply(&cutter.tokens, |index| cutter.word_of(index))
}
