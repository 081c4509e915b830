//! Hides what the critic does not say itself: quotations, code fences, comments, struck text, and the draft's own words.

use std::ops::Range;

use super::echo;
use super::token::HIDDEN;

/// The answer without fences, comments, struck text and the draft's own words. All its bytes are replaced, so that every place in it
/// stays where it is. Line breaks stay too.
pub(super) fn without_blocks(answer: &str, draft: &str) -> String {
    let body = unwrapped(answer);
    let text = &answer[body.clone()];
    let at = |range: Range<usize>| range.start + body.start..range.end + body.start;
    let mut hidden = vec![0..body.start, body.end..answer.len()];
    hidden.extend(blocks(text).into_iter().map(at));
    hidden.extend(echo::of(answer, draft));
    let hidden = hide(answer, hidden, HIDDEN);
    let mut struck = between(&hidden, "<!--", "-->");
    struck.extend(between(&hidden, "~~", "~~"));
    hide(&hidden, struck, ' ')
}

/// The same without quotations, and without the JSON that is read by itself. Marks within what is hidden already open nothing.
pub(super) fn without_quotations(readable: &str, json: Option<Range<usize>>) -> String {
    let text = json.map_or_else(|| readable.to_owned(), |json| hide(readable, [json], HIDDEN));
    let quotations = quotations(&text);
    hide(&text, quotations, HIDDEN)
}

/// Writes an ASCII character over each byte of the ranges.
fn hide(text: &str, ranges: impl IntoIterator<Item = Range<usize>>, over: char) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in ranges {
        bytes[range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = over as u8);
    }
    // Whole characters were replaced, so nothing is lost.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a fence around the whole answer holds, or else the answer. The same with a line that introduces the fence.
pub(super) fn unwrapped(answer: &str) -> Range<usize> {
    let whole = 0..answer.len();
    let Some(open) = answer.find("```") else { return whole };
    let Some(line) = answer[open..].find('\n') else { return whole };
    let (start, trimmed) = (open + line + 1, answer.trim_end());
    let Some(end) = trimmed.strip_suffix("```").map(str::len).filter(|&end| end >= start) else { return whole };
    let before = answer[..open].trim();
    if answer[start..end].contains("```") || !introduces(before) { whole } else { start..end }
}

/// Whether a text introduces an answer: nothing at all, or one short line with a colon that speaks of no one else's words.
fn introduces(text: &str) -> bool {
    let is_short = !text.contains('\n') && text.len() <= LONGEST_INTRODUCTION;
    let speaks_for_itself = || {
        let tokens = super::lexicon::tokens(text);
        !tokens
            .iter()
            .any(|token| token.is(super::meaning::Meaning::Said) || DOUBTFUL.contains(&&text[token.start..token.end]))
    };
    text.is_empty() || is_short && text.ends_with([':', '：']) && speaks_for_itself()
}

/// Fenced blocks, and the lines of block quotes. A block quote around the whole answer is none.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut quotes) = (Vec::new(), Vec::new());
    let mut fence: Option<(&str, usize)> = None;
    let (mut at, mut is_all_quoted) = (0, true);
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        let marker = ["```", "~~~"].into_iter().find(|marker| body.starts_with(marker));
        match (fence, marker) {
            (None, Some(marker)) => fence = Some((marker, at)),
            (Some((open, start)), Some(marker)) if open == marker => {
                found.push(start..at + line.len());
                fence = None;
            }
            (None, None) if body.starts_with('>') => quotes.push(at..at + line.len()),
            _ => {}
        }
        is_all_quoted &= body.is_empty() || body.starts_with('>');
        at += line.len();
    }
    found.extend(fence.map(|(_, start)| start..text.len()));
    if !is_all_quoted {
        found.append(&mut quotes);
    }
    found
}

/// The ranges from an opening mark to its closing one.
fn between(text: &str, open: &str, close: &str) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = text[at..].find(open).map(|start| at + start) {
        let inside = start + open.len();
        let Some(length) = text[inside..].find(close) else { break };
        let end = inside + length + close.len();
        // Struck text stays on its line; a comment does not have to.
        if open == close && text[inside..end].contains('\n') {
            at = inside + length;
        } else {
            found.push(start..end);
            at = end;
        }
    }
    found
}

/// Quotations in the marks of any language. A label or a number by itself is none, as in JSON: `"score": "7"`.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Up to where no mark of a kind opens anything, because no closing one was found.
    let mut closed_to = [0; QUOTES.len()];
    let (mut skip_to, mut before) = (0, '\n');
    for (at, c) in text.char_indices() {
        if at >= skip_to
            && let Some(kind) = QUOTES.iter().position(|quote| quote.opens(c, before, &text[at + c.len_utf8()..]))
            && at >= closed_to[kind]
        {
            let inside = at + c.len_utf8();
            match QUOTES[kind].end(text, inside) {
                Ok(end) => {
                    if !is_plain(&text[inside..end], &text[end..]) {
                        found.push(inside..end);
                    }
                    skip_to = end + 1;
                }
                Err(end) => closed_to[kind] = end,
            }
        }
        before = c;
    }
    found
}

/// Whether a quotation is one word, the key of a value, or a number with its scale. `rest` begins with its closing mark.
fn is_plain(quoted: &str, rest: &str) -> bool {
    let is_key = rest.chars().nth(1) == Some(':');
    let quoted = quoted.trim().trim_end_matches(':');
    let is_number = quoted.chars().all(|c| c.is_numeric() || matches!(c, '.' | ',' | '/' | ' ' | '%'));
    let is_word =
        quoted.len() <= LONGEST_LABEL && quoted.chars().all(|c| c.is_alphabetic() || c == '_' || is_key && c == ' ');
    is_number || is_word
}

/// A kind of quotation marks.
struct Quote {
    open: char,
    close: &'static [char],
    /// Whether the two are the same, or are used for other things, so that the place has to tell.
    is_plain: bool,
    /// Whether the quotation stays on one line.
    is_short: bool,
}

impl Quote {
    fn opens(&self, c: char, before: char, after: &str) -> bool {
        let is_begin = !before.is_alphanumeric() && !after.starts_with(char::is_whitespace);
        c == self.open && (!self.is_plain || is_begin)
    }

    /// Where the quotation ends, or up to where no closing mark is found.
    fn end(&self, text: &str, inside: usize) -> Result<usize, usize> {
        let mut chars = text[inside..].char_indices().peekable();
        let mut is_first = true;
        while let Some((at, c)) = chars.next() {
            if self.is_short && c == '\n' {
                return Err(inside + at);
            }
            let ends = self.close.contains(&c) && !is_first;
            let after = chars.peek().map(|&(_, c)| c);
            if ends && (!self.is_plain || after.is_none_or(|c| !c.is_alphanumeric())) {
                return Ok(inside + at);
            }
            is_first = false;
        }
        Err(text.len())
    }
}

const QUOTES: [Quote; 9] = [
    Quote { open: '"', close: &['"'], is_plain: true, is_short: false },
    Quote { open: '“', close: &['”', '“'], is_plain: false, is_short: false },
    Quote { open: '„', close: &['“', '”'], is_plain: false, is_short: false },
    Quote { open: '«', close: &['»'], is_plain: false, is_short: false },
    Quote { open: '»', close: &['«'], is_plain: true, is_short: false },
    Quote { open: '「', close: &['」'], is_plain: false, is_short: false },
    Quote { open: '『', close: &['』'], is_plain: false, is_short: false },
    Quote { open: '\'', close: &['\''], is_plain: true, is_short: true },
    Quote { open: '`', close: &['`'], is_plain: true, is_short: true },
];

/// Words that speak of a text other than the answer.
const DOUBTFUL: [&str; 6] = ["draft", "Entwurf", "brouillon", "borrador", "text", "document"];
const LONGEST_INTRODUCTION: usize = 120;
const LONGEST_LABEL: usize = 30;
