//! Where a word stands: at the beginning of a line or of a sentence, or in the midst of someone else's.

use super::meaning::Meaning;
use super::token::Kind;
use super::value::Reader;

/// Where a label stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// At the beginning of a line, markup and list numbers aside.
    Line,
    /// At the beginning of a sentence.
    Sentence,
    /// In a sentence, or as a part of another name: nothing that is read.
    Elsewhere,
}

/// What stands before a word in its sentence.
pub(super) struct Clause {
    /// The one who judges is named.
    pub(super) has_judge: bool,
    /// It begins with the name of a part: `Clarity: `.
    pub(super) is_part: bool,
    /// Other words stand between the one who judges and the word: `I refuse to give`.
    pub(super) is_loose: bool,
}

impl Reader<'_> {
    pub(super) fn place(&self, label: usize) -> Place {
        // `z-score`, and not `final-score`.
        if label > 0 && self.tokens[label].is_tight && self.is(label - 1, Meaning::OutOf) {
            return Place::Elsewhere;
        }
        for at in (label.saturating_sub(FARTHEST)..label).rev() {
            match self.tokens[at].kind {
                Kind::Break => return self.place_of_line(at),
                Kind::Sign('.' | ')') if self.is_list_number(at) => {}
                Kind::Number(_) if at == 0 || self.is_break(at - 1) => {}
                Kind::Sign('.' | '!' | '?' | ';' | '{' | '<') => return Place::Sentence,
                Kind::Sign(',') if self.is_quoted(at + 1) => return Place::Sentence,
                Kind::Word(Some(Meaning::Verdict | Meaning::Approve | Meaning::Rework | Meaning::Feedback)) => {
                    return Place::Sentence;
                }
                Kind::Word(Some(meaning)) if meaning.is_filler() => {}
                Kind::Sign(_)
                | Kind::Word(Some(
                    Meaning::Withdrawn
                    | Meaning::Final
                    | Meaning::Asked
                    | Meaning::Score
                    | Meaning::Is
                    | Meaning::I
                    | Meaning::OutOf
                    | Meaning::Solid
                    | Meaning::Boxed,
                )) => {}
                _ => return Place::Elsewhere,
            }
        }
        if label <= FARTHEST { Place::Line } else { Place::Elsewhere }
    }

    /// Whether the line behind this break is the critic's own, and not introduced as an example or as someone's words.
    fn place_of_line(&self, line_break: usize) -> Place {
        let start = line_break.saturating_sub(FARTHEST);
        let before = &self.tokens[start..line_break];
        let end = before.iter().rposition(|token| token.kind != Kind::Break);
        let Some(end) = end.filter(|&end| before[end].is_sign(':')) else { return Place::Line };
        let mut line = before[..end].iter().rev().take_while(|token| token.kind != Kind::Break);
        let is_own =
            !line.any(|token| token.meaning().is_some_and(|found| found == Meaning::Said || found.is_unreal()));
        if is_own { Place::Line } else { Place::Elsewhere }
    }

    /// Whether this sign ends the number of a list.
    fn is_list_number(&self, at: usize) -> bool {
        at > 0 && matches!(self.tokens[at - 1].kind, Kind::Number(_)) && (at == 1 || self.is_break(at - 2))
    }

    /// Whether a token stands in quotation marks of its own.
    fn is_quoted(&self, at: usize) -> bool {
        let start = self.tokens.get(at).map_or(0, |token| token.start);
        self.answer[..start].ends_with(['"', '\''])
    }

    /// What stands before a word in its sentence; `None` if that makes it no statement of the critic.
    pub(super) fn clause_before(&self, word: usize) -> Option<Clause> {
        let mut clause = Clause { has_judge: false, is_part: false, is_loose: false };
        let mut is_divided = false;
        for at in (word.saturating_sub(FARTHEST)..word).rev() {
            match self.tokens[at].kind {
                Kind::Break | Kind::Sign('.' | '!' | '?' | ';') => return Some(clause),
                Kind::Sign(':' | '|' | '–' | '-' | '=' | '(' | '→') => is_divided = true,
                Kind::Word(Some(Meaning::I)) => clause.has_judge = true,
                // `I would give` is a statement, `it would be` is none.
                Kind::Word(Some(Meaning::Would)) if clause.has_judge || self.is_judge_before(at) => {}
                Kind::Word(Some(meaning)) if meaning.is_foreign() => return None,
                Kind::Word(None) => {
                    clause.is_part |= is_divided;
                    clause.is_loose |= !clause.has_judge;
                }
                _ => {}
            }
        }
        (word <= FARTHEST).then_some(clause)
    }

    fn is_judge_before(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, Meaning::I)
    }

    /// Whether nothing but signs, units and the next label follows on the line.
    pub(super) fn fills_line(&self, from: usize) -> bool {
        for token in self.tokens[from.min(self.tokens.len())..].iter().take(FARTHEST) {
            match token.kind {
                Kind::Break | Kind::Sign('<' | '–' | '→' | '-' | '(') => return true,
                Kind::Word(Some(Meaning::Verdict | Meaning::Approve | Meaning::Rework | Meaning::Feedback)) => {
                    return true;
                }
                Kind::Sign(_) | Kind::Word(Some(Meaning::Unit | Meaning::Stars)) => {}
                _ => return false,
            }
        }
        true
    }

    /// Whether what follows a number does not make it the number of something: `7 sections`.
    pub(super) fn ends_clean(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return true };
        match token.kind {
            Kind::Word(None) => {
                !self.answer.as_bytes()[token.start].is_ascii_alphabetic() && token.end - token.start <= 3
            }
            Kind::Number(_) | Kind::Word(Some(Meaning::OutOf)) => false,
            _ => true,
        }
    }

    /// Whether what follows a score makes it one that is not given: `8 if the sources are named`.
    pub(super) fn is_unreal(&self, mut at: usize) -> bool {
        while self.is_filler(at) || self.is(at, Meaning::Unit) {
            at += 1;
        }
        self.meaning(at).is_some_and(Meaning::is_unreal) && !self.is(at + 1, Meaning::Not)
    }

    /// How many numbers stand on the line from a token on, as far as it matters.
    pub(super) fn numbers_on_line(&self, from: usize) -> usize {
        let line = self.tokens[from..].iter().take(FARTHEST).take_while(|token| token.kind != Kind::Break);
        let cells = line.map(|token| (token.is_sign('|'), matches!(token.kind, Kind::Number(_) | Kind::Star(_))));
        let (mut count, mut is_counted) = (0, false);
        for (is_border, is_number) in cells {
            if is_border {
                is_counted = false;
            } else if is_number && !is_counted {
                (count, is_counted) = (count + 1, true);
            }
        }
        count
    }
}

/// How far a look back or ahead goes, in tokens.
const FARTHEST: usize = 30;
