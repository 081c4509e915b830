//! Finds scores that stand in a sentence, or by themselves: `I would give it a 7`, `a solid 7`, `7/10`.

use super::candidate::{Candidate, Form};
use super::meaning::Meaning;
use super::token::{Kind, Token};
use super::value::Reader;

impl Reader<'_> {
    /// A score that someone gives: `I would give this a 7`.
    pub(super) fn given(&self, at: usize) -> Option<Candidate> {
        let clause = self.clause_before(at)?;
        if !clause.has_judge && !self.is(at, Meaning::IGive) {
            return None;
        }
        for next in at + 1..at + LONGEST_GIVEN {
            let is_led = |meaning| {
                matches!(meaning, Some(Meaning::Solid | Meaning::Final | Meaning::Number(1)))
                    || meaning.is_some_and(Meaning::is_filler)
            };
            let led = next == at + 1 || is_led(self.meaning(next - 1));
            let is_own = (at + 1..next).all(|at| is_led(self.meaning(at)));
            if let Some(value) =
                self.value(next, None).filter(|value| !self.is(next, Meaning::Number(1)) || value.has_scale)
            {
                let is_score = (led || value.has_scale) && self.ends_clean(value.next) && !self.is_unreal(value.next);
                let mut given = self.candidate(at, value, if is_own { Form::Given } else { Form::Phrase }, false);
                given.is_denied |= clause.is_loose;
                return is_score.then_some(given);
            }
            match self.tokens.get(next)?.kind {
                Kind::Break | Kind::Sign('.' | ';' | '!' | '?') => return None,
                Kind::Word(Some(meaning)) if meaning.is_foreign() => return None,
                _ => {}
            }
        }
        None
    }

    /// `it's a 6`, `rather 6`
    pub(super) fn mentioned(&self, at: usize) -> Option<Candidate> {
        let leads = |&at: &usize| {
            self.is_filler(at)
                || self.is(at, Meaning::Is)
                || self.is(at, Meaning::Number(1)) && self.number(at + 1).is_some()
        };
        let next = at + 1 + (at + 1..at + LONGEST_GIVEN).take_while(leads).count();
        let value = self.value(next, None).filter(|_| next > at + 1 || self.is(at, Meaning::Then))?;
        let before = self.tokens[..at].iter().rev().take_while(|token| matches!(token.kind, Kind::Word(_)));
        let is_foreign = before.take(LONGEST_GIVEN).filter_map(Token::meaning).any(Meaning::is_foreign);
        let is_score = !is_foreign && self.ends_clean(value.next) && !self.is_unreal(value.next);
        is_score.then(|| self.candidate(at, value, Form::Mention, false))
    }

    /// `a solid 7`
    pub(super) fn solid(&self, at: usize) -> Option<Candidate> {
        self.clause_before(at)?;
        let value = self.value(at + 1, None)?;
        let is_score = self.ends_clean(value.next) && !self.is_unreal(value.next);
        is_score.then(|| self.candidate(at, value, Form::Phrase, false))
    }

    /// A number with its scale in a sentence: `7/10`. Percentages say too many other things.
    pub(super) fn scaled(&self, at: usize) -> (Option<Candidate>, usize) {
        let Some(value) = self.value(at, None) else { return (None, at + 1) };
        let is_percent =
            self.tokens[at..value.next].iter().any(|token| token.is_sign('%') || token.is(Meaning::Percent));
        let is_score = value.has_scale
            && !is_percent
            && self.clause_before(at).is_some_and(|clause| !clause.is_part)
            && self.ends_clean(value.next)
            && !self.is_unreal(value.next);
        let found = is_score.then(|| self.candidate(at, value, Form::Phrase, false));
        (found.filter(|found| !found.is_denied), value.next)
    }

    /// A score that is the whole first line.
    pub(super) fn bare(&self) -> Option<Candidate> {
        let at = self.tokens.iter().position(|token| token.kind != Kind::Break)?;
        let value = self.value(at, None).filter(|value| self.fills_line(value.next))?;
        Some(self.candidate(at, value, Form::Phrase, false))
    }
}

const LONGEST_GIVEN: usize = 12;
