//! Whether a mark that was cut from an answer may be a quotation.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Parts;
use super::sentence::Sentence;

/// The marks that were cut from an answer, each once, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cut {
    marks: Vec<Cow<'static, str>>,
    count: usize,
    /// Whether the last mark begins its line, and whether it ends it.
    begins_line: bool,
    ends_line: bool,
}

impl Cut {
    pub(super) fn add(&mut self, mark: &'static str, before: &Sentence) {
        self.add_mark(mark.into());
        self.count += 1;
        (self.begins_line, self.ends_line) = (before.begins_line(), false);
    }

    /// Takes the marks of the next answer, which continues this one.
    pub(super) fn continue_with(&mut self, next: &Self) {
        next.marks.iter().for_each(|mark| self.add_mark(mark.clone()));
        self.count += next.count;
        if next.count > 0 {
            (self.begins_line, self.ends_line) = (next.begins_line, next.ends_line);
        }
    }

    fn add_mark(&mut self, mark: Cow<'static, str>) {
        if !self.marks.contains(&mark) {
            self.marks.push(mark);
        }
    }

    /// Takes the white space behind the last mark.
    pub(super) fn is_followed_by(&mut self, blank: &str) {
        self.ends_line = self.count > 0 && blank.contains('\n');
    }
}

impl Parts {
    /// Whether a mark was cut from the answer.
    pub(crate) fn has_mark(&self) -> bool {
        self.cut.count > 0
    }

    /// Whether a mark that was cut may be a quotation: it stands in `draft`, or behind an open quotation mark.
    ///
    /// One mark on a line of its own is none if the draft goes on with other words behind it than the answer.
    pub(crate) fn may_quote(&self, draft: &str) -> bool {
        let draft = draft.to_ascii_lowercase();
        let in_draft: Vec<&str> =
            self.cut.marks.iter().map(|mark| &**mark).filter(|mark| draft.contains(*mark)).collect();
        !in_draft.is_empty() && !self.is_own_mark(&draft, &in_draft)
            || !self.cut.marks.is_empty() && is_open(&self.reasoning)
    }

    /// Whether the only mark that was cut, and that the draft holds as well, is the model's own.
    fn is_own_mark(&self, draft: &str, marks: &[&str]) -> bool {
        let text = self.text.to_ascii_lowercase();
        let introduces = self.reasoning.trim_end().ends_with([':', '：']);
        let goes_on_otherwise = |mark: &&str| {
            let mut places = draft.match_indices(*mark);
            !text.contains(mark) && places.all(|(at, _)| first_word(&draft[at + mark.len()..]) != first_word(&text))
        };
        let is_alone = self.cut.count == 1 && self.cut.begins_line && self.cut.ends_line;
        is_alone && !introduces && marks.iter().all(goes_on_otherwise)
    }
}

/// Whether a quotation is open at the end of `text`: the last line opens more than it closes, or a quotation mark opens right at the end.
fn is_open(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let count = |mark: char| line.matches(mark).count();
    let is_plain = count('"') % 2 == 1 || count('`') % 2 == 1;
    let is_paired = PAIRS.iter().any(|&(open, close)| count(open) > count(close));
    let is_single = line.strip_suffix('\'').is_some_and(|before| !before.ends_with(char::is_alphanumeric));
    is_plain || is_paired || is_single
}

/// The first word of a text, without the markup before it.
fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

const PAIRS: [(char, char); 4] = [('“', '”'), ('«', '»'), ('「', '」'), ('『', '』')];
