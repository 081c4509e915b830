//! What takes back a score on its own line: `9? No, 6`, `9, which is not deserved`, `9 (if the sources are named)`.

use super::meaning::Meaning;
use super::token::{Kind, Token};
use super::value::Reader;

/// A part of what follows a score on its line, between two signs that divide.
struct Remark<'a> {
    tokens: &'a [Token],
    /// The index of its first token.
    start: usize,
    /// The sign before it; none right behind the score.
    sign: Option<char>,
    is_bracketed: bool,
    /// Whether it goes on with an enumeration: `see 1, 2 and 3`.
    is_enumeration: bool,
}

impl Remark<'_> {
    fn has(&self, meaning: Meaning) -> bool {
        self.tokens.iter().any(|token| token.is(meaning))
    }

    fn begins(&self, meaning: Meaning) -> bool {
        self.tokens.first().is_some_and(|token| token.is(meaning))
    }

    /// The meaning of its first word that is no filler.
    fn lead(&self) -> Option<Meaning> {
        self.tokens.iter().find(|token| !token.meaning().is_some_and(Meaning::is_filler))?.meaning()
    }

    /// Whether it is `(example)`, or a condition whose word stands last, as in Japanese.
    fn is_aside(&self) -> bool {
        let is_example = self.tokens.len() == 1 && self.begins(Meaning::Said);
        is_example || self.tokens.last().is_some_and(|token| token.is(Meaning::Condition))
    }

    /// Whether it is nothing but a `no`.
    fn is_no(&self) -> bool {
        let is_no = |token: &Token| token.is(Meaning::Not) || token.is(Meaning::Then);
        !self.tokens.is_empty() && self.tokens.iter().all(is_no)
    }
}

impl Reader<'_> {
    /// Whether what follows a score on its line, from `at` on, denies it, doubts it or makes it conditional.
    pub(super) fn is_denied(&self, at: usize, score: f64) -> bool {
        let end = self.end_of_remarks(at);
        let first = (at..end).find(|&at| !self.is_sign(at, &[')', ']', '}', '.']));
        first.is_some_and(|at| self.is_sign(at, &['?']))
            || self.goes_on(at, end)
            || self.remarks(at, end).iter().any(|remark| self.denies(remark, score))
    }

    /// The end of the line, or the next label on it.
    fn end_of_remarks(&self, from: usize) -> usize {
        let limit = (from + LONGEST_REMARK).min(self.tokens.len());
        let ends = |&at: &usize| match self.tokens[at].kind {
            Kind::Break | Kind::Sign('|') => true,
            Kind::Sign('<') => !self.is_sign(at + 1, &['/']),
            Kind::Word(Some(Meaning::Asked | Meaning::Score | Meaning::Verdict | Meaning::Feedback)) => {
                self.is_sign(at + 1, &[':', '=', '–', '→'])
            }
            // A list of remarks on the draft.
            Kind::Number(number) => number <= 1.0 && self.is_sign(at + 1, &['.', ')']),
            _ => false,
        };
        (from..limit).find(ends).unwrap_or(limit)
    }

    fn remarks(&self, from: usize, end: usize) -> Vec<Remark<'_>> {
        let (mut remarks, mut start, mut sign, mut is_bracketed) = (Vec::new(), from, None, false);
        for at in from..=end {
            let divides = self.sign(at).filter(|sign| !matches!(sign, '/' | '%' | '+'));
            if at == end || divides.is_some() {
                let is_enumeration = start >= from + 2 && matches!(self.tokens[start - 2].kind, Kind::Number(_));
                remarks.push(Remark { tokens: &self.tokens[start..at], start, sign, is_bracketed, is_enumeration });
                is_bracketed =
                    matches!(divides, Some('(' | '[')) || is_bracketed && !matches!(divides, Some(')' | ']'));
                (start, sign) = (at + 1, divides);
            }
        }
        remarks
    }

    /// Whether the score is the subject of a sentence that says more of it: `9 is what the prompt asks for`, `8 minus 3`.
    fn goes_on(&self, from: usize, end: usize) -> bool {
        let clause = &self.tokens[from.min(end)..end];
        let length = clause.iter().position(|token| matches!(token.kind, Kind::Sign('.' | ';' | '!' | '?' | '(')));
        let clause = &clause[..length.unwrap_or(clause.len())];
        let [first, rest @ ..] = clause else { return false };
        let has = |meaning| rest.iter().any(|token| token.is(meaning));
        match first.kind {
            Kind::Word(Some(Meaning::Is)) => !rest.is_empty() && !has(Meaning::Deserved),
            // `9 * 0.4`
            Kind::Number(_) => true,
            Kind::Word(None | Some(Meaning::Not)) => {
                let is_number =
                    |token: &Token| matches!(token.kind, Kind::Number(_) | Kind::Word(Some(Meaning::Number(_))));
                let denies = [Meaning::Not, Meaning::Deserved, Meaning::TooHigh].into_iter().any(has);
                denies || rest.iter().any(is_number)
            }
            _ => false,
        }
    }

    fn denies(&self, remark: &Remark<'_>, score: f64) -> bool {
        let may_add = matches!(remark.sign, None | Some('(' | '[' | ',' | '–' | '-'));
        let is_of_score = remark.sign.is_none() || remark.has(Meaning::That) || remark.has(Meaning::I);
        remark.is_no()
            || remark.has(Meaning::Denied)
            || remark.has(Meaning::TooHigh) && is_of_score
            || remark.has(Meaning::Not) && (remark.has(Meaning::Deserved) || remark.has(Meaning::IGive))
            || remark.begins(Meaning::As) && remark.has(Meaning::Said)
            || may_add && remark.begins(Meaning::Condition)
            || remark.is_bracketed && remark.is_aside()
            || remark.lead() == Some(Meaning::Withdrawn)
            || !remark.is_bracketed && !remark.is_enumeration && self.has_lower(remark, score)
    }

    /// Whether a remark gives another score that is lower: `9, but honestly a 6`.
    fn has_lower(&self, remark: &Remark<'_>, score: f64) -> bool {
        let leads = |at: usize| match self.tokens[at].kind {
            Kind::Word(Some(Meaning::Number(number))) => number == 1 && self.number(at + 1).is_some(),
            Kind::Word(Some(meaning)) => !meaning.is_foreign(),
            _ => false,
        };
        let end = remark.start + remark.tokens.len();
        let Some(at) = (remark.start..end).find(|&at| !leads(at)) else { return false };
        // `8, -2 for the sources`
        let is_loss = at == remark.start && remark.sign == Some('-') && self.tokens[at].is_tight;
        let other = self.value(at, None).filter(|_| !is_loss);
        // `3 good examples`
        let ends = |next| self.ends_clean(next) && !self.is(next, Meaning::Solid);
        other.is_some_and(|other| other.score.is_ok_and(|other| other < score) && ends(other.next))
    }
}

/// How much of a line is read behind a score, in tokens.
const LONGEST_REMARK: usize = 40;
