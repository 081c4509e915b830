//! The draft's own words in an answer.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

use super::fold::{fold, is_word};

/// Where an answer repeats the draft: a whole line of it, or a run of its words that is too long for an accident.
pub(super) fn of(answer: &str, draft: &str) -> Vec<Range<usize>> {
    if draft.trim().is_empty() {
        return Vec::new();
    }
    let hasher = RandomState::new();
    let (said, written) = (words(answer, &hasher), words(draft, &hasher));
    let hash = |words: &[Word]| hasher.hash_one(words.iter().map(|word| word.hash).collect::<Vec<_>>());
    let range = |words: &[Word]| words[0].start..words[words.len() - 1].end;
    let runs: HashSet<u64> = written.windows(RUN).map(hash).collect();
    let lines: HashSet<u64> = written.chunk_by(same_line).map(hash).collect();
    if is_bare_verdict(answer, &said.chunk_by(same_line).map(hash).collect(), &lines) {
        return Vec::new();
    }
    let in_lines = said.chunk_by(same_line).filter(|line| lines.contains(&hash(line))).map(range);
    let in_runs = said.windows(RUN).filter(|run| runs.contains(&hash(run))).map(range);
    in_lines.chain(in_runs).collect()
}

/// Whether an answer is nothing but a verdict in the form that was asked for, and the draft nothing else either. Such a draft is no
/// document, and its repetition no quotation: one model that answers every agent alike gives the same text twice.
fn is_bare_verdict(answer: &str, said: &HashSet<u64>, written: &HashSet<u64>) -> bool {
    let label = answer.trim_start().get(..LABEL.len());
    said.len() <= LABELS && said == written && label.is_some_and(|label| label.eq_ignore_ascii_case(LABEL))
}

struct Word {
    hash: u64,
    start: usize,
    end: usize,
    line: usize,
}

/// Whether a character is a score, or a part of one, without being a digit.
fn is_score(c: char) -> bool {
    matches!(c, '★' | '⭐' | '🌟' | '☆' | '✩' | '✰' | '⯨' | '⯪' | '🔟')
}

fn same_line(one: &Word, other: &Word) -> bool {
    one.line == other.line
}

/// Words and numbers, without case, accents, signs and markup.
fn words(text: &str, hasher: &RandomState) -> Vec<Word> {
    let (mut words, mut word, mut start, mut line) = (Vec::new(), String::new(), 0, 0);
    let mut end = |word: &mut String, start: usize, end: usize, line: usize| {
        if !word.is_empty() {
            words.push(Word { hash: hasher.hash_one(word.as_str()), start, end, line });
            word.clear();
        }
    };
    for (at, c) in text.char_indices() {
        match fold(c) {
            Some(letter) if letter.is_alphanumeric() || is_score(letter) => {
                let is_word = |letter| is_word(letter) || is_score(letter);
                if is_word(letter) {
                    end(&mut word, start, at, line);
                }
                if word.is_empty() {
                    start = at;
                }
                word.push(letter);
                if is_word(letter) {
                    end(&mut word, start, at + c.len_utf8(), line);
                }
            }
            None => {}
            Some(_) => end(&mut word, start, at, line),
        }
        line += usize::from(c == '\n');
    }
    end(&mut word, start, text.len(), line);
    words
}

/// How many of the draft's words in a row are a repetition.
const RUN: usize = 4;

/// What a verdict begins with, and how many labels it has.
const LABEL: &str = "score";
const LABELS: usize = 3;
