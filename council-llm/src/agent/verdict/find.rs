//! Finds what may be the score of an answer, each with the form in which it stands.

use super::candidate::{Candidate, Form};
use super::meaning::Meaning;
use super::place::Place;
use super::reading::Doubt;
use super::token::Kind;
use super::value::Reader;

/// The label of a score, and what belongs to it.
struct Label {
    is_asked: bool,
    is_final: bool,
    scale: Option<f64>,
    /// The token behind it.
    next: usize,
}

impl Reader<'_> {
    /// All scores that stand outside tables, in order. `skip` says where a table ends that begins at a token.
    pub(super) fn candidates(&self, mut skip: impl FnMut(usize) -> Option<usize>) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = self.bare().into_iter().collect();
        let feedback = self.labels(Meaning::Feedback).next().map_or(self.tokens.len(), |(at, _)| at);
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            if let Some(end) = skip(at) {
                at = end;
                continue;
            }
            let (candidate, next) = match token.kind {
                Kind::Word(Some(Meaning::Asked | Meaning::Score | Meaning::Final | Meaning::Boxed)) => {
                    self.labelled(at)
                }
                Kind::Word(Some(Meaning::Give | Meaning::IGive)) => (self.given(at), at + 1),
                Kind::Word(Some(Meaning::Solid)) => (self.solid(at), at + 1),
                Kind::Word(Some(Meaning::Then | Meaning::That)) if at < feedback => (self.mentioned(at), at + 1),
                Kind::Number(_) | Kind::Star(_) | Kind::Word(Some(Meaning::Number(_) | Meaning::Most)) => {
                    self.scaled(at)
                }
                _ => (None, at + 1),
            };
            found.extend(candidate);
            at = candidate.map_or(next, |candidate| candidate.next.max(next)).max(at + 1);
        }
        found
    }

    /// A score behind its label, and where to go on.
    fn labelled(&self, at: usize) -> (Option<Candidate>, usize) {
        let place = self.place(at);
        let given = || self.is(at, Meaning::Asked).then(|| self.given(at)).flatten();
        let label = self.label(at);
        let Some(label) = label.filter(|label| place != Place::Elsewhere || label.is_asked && self.is_mention(at))
        else {
            return (given(), at + 1);
        };
        let found = self.behind(at, &label, place);
        (found.or_else(given), label.next)
    }

    /// Whether the label that was asked for, in a sentence, is no part of a longer name such as `clarity score`.
    fn is_mention(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let is_shouted = !self.answer[token.start..token.end].contains(|c: char| c.is_ascii_lowercase());
        self.clause_before(at).is_some() && (is_shouted || self.tokens[at - 1].kind != Kind::Word(None))
    }

    /// The label at a place: `Final score (out of 100)`. A score of something else has none.
    fn label(&self, at: usize) -> Option<Label> {
        let mut label = Label { is_asked: false, is_final: self.is(at, Meaning::Boxed), scale: None, next: at };
        loop {
            match self.meaning(label.next) {
                Some(Meaning::Asked) => label.is_asked = true,
                Some(Meaning::Final) => label.is_final = true,
                Some(Meaning::Score | Meaning::Boxed) => {}
                _ => break,
            }
            label.next += 1;
        }
        if self.is_sign(label.next, &['(', '[']) {
            self.note(&mut label)?;
        } else if let Some((scale, next)) = self.bound(label.next) {
            (label.scale, label.next) = (Some(scale), next);
        }
        // `Score for clarity: 9`
        (!self.is(label.next, Meaning::For)).then_some(label)
    }

    /// `(0-10)`, `(out of 100)`, `(overall)`. A note of other words makes it the score of something else.
    fn note(&self, label: &mut Label) -> Option<()> {
        for at in label.next + 1..label.next + LONGEST_NOTE {
            match self.tokens.get(at)?.kind {
                Kind::Sign(')' | ']') => {
                    label.next = at + 1;
                    return Some(());
                }
                Kind::Break | Kind::Word(None) => return None,
                Kind::Word(Some(meaning)) if meaning.is_foreign() => return None,
                Kind::Number(number) => label.scale = Some(number),
                Kind::Word(Some(Meaning::Number(number))) => label.scale = Some(f64::from(number)),
                Kind::Sign('%') | Kind::Word(Some(Meaning::Percent)) => label.scale = Some(100.0),
                Kind::Word(Some(Meaning::Final)) => label.is_final = true,
                _ => {}
            }
        }
        None
    }

    /// `out of 100`, `/10`, `on a scale of 1 to 5`, before the separator.
    fn bound(&self, at: usize) -> Option<(f64, usize)> {
        let mut next = at;
        while self.is(next, Meaning::OutOf) || self.is(next, Meaning::Most) || self.is_sign(next, &['/']) {
            next += 1;
        }
        let (mut scale, mut next) = self.number(next).filter(|_| next > at)?;
        if (self.is(next, Meaning::Range) || self.is_sign(next, &['-', '–']))
            && let Some((end, after)) = self.number(next + 1)
        {
            (scale, next) = (end, after);
        }
        Some((scale, next))
    }

    /// The score behind a label at `at`.
    fn behind(&self, at: usize, label: &Label, place: Place) -> Option<Candidate> {
        let (mut next, mut scale, mut is_final) = (label.next, label.scale, label.is_final);
        let mut separators = 0;
        while separators < MOST_SEPARATORS {
            match self.sign(next) {
                Some(':' | '=' | '–' | '→' | '|') => {}
                Some('-') if !self.tokens.get(next + 1)?.is_tight => {}
                Some('>') if at > 0 && self.is_sign(at - 1, &['<']) => {}
                Some('{') if self.is(at, Meaning::Boxed) => {}
                Some('}') => separators -= 1,
                _ if self.is(next, Meaning::Is) => {}
                // `<score max="100">85</score>`
                _ if self.is(next, Meaning::Most) && self.is_sign(next + 1, &['=']) => {
                    let (most, after) = self.number(next + 2)?;
                    (scale, next) = (Some(most), after - 1);
                }
                _ if self.is_filler(next) && separators == 0 => separators -= 1,
                _ => break,
            }
            if self.is_sign(next, &['|']) && self.numbers_on_line(next) > 1 {
                return None;
            }
            (separators, next) = (separators + 1, next + 1);
        }
        let is_cell = next > 0 && self.is_sign(next - 1, &['|']);
        let mut is_crossed = false;
        while self.is_break(next) && next < self.tokens.len() && !is_cell {
            is_crossed = true;
            next += 1;
        }
        if is_crossed && separators == 0 && self.is_sign(next, &[':', '=']) {
            (separators, next) = (1, self.behind_rule(next));
        }
        let (value_at, is_bracketed) = self.filler(next, &mut is_final);
        let mut value = self.value(value_at, scale)?;
        // `< 9`, and not `<9>`
        if value_at > next && self.is_sign(value_at - 1, &['<', '≤']) && !self.is_sign(value.next, &['>']) {
            value.score = Err(Doubt::Range);
        }
        let is_asked = label.is_asked && place == Place::Line;
        if value.score == Err(Doubt::Range) && is_bracketed
            || (separators == 0 || is_crossed) && !self.fills_line(value.next)
            || separators == 0 && place != Place::Line
            || !is_asked && !self.ends_clean(value.next)
            || self.is_unreal(value.next)
        {
            return None;
        }
        let form = if place == Place::Elsewhere {
            Form::Mention
        } else if is_asked {
            Form::Asked
        } else if is_final {
            Form::Final
        } else {
            Form::Label
        };
        Some(self.candidate(at, value, form, is_final))
    }

    /// The place behind a colon, or behind the rule below a heading.
    fn behind_rule(&self, at: usize) -> usize {
        let end = (at..at + LONGEST_RULE).find(|&at| !self.is_sign(at, &['='])).unwrap_or(at);
        if end > at && self.is_break(end) { end + 1 } else { at + 1 }
    }

    /// Skips `a solid`, `I would say`, `(`, and says whether a bracket is among them.
    fn filler(&self, from: usize, is_final: &mut bool) -> (usize, bool) {
        let (mut at, mut is_bracketed) = (from, false);
        while at < from + LONGEST_FILLER {
            match self.tokens.get(at).map(|token| token.kind) {
                Some(Kind::Sign('[' | '<')) => is_bracketed = true,
                Some(Kind::Sign('(' | '{' | '}')) => {}
                Some(Kind::Word(Some(Meaning::Final))) => *is_final = true,
                Some(Kind::Word(Some(meaning))) if meaning.is_filler() => {}
                Some(Kind::Word(Some(
                    Meaning::Is | Meaning::I | Meaning::Give | Meaning::IGive | Meaning::Solid | Meaning::Fraction,
                ))) if !self.is(at, Meaning::Fraction) => {}
                // `un 7`
                Some(Kind::Word(Some(Meaning::Number(1)))) if self.number(at + 1).is_some() => {}
                _ => break,
            }
            at += 1;
        }
        (at, is_bracketed)
    }
}

const LONGEST_NOTE: usize = 12;
const LONGEST_FILLER: usize = 8;
const LONGEST_RULE: usize = 80;
const MOST_SEPARATORS: i32 = 5;
