//! Whether a mark stands within a sentence, which speaks of the mark: `the </think> mark`.

/// The line before a place.
#[derive(Debug)]
pub(super) struct Sentence {
    /// The last character that is not blank; a line break if there is none.
    last: char,
}

impl Default for Sentence {
    fn default() -> Self {
        Self { last: '\n' }
    }
}

impl Sentence {
    /// Takes the next character.
    pub(super) fn take(&mut self, c: char) {
        if c == '\n' || !c.is_whitespace() {
            self.last = c;
        }
    }

    /// Whether nothing stands before on the line.
    pub(super) fn begins_line(&self) -> bool {
        self.last == '\n'
    }

    /// Whether a sentence goes on around a mark, before the text `after`; `None` if that is not known before the next chunk.
    pub(super) fn goes_on(&self, after: &str, is_complete: bool) -> Option<bool> {
        if !self.last.is_alphanumeric() && !matches!(self.last, ',' | '"' | '\'' | '(') {
            return Some(false);
        }
        let next = after.chars().take(LONGEST_GAP).find(|&c| c == '\n' || !c.is_whitespace());
        if next.is_none() && !is_complete && after.chars().nth(LONGEST_GAP).is_none() {
            return None;
        }
        Some(next.is_some_and(|c| c.is_lowercase() || matches!(c, ',' | '.' | ';' | ')' | '"' | '\'' | '?')))
    }
}

/// How many blanks behind a mark are waited for.
const LONGEST_GAP: usize = 20;
