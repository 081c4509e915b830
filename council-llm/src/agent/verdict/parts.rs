//! The critic's own word and its feedback, by their labels.

use std::ops::Range;

use super::meaning::Meaning;
use super::place::Place;
use super::token::{Kind, Token};
use super::value::Reader;
use crate::state::decision::Decision;

impl Reader<'_> {
    /// The critic's own word: the last one with a label at the beginning of a line, or else in a line.
    pub(super) fn word(&self) -> Option<Range<usize>> {
        let labels = || self.labels(Meaning::Verdict);
        let on_line = labels().filter(|&(at, _)| self.place(at) == Place::Line).last();
        let (_, next) = on_line.or_else(|| labels().last())?;
        let line = &self.tokens[next..];
        let end = line.iter().position(Self::ends_word).map_or(self.tokens.len(), |length| next + length);
        let start = self.tokens[next - 1].end;
        let end = self.tokens.get(end).map_or(self.answer.len(), |token| token.start);
        let is_around = |c: char| c.is_whitespace() || is_markup(c) || matches!(c, '.' | ',' | ';' | '|' | '{' | '}');
        let start = end - self.answer[start..end].trim_start_matches(is_around).len();
        let length = self.answer[start..end].trim_end_matches(is_around).len();
        (length > 0).then_some(start..start + length)
    }

    fn ends_word(token: &Token) -> bool {
        let is_label = matches!(token.meaning(), Some(Meaning::Asked | Meaning::Feedback));
        is_label || token.kind == Kind::Break || token.is_sign('<')
    }

    /// The feedback: all that follows its first label.
    pub(super) fn feedback(&self) -> Option<Range<usize>> {
        let (at, next) = self.labels(Meaning::Feedback).next()?;
        let start = self.tokens[next - 1].end.max(self.tokens[at].end);
        let opening = self.answer[..self.tokens[at].start].chars().rev().take_while(|&c| is_markup(c)).count();
        let text = &self.answer[start..];
        // `**Feedback:** Fine.` closes its markup behind the colon.
        let markup = text.chars().take(opening).take_while(|&c| is_markup(c)).map(char::len_utf8).sum::<usize>();
        let is_closed = self.tokens[next - 1].start == self.tokens[at].end;
        Some(trimmed(self.answer, start + if is_closed { markup } else { 0 }..self.end_of_feedback(at)))
    }

    /// Where feedback ends that is an element of XML, or the answer does.
    fn end_of_feedback(&self, label: usize) -> usize {
        let is_element = label > 0 && self.is_sign(label - 1, &['<']);
        let closes = |&at: &usize| {
            self.is_sign(at, &['<']) && self.is_sign(at + 1, &['/']) && self.is(at + 2, Meaning::Feedback)
        };
        let end = (label..self.tokens.len()).find(closes).filter(|_| is_element);
        end.map_or(self.answer.len(), |at| self.tokens[at].start)
    }

    /// The labels of a meaning, and the token behind the separator of each. A label without one fills its line.
    pub(super) fn labels(&self, meaning: Meaning) -> impl Iterator<Item = (usize, usize)> {
        (0..self.tokens.len()).filter_map(move |at| {
            if !self.is(at, meaning) {
                return None;
            }
            let next = self.behind_note(at + 1);
            let is_element = at > 0 && self.is_sign(at - 1, &['<']) && self.is_sign(next, &['>']);
            if self.is_sign(next, &[':', '=', '–', '|', '→']) || is_element {
                return Some((at, next + 1));
            }
            let is_heading = self.is_break(next) && self.place(at) == Place::Line;
            is_heading.then_some((at, next)).map(|(at, next)| {
                let text = (next..self.tokens.len()).find(|&at| !self.is_break(at)).unwrap_or(next);
                (at, if self.is_sign(text, &[':']) { text + 1 } else { text.max(1) })
            })
        })
    }

    /// Skips a short note in brackets behind a label.
    fn behind_note(&self, at: usize) -> usize {
        if !self.is_sign(at, &['(']) {
            return at;
        }
        (at..at + LONGEST_NOTE).find(|&at| self.is_sign(at, &[')'])).map_or(at, |close| close + 1)
    }

    /// What the words between two places decide; nothing if they speak of both.
    pub(super) fn decides(&self, range: &Range<usize>) -> Option<Decision> {
        let place = |byte| self.tokens.partition_point(|token| token.start < byte);
        let (first, end) = (place(range.start), place(range.end));
        let (mut approves, mut reworks) = (false, false);
        let mut negated_to = 0;
        for at in first..end {
            match self.meaning(at) {
                Some(Meaning::Not) => negated_to = at + NEGATED,
                // `APPROVE? No.`, `APPROVE is not possible`
                Some(Meaning::Approve) if at < negated_to || self.is_questioned(at + 1) => reworks = true,
                Some(Meaning::Approve) => approves = true,
                Some(Meaning::Rework) if at < negated_to => {}
                Some(Meaning::Rework) => reworks = true,
                _ => {}
            }
        }
        let says_no = |token: &Token| {
            matches!(token.meaning(), Some(Meaning::Not | Meaning::Then))
                || matches!(token.kind, Kind::Sign(_) | Kind::Break)
        };
        reworks |= negated_to > 0 && self.tokens[first..end].iter().all(says_no);
        match (approves, reworks) {
            (true, false) => Some(Decision::Approve),
            (false, true) => Some(Decision::Rework),
            _ => None,
        }
    }
}

impl Reader<'_> {
    /// Whether a question or a denial follows.
    fn is_questioned(&self, at: usize) -> bool {
        self.is_sign(at, &['?']) || self.is(at, Meaning::Is) && self.is(at + 1, Meaning::Not)
    }
}

/// A range without the white space around it.
pub(super) fn trimmed(answer: &str, range: Range<usize>) -> Range<usize> {
    let text = &answer[range.clone()];
    let start = range.end - text.trim_start().len();
    start..start + answer[start..range.end].trim_end().len()
}

fn is_markup(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~' | '#' | '"' | '\'' | '“' | '”')
}

const LONGEST_NOTE: usize = 12;
/// How far a negation reaches, in tokens.
const NEGATED: usize = 4;
