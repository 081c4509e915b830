//! Scores with their scale, at a place in an answer: `8,5`, `17/20`, `85 %`, `★★★★☆`, `2 + 3 + 2 = 7`.

use super::meaning::Meaning;
use super::reading::Doubt;
use super::token::{Kind, Token};

/// A score that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    /// From 0 to 10, or why it cannot be read for sure.
    pub(super) score: Result<f64, Doubt>,
    /// Whether a scale stands with it.
    pub(super) has_scale: bool,
    /// The token behind it.
    pub(super) next: usize,
}

/// Reads the tokens of an answer.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) answer: &'a str,
    pub(super) tokens: &'a [Token],
}

impl Reader<'_> {
    pub(super) fn meaning(&self, at: usize) -> Option<Meaning> {
        self.tokens.get(at)?.meaning()
    }

    pub(super) fn is(&self, at: usize, meaning: Meaning) -> bool {
        self.meaning(at) == Some(meaning)
    }

    /// Whether a word may stand between a label and its number.
    pub(super) fn is_filler(&self, at: usize) -> bool {
        self.meaning(at).is_some_and(Meaning::is_filler)
    }

    pub(super) fn is_sign(&self, at: usize, signs: &[char]) -> bool {
        self.sign(at).is_some_and(|sign| signs.contains(&sign))
    }

    pub(super) fn sign(&self, at: usize) -> Option<char> {
        match self.tokens.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Whether a line or the answer ends here.
    pub(super) fn is_break(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|token| token.kind == Kind::Break)
    }

    /// The score at a place. `scale` is the one that its label names.
    pub(super) fn value(&self, at: usize, scale: Option<f64>) -> Option<Value> {
        let mut value = self.one(at, scale)?;
        // `8 → 7`: of scores that follow one another the last one counts.
        while let Some(at) = self.correction(value.next)
            && let Some(mut later) = self.one(at, scale)
        {
            // `6 → 9` is rather what a draft may become.
            if self.is_sign(at - 1, &['→'])
                && later.score.is_ok_and(|score| value.score.is_ok_and(|before| score > before))
            {
                later.score = Err(Doubt::Several);
            }
            value = later;
        }
        Some(value)
    }

    /// The place of the score that replaces the one before.
    fn correction(&self, mut at: usize) -> Option<usize> {
        while self.is_sign(at, &['(', ',', '.', ';', '–', '-']) {
            at += 1;
        }
        let corrects = self.is_sign(at, &['→']) || self.is(at, Meaning::Then);
        let at = if self.is_sign(at + 1, &[':', ',']) { at + 2 } else { at + 1 };
        corrects.then_some(at)
    }

    fn one(&self, at: usize, scale: Option<f64>) -> Option<Value> {
        if self.is_sign(at, &['-']) && self.tokens.get(at + 1).is_some_and(|token| token.is_tight) {
            let (_, next) = self.number(at + 1)?;
            return Some(Value { score: Err(Doubt::Outside), has_scale: false, next });
        }
        let at = at + usize::from(self.is_sign(at, &['+']));
        if let Some(value) = self.fraction(at).or_else(|| self.stars(at)).or_else(|| self.of_most(at)) {
            return Some(value);
        }
        let (number, next) = self.number(at)?;
        if self.is_sign(next, &['+', '=']) {
            return Some(self.sum(number, next, scale));
        }
        let (own, next) = self.scale(next).map_or((None, self.unit(next)), |(scale, next)| (Some(scale), next));
        let next = self.unit(next);
        if let Some(next) = self.range(next) {
            return Some(Value { score: Err(Doubt::Range), has_scale: own.is_some(), next });
        }
        // `2/2 + 1/2`: points of criteria.
        if self.is_sign(next, &['+']) && self.number(next + 1).is_some() {
            return Some(Value { score: Err(Doubt::Sum), has_scale: true, next: next + 1 });
        }
        Some(Value { score: scaled(number, own.or(scale)), has_scale: own.is_some(), next })
    }

    /// A number, in digits or in words.
    pub(super) fn number(&self, at: usize) -> Option<(f64, usize)> {
        let (whole, mut next) = match self.tokens.get(at)?.kind {
            Kind::Number(number) => (number, at + 1),
            Kind::Vulgar(fraction) => return Some((fraction, at + 1)),
            Kind::Word(Some(Meaning::Number(number))) => (f64::from(number), at + 1),
            _ => return None,
        };
        let mut number = whole;
        if let Some(Kind::Vulgar(fraction)) = self.kind(next) {
            (number, next) = (whole + fraction, next + 1);
        } else if self.is(next, Meaning::Half) {
            (number, next) = (whole + 0.5, next + 1);
        } else if self.is(next, Meaning::Point)
            && let Some(Kind::Word(Some(Meaning::Number(tenths)))) = self.kind(next + 1)
        {
            (number, next) = (whole + f64::from(tenths) / 10.0, next + 2);
        } else if let (Some(Kind::Number(part)), Some('/'), Some(Kind::Number(of))) =
            (self.kind(next), self.sign(next + 1), self.kind(next + 2))
            && part < of
            && of <= 5.0
        {
            (number, next) = (whole + part / of, next + 3);
        }
        let tight = self.tokens.get(next).filter(|token| token.is_tight);
        let is_longer = tight.is_some_and(|token| match token.kind {
            // `7th`, `8b`
            Kind::Word(None) => self.answer.as_bytes()[token.start].is_ascii_alphabetic(),
            // `7:30`
            Kind::Sign(':') => matches!(self.tokens.get(next + 1), Some(token) if token.is_tight && matches!(token.kind, Kind::Number(_))),
            _ => false,
        });
        (!is_longer).then_some((number, next))
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        Some(self.tokens.get(at)?.kind)
    }

    /// `points`, where no number follows.
    fn unit(&self, at: usize) -> usize {
        let is_unit = self.is(at, Meaning::Unit) || self.is(at, Meaning::Point);
        if is_unit { at + 1 } else { at }
    }

    /// The scale behind a number: `/10`, `out of 10`, `%`, `(max 10)`.
    fn scale(&self, at: usize) -> Option<(f64, usize)> {
        let at = self.unit(at);
        if self.is_sign(at, &['%']) || self.is(at, Meaning::Percent) {
            return Some((100.0, at + 1));
        }
        let inner = at + usize::from(self.is_sign(at, &['(']));
        let mut next = inner;
        while self.is(next, Meaning::OutOf) || self.is(next, Meaning::Most) || self.is_sign(next, &['/']) {
            next += 1;
        }
        if next == inner {
            return None;
        }
        while self.is_sign(next, &['{', '}']) {
            next += 1;
        }
        let (scale, next) = self.number(next)?;
        let next = self.unit(next);
        let next = next + usize::from(self.is(next, Meaning::Stars));
        Some((scale, next + usize::from(inner > at && self.is_sign(next, &[')']))))
    }

    /// The end of a range that this is the middle of: `-8`, `to 8`, `+`, `or higher`.
    fn range(&self, at: usize) -> Option<usize> {
        if self.is(at, Meaning::OrMore) {
            return Some(at + 1);
        }
        let token = self.tokens.get(at)?;
        if token.is_sign('-') && token.is_tight && self.is_break(at + 1) {
            return Some(at + 1);
        }
        let is_short_word = (token.kind == Kind::Word(None) || self.is_filler(at)) && token.end - token.start <= 2;
        let joins = self.is_sign(at, &['-', '–']) || self.is(at, Meaning::Range) || is_short_word;
        let (_, next) = self.number(at + 1).filter(|_| joins)?;
        Some(self.scale(next).map_or(next, |(_, next)| next))
    }

    /// `2 + 3 + 2 = 7`, from the first sign on. The total has to be the sum.
    fn sum(&self, first: f64, mut at: usize, scale: Option<f64>) -> Value {
        let mut total = first;
        while self.is_sign(at, &['+']) {
            let Some((number, next)) = self.number(at + 1) else {
                return Value { score: Err(Doubt::Range), has_scale: false, next: at + 1 };
            };
            (total, at) = (total + number, next);
        }
        let Some((number, next)) = self.number(at + 1).filter(|_| self.is_sign(at, &['='])) else {
            return Value { score: Err(Doubt::Sum), has_scale: false, next: at };
        };
        let (own, next) = self.scale(next).map_or((None, next), |(scale, next)| (Some(scale), next));
        let score = if (total - number).abs() < 0.051 { scaled(number, own.or(scale)) } else { Err(Doubt::Sum) };
        Value { score, has_scale: own.is_some(), next }
    }

    /// `\frac{7}{10}`
    fn fraction(&self, at: usize) -> Option<Value> {
        let is_open = |at: usize| self.is_sign(at, &['{']);
        if !self.is(at, Meaning::Fraction) || !is_open(at + 1) {
            return None;
        }
        let (number, next) = self.number(at + 2)?;
        let (scale, next) = self.number(next + 2).filter(|_| is_open(next + 1))?;
        Some(Value { score: scaled(number, Some(scale)), has_scale: true, next: next + 1 })
    }

    /// `★★★★☆`. Without an empty star the scale is unknown, unless there are ten stars.
    fn stars(&self, at: usize) -> Option<Value> {
        let (mut filled, mut count, mut next) = (0.0, 0_u32, at);
        loop {
            match self.kind(next) {
                Some(Kind::Star(star)) => (filled, count) = (filled + star, count + 1),
                Some(Kind::Vulgar(fraction)) if count > 0 => (filled, count) = (filled + fraction, count + 1),
                _ => break,
            }
            next += 1;
        }
        if count == 0 {
            return None;
        }
        if self.is_sign(next, &['('])
            && let Some((number, after)) = self.number(next + 1)
            && let Some((scale, after)) = self.scale(after)
        {
            return Some(Value { score: scaled(number, Some(scale)), has_scale: true, next: after });
        }
        let is_bounded = filled < f64::from(count) && count >= 3 || count == 10;
        let score = if is_bounded { scaled(filled, Some(count.into())) } else { Err(Doubt::NoScale) };
        Some(Value { score, has_scale: true, next })
    }

    /// A scale before its number: `10点満点中8点`, `满分10分，得8分`.
    fn of_most(&self, at: usize) -> Option<Value> {
        let leads = self.is(at, Meaning::Most);
        let (scale, next) = self.number(at + usize::from(leads))?;
        let mut next = self.unit(next);
        if !leads && !self.is(next, Meaning::Most) {
            return None;
        }
        let limit = next + 4;
        while next < limit {
            if let Some((number, after)) = self.number(next) {
                return Some(Value { score: scaled(number, Some(scale)), has_scale: true, next: self.unit(after) });
            }
            if self.is_break(next) {
                return None;
            }
            next += 1;
        }
        None
    }
}

/// A number on the scale of 0 to 10, to the hundredth.
pub(super) fn scaled(number: f64, scale: Option<f64>) -> Result<f64, Doubt> {
    let Some(scale) = scale else {
        return if number <= 10.0 { Ok(number) } else { Err(Doubt::NoScale) };
    };
    // `7/8` is rather two scores than one on a scale of eight.
    let is_pair = (scale - number - 1.0).abs() < f64::EPSILON && scale % 5.0 > 0.0 && scale > 1.0;
    if is_pair {
        Err(Doubt::Range)
    } else if !(scale > 0.0 && scale.is_finite() && number <= scale) {
        Err(Doubt::Outside)
    } else {
        Ok((number * 1_000.0 / scale).round() / 100.0)
    }
}
