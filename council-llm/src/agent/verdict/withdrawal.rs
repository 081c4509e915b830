//! What takes back a score elsewhere in the answer: `On reflection, 9 is too high.`, `I do not approve this draft.`

use super::candidate::Candidate;
use super::meaning::Meaning;
use super::token::{Kind, Token};
use super::value::Reader;
use crate::state::decision::Decision;

impl Reader<'_> {
    /// Whether the text behind a score says that it does not count.
    pub(super) fn is_withdrawn(&self, candidate: &Candidate, score: f64) -> bool {
        let from = candidate.next.min(self.tokens.len());
        let feedback = self.labels(Meaning::Feedback).map(|(at, _)| at).find(|&at| at >= from);
        let own = from..feedback.unwrap_or(self.tokens.len());
        own.into_iter().any(|at| self.is(at, Meaning::Withdrawn) && self.begins_clause(at))
            || (from..self.tokens.len()).any(|at| self.is_too_high(at, score))
    }

    /// Whether nothing but fillers and signs stands before a word in its clause.
    fn begins_clause(&self, word: usize) -> bool {
        let before = &self.tokens[word.saturating_sub(LONGEST_LEAD)..word];
        let lead = before.iter().rev().find(|token| !token.meaning().is_some_and(Meaning::is_filler));
        lead.is_none_or(|token| matches!(token.kind, Kind::Break | Kind::Sign(_)))
    }

    /// Whether a number is the score, and is said to be none: `9 is too high`, `a 9 would not be fair`.
    fn is_too_high(&self, at: usize, score: f64) -> bool {
        if !matches!(self.tokens[at].kind, Kind::Number(number) if (number - score).abs() < f64::EPSILON) {
            return false;
        }
        let next = if self.is_sign(at + 1, &['/']) { at + 3 } else { at + 1 };
        let is_subject = self
            .meaning(next)
            .is_some_and(|found| found.is_unreal() || matches!(found, Meaning::Is | Meaning::Not | Meaning::TooHigh));
        let clause = self.tokens[next.min(self.tokens.len())..].iter().take(LONGEST_CLAUSE);
        let clause =
            clause.take_while(|token| !matches!(token.kind, Kind::Break | Kind::Sign('.' | ',' | ';' | '!' | '?')));
        let has = |meaning| clause.clone().any(|token| token.is(meaning));
        is_subject && (has(Meaning::TooHigh) || has(Meaning::Denied) || has(Meaning::Not) && has(Meaning::Deserved))
    }

    /// Whether the critic says in a sentence that the draft does not pass: `I cannot approve this`, `I reject it`, or in a word on the
    /// line below its score.
    pub(super) fn refuses(&self, candidate: &Candidate) -> bool {
        (0..self.tokens.len()).any(|at| self.is(at, Meaning::I) && self.is_refusal(at))
            || self.line_refuses(candidate.next)
    }

    /// Whether the sentence of this `I` denies its approval, or rejects the draft.
    fn is_refusal(&self, judge: usize) -> bool {
        let mut denied_to = 0;
        for at in judge + 1..judge + LONGEST_CLAUSE {
            let Some(Kind::Word(meaning)) = self.tokens.get(at).map(|token| token.kind) else { return false };
            match meaning {
                Some(Meaning::Not) => denied_to = at + 2,
                Some(Meaning::Approve) if at <= denied_to => return self.is_draft(at + 1),
                Some(Meaning::Rework) if at <= judge + 2 => return self.is_draft(at + 1),
                _ => {}
            }
        }
        false
    }

    /// Whether the object at a place is the draft, or none: `this`, and not `the claim`.
    fn is_draft(&self, mut at: usize) -> bool {
        while self.is_filler(at) {
            at += 1;
        }
        !matches!(self.tokens.get(at).map(|token| token.kind), Some(Kind::Word(None | Some(Meaning::Said))))
    }

    /// Whether the next line with words says nothing but that the draft does not pass.
    fn line_refuses(&self, from: usize) -> bool {
        let is_break = |token: &Token| token.kind == Kind::Break;
        let rest = &self.tokens[from.min(self.tokens.len())..];
        let below = rest.iter().skip_while(|token| !is_break(token)).skip_while(|token| is_break(token));
        let line: Vec<&Token> = below.take(LONGEST_CLAUSE).take_while(|token| !is_break(token)).collect();
        let is_word = |token: &&Token| match token.kind {
            Kind::Sign(_) => true,
            Kind::Word(Some(meaning)) => {
                meaning.is_filler()
                    || meaning.is_unreal()
                    || matches!(meaning, Meaning::Not | Meaning::Approve | Meaning::Rework | Meaning::Is)
            }
            _ => false,
        };
        let (Some(first), Some(last)) = (line.first(), line.last()) else { return false };
        // `Revisions:` is a heading.
        !last.is_sign(':')
            && line.iter().all(is_word)
            && self.decides(&(first.start..last.end)) == Some(Decision::Rework)
    }
}

const LONGEST_LEAD: usize = 4;
const LONGEST_CLAUSE: usize = 10;
