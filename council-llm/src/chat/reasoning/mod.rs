//! Splits an answer into the reasoning of its model and the text behind it, chunk by chunk.
//!
//! Reasoning stands at the beginning of an answer, between marks such as `<think>` and `</think>`. A mark further down is text, and so is
//! a mark in code. Some servers drop the opening mark: then a lone closing mark says that all before it was reasoning, although it was
//! given out as text until then. That holds only where no reasoning has ended before, and not within a sentence: `the </think> mark`.

mod code;
mod marks;
mod quotation;
mod sentence;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use self::code::Code;
use self::marks::{Channel, Found, LONGEST_BLANK, Opening};
use self::quotation::Cut;
use self::sentence::Sentence;

/// One piece of an answer. No text in it is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// The next piece of the text.
    Text(String),
    /// The next piece of the reasoning.
    Reasoning(String),
    /// All text so far was reasoning.
    Withdrawn,
}

/// An answer in two parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parts {
    /// What the answer says.
    pub(crate) text: String,
    /// What the model thought before it.
    pub(crate) reasoning: String,
    /// The bytes of the reasoning that were text until a lone closing mark followed.
    pub(crate) withdrawn: Range<usize>,
    /// The marks that were cut from the answer.
    pub(crate) cut: Cut,
}

impl Parts {
    /// The parts of a whole answer.
    pub(crate) fn of(answer: &str) -> Self {
        let (mut parts, mut splitter) = (Self::default(), Splitter::default());
        splitter.push(answer, |piece| parts.add(piece));
        parts.cut = splitter.finish(|piece| parts.add(piece));
        parts
    }

    /// Continues an answer that was cut with the parts of the next answer. The text of that one is new from this byte on.
    pub(crate) fn continue_with(&mut self, next: &Self, new_from: usize) {
        self.text.push_str(&next.text[new_from..]);
        if self.withdrawn.is_empty() {
            let start = self.reasoning.len();
            self.withdrawn = start + next.withdrawn.start..start + next.withdrawn.end;
        }
        self.reasoning.push_str(&next.reasoning);
        self.cut.continue_with(&next.cut);
    }

    /// Adds the next piece.
    pub(crate) fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text) => self.text.push_str(&text),
            Piece::Reasoning(text) => self.reasoning.push_str(&text),
            Piece::Withdrawn => {
                let start = self.reasoning.len();
                self.reasoning.push_str(&std::mem::take(&mut self.text));
                self.withdrawn = start..self.reasoning.len();
            }
        }
    }
}

/// Splits an answer that comes in chunks. A chunk may end anywhere, also within a mark.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    place: Place,
    /// What cannot be told yet: it may be the beginning of a mark.
    held: String,
    /// Whether a closing mark stands before: the white space behind it belongs to no part.
    follows_mark: bool,
    /// Whether the text is that of a channel, which ends with a mark of its own.
    is_channel: bool,
    code: Code,
    sentence: Sentence,
    /// Opening marks in the text that no closing mark has followed.
    open_in_text: usize,
    /// Whether reasoning has ended, so that a lone closing mark is text. An opening mark within the reasoning leaves that open.
    is_settled: bool,
    /// Opening marks within the reasoning.
    nested: usize,
    cut: Cut,
}

#[derive(Clone, Copy, Debug, Default)]
enum Place {
    /// At the beginning, or behind reasoning: an opening mark may follow.
    #[default]
    Start,
    /// In reasoning that these marks end.
    Reasoning(&'static [&'static str]),
    Text,
}

/// What is left of a chunk.
enum Left<'a> {
    /// More to split.
    More(&'a str),
    /// Nothing, or what cannot be told before the next chunk.
    Held(&'a str),
}

impl Splitter {
    /// Takes the next chunk.
    pub(crate) fn push(&mut self, chunk: &str, mut emit: impl FnMut(Piece)) {
        self.held.push_str(chunk);
        self.split(false, &mut emit);
    }

    /// The answer is complete: what was held back is the beginning of no mark.
    pub(crate) fn finish(mut self, mut emit: impl FnMut(Piece)) -> Cut {
        self.split(true, &mut emit);
        self.cut
    }

    fn split(&mut self, is_complete: bool, emit: &mut impl FnMut(Piece)) {
        let held = std::mem::take(&mut self.held);
        let mut left = Left::More(&held);
        while let Left::More(rest) = left {
            left = match self.place {
                Place::Start => self.start(rest, is_complete),
                Place::Reasoning(ends) => self.reasoning(rest, ends, is_complete, emit),
                Place::Text => self.text(rest, is_complete, emit),
            };
        }
        if let Left::Held(rest) = left {
            rest.clone_into(&mut self.held);
        }
    }

    /// Looks for an opening mark.
    fn start<'a>(&mut self, rest: &'a str, is_complete: bool) -> Left<'a> {
        let body = rest.trim_start();
        self.cut.is_followed_by(&rest[..rest.len() - body.len()]);
        match marks::opening(body) {
            Opening::Reasoning { ends, after } => {
                (self.place, self.follows_mark) = (Place::Reasoning(ends), true);
                Left::More(after)
            }
            Opening::Channel(Channel::Final, after) => {
                (self.place, self.is_channel) = (Place::Text, true);
                Left::More(after)
            }
            Opening::Channel(Channel::Other, after) => {
                (self.place, self.follows_mark) = (Place::Reasoning(marks::CHANNEL_ENDS), true);
                Left::More(after)
            }
            Opening::Unfinished if !is_complete && rest.len() <= LONGEST_BLANK => Left::Held(rest),
            Opening::Unfinished | Opening::None => {
                self.place = Place::Text;
                Left::More(if self.follows_mark { body } else { rest })
            }
        }
    }

    /// Gives out reasoning up to its closing mark.
    fn reasoning<'a>(
        &mut self,
        rest: &'a str,
        ends: &[&'static str],
        is_complete: bool,
        emit: &mut impl FnMut(Piece),
    ) -> Left<'a> {
        for (at, c) in rest.char_indices() {
            let tail = &rest[at..];
            self.nested += usize::from(marks::opens(tail));
            match marks::closing(tail, ends) {
                Found::Mark(mark, after) => {
                    self.cut.add(mark, &self.sentence);
                    self.is_settled |= self.nested == 0;
                    self.nested = 0;
                    give(&rest[..at], Piece::Reasoning, emit);
                    self.place = Place::Start;
                    return Left::More(after);
                }
                found if !is_complete && (matches!(found, Found::Beginning) || marks::may_open(tail)) => {
                    give(&rest[..at], Piece::Reasoning, emit);
                    return Left::Held(tail);
                }
                Found::Beginning | Found::Nothing => {}
            }
            self.sentence.take(c);
        }
        give(rest, Piece::Reasoning, emit);
        Left::Held("")
    }

    /// Gives out text up to a mark that matters.
    fn text<'a>(&mut self, rest: &'a str, is_complete: bool, emit: &mut impl FnMut(Piece)) -> Left<'a> {
        for (at, c) in rest.char_indices() {
            let tail = &rest[at..];
            if !self.code.is_open() {
                let ends = if self.is_channel { marks::CHANNEL_STOPS } else { marks::LONE };
                let closing = marks::closing(tail, ends);
                if !is_complete && (matches!(closing, Found::Beginning) || marks::may_open(tail)) {
                    give(&rest[..at], Piece::Text, emit);
                    return Left::Held(tail);
                }
                if marks::opens(tail) {
                    self.open_in_text += 1;
                } else if let Found::Mark(mark, after) = closing {
                    if self.is_channel {
                        self.cut.add(mark, &self.sentence);
                        give(&rest[..at], Piece::Text, emit);
                        return Left::More(after);
                    }
                    if self.open_in_text == 0 && !self.is_settled {
                        match self.sentence.goes_on(after, is_complete) {
                            Some(true) => {
                                self.code.take(c);
                                self.sentence.take(c);
                                continue;
                            }
                            None => {
                                give(&rest[..at], Piece::Text, emit);
                                return Left::Held(tail);
                            }
                            Some(false) => {}
                        }
                        self.cut.add(mark, &self.sentence);
                        give(&rest[..at], Piece::Text, emit);
                        emit(Piece::Withdrawn);
                        (self.place, self.follows_mark, self.is_settled) = (Place::Start, true, true);
                        self.code = Code::default();
                        return Left::More(after);
                    }
                    self.open_in_text = self.open_in_text.saturating_sub(1);
                }
            }
            self.code.take(c);
            self.sentence.take(c);
        }
        give(rest, Piece::Text, emit);
        Left::Held("")
    }
}

fn give(text: &str, piece: fn(String) -> Piece, emit: &mut impl FnMut(Piece)) {
    if !text.is_empty() {
        emit(piece(text.to_owned()));
    }
}

#[cfg(test)]
mod tests;
