//! Labels and numbers in a critic's reply, found by hand: no input is too long, too odd or too malicious to read.

/// A label such as `**Score:**`, where it was found.
pub(super) struct Label<'a> {
    /// The byte at which the label begins, its markup included.
    pub(super) start: usize,
    /// All that follows the label.
    pub(super) rest: &'a str,
    /// Whether a colon or its like stands between the two. Otherwise the label at least begins its line.
    pub(super) separated: bool,
}

/// Every place at which `word`, which is ASCII, stands as a label.
pub(super) fn labels<'a>(text: &'a str, word: &str) -> impl Iterator<Item = Label<'a>> {
    text.char_indices().filter_map(move |(start, _)| {
        let end = start + word.len();
        let found = text.get(start..end)?.eq_ignore_ascii_case(word);
        if found { label(text, start, end) } else { None }
    })
}

/// The label whose word is `text[start..end]`, unless that is part of a longer word or of a sentence.
fn label(text: &str, start: usize, end: usize) -> Option<Label<'_>> {
    let before = text[..start].trim_end_matches(|c| is_markup(c) || c == '-');
    let after = &text[end..];
    let unmarked = after.trim_start_matches(is_markup);
    if before.ends_with(char::is_alphanumeric) || unmarked.starts_with(char::is_alphanumeric) {
        return None;
    }

    let opening = &text[before.len()..start];
    let label = |rest, separated| Label { start: before.len(), rest, separated };
    match skip_note(unmarked.trim_start()).strip_prefix(SEPARATORS) {
        // `**Score:** 7` closes its markup after the colon, `**Score**: 7` before it.
        Some(rest) if unmarked.len() == after.len() => Some(label(rest.strip_prefix(opening).unwrap_or(rest), true)),
        Some(rest) => Some(label(rest, true)),
        None => begins_line(before).then(|| label(unmarked, false)),
    }
}

/// Skips a short note between a label and its colon: `Score (0-10): 7`.
fn skip_note(text: &str) -> &str {
    let Some(note) = text.strip_prefix('(') else {
        return text;
    };
    let close = note.char_indices().take(LONGEST_NOTE).find(|(_, c)| matches!(c, ')' | '\n'));
    match close {
        Some((at, ')')) => note[at + 1..].trim_start_matches(is_markup).trim_start(),
        _ => text,
    }
}

/// Looks backwards and no further than the first word: on a line of many labels, none pays for all those before it.
fn begins_line(before: &str) -> bool {
    let mut line = before.chars().rev().take_while(|&c| c != '\n');
    line.all(|c| c.is_whitespace() || c.is_ascii_digit() || is_markup(c) || matches!(c, '-' | '>' | '.' | ')'))
}

/// A score at the beginning of `text`, on the scale of 0 to 10, and what follows it.
pub(super) fn score(text: &str) -> Option<(f64, &str)> {
    let (value, rest) = decimal(text.trim_start_matches(is_padding))?;
    let (score, rest) = match scale(rest) {
        // To the hundredth: 25/30 is 8.33, for people.
        Some((scale, rest)) if scale > 0.0 && scale.is_finite() => ((value * 1_000.0 / scale).round() / 100.0, rest),
        Some((_, rest)) => (value, rest),
        None => (value, rest),
    };
    // Adding zero turns -0 into 0.
    Some((score.clamp(0.0, 10.0) + 0.0, rest))
}

/// What a score is out of: `/10`, `out of 10`, `%`.
fn scale(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_start_matches(|c| c == ' ' || is_markup(c) || matches!(c, ')' | ']'));
    if let Some(rest) = text.strip_prefix('%') {
        return Some((100.0, rest));
    }
    let scale = text.strip_prefix('/').or_else(|| text.strip_prefix("out of "))?;
    decimal(scale.trim_start_matches(|c| c == ' ' || is_markup(c)))
}

/// A number at the beginning of `text`, and what follows it. The comma is a decimal point.
fn decimal(text: &str) -> Option<(f64, &str)> {
    let unsigned = text.trim_start_matches(['-', '\u{2212}', '+']);
    let negative = text.starts_with(['-', '\u{2212}']);

    let whole = digits(unsigned);
    let fraction = match unsigned[whole..].strip_prefix(['.', ',']) {
        Some(after) => digits(after),
        None => 0,
    };
    if whole + fraction == 0 {
        return None;
    }
    let point = usize::from(fraction > 0);
    let mut end = whole + point + fraction;
    end += exponent(&unsigned[end..]);

    let value: f64 = unsigned[..end].replace(',', ".").parse().ok()?;
    Some((if negative { -value } else { value }, &unsigned[end..]))
}

/// The length of `e5`, `E-12`, ... at the beginning of `text`, or 0.
fn exponent(text: &str) -> usize {
    let Some(after) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let unsigned = after.strip_prefix(['-', '+']).unwrap_or(after);
    match digits(unsigned) {
        0 => 0,
        length => text.len() - unsigned.len() + length,
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// What Markdown, or JSON, puts around a word.
pub(super) fn is_markup(c: char) -> bool {
    matches!(c, '*' | '_' | '`' | '~' | '#' | '"' | '\'' | '\u{201c}' | '\u{201d}')
}

/// What may stand between a label and its number.
fn is_padding(c: char) -> bool {
    c.is_whitespace() || is_markup(c) || matches!(c, '(' | '[' | '\u{2248}')
}

/// Colons (the wide one of Chinese and Japanese too), an equals sign, dashes, a table's bar.
const SEPARATORS: [char; 6] = [':', '\u{ff1a}', '=', '\u{2013}', '\u{2014}', '|'];
const LONGEST_NOTE: usize = 40;
