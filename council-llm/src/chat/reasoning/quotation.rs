//! Whether a text ends within a quotation.

/// Whether a quotation is open at the end of `text`: the last line opens more than it closes, or a quotation mark opens right at the end.
pub(super) fn is_open(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let count = |mark: char| line.matches(mark).count();
    let is_plain = count('"') % 2 == 1 || count('`') % 2 == 1;
    let is_paired = PAIRS.iter().any(|&(open, close)| count(open) > count(close));
    let is_single = line.strip_suffix('\'').is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    is_plain || is_paired || is_single
}

const PAIRS: [(char, char); 4] = [('“', '”'), ('«', '»'), ('「', '」'), ('『', '』')];
