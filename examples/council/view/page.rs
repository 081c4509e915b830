//! Text that is set in lines while it is being written: a few lines of it, then a dot for every so many words.
//!
//! It only ever appends, so it looks the same in a terminal, in its scrollback, and in a file.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A column of text below a heading.
pub(super) struct Page {
    width: usize,
    /// How many lines may still begin.
    lines: usize,
    words_per_dot: usize,
    column: usize,
    /// A word of which more may come.
    word: String,
    /// Whether a space comes before it.
    spaced: bool,
    /// Whether the next word or dot goes to a new line.
    broken: bool,
    /// How many words came after the last line was full.
    beyond: usize,
    /// Whether anything was set, so that the last line has no end yet.
    begun: bool,
}

impl Page {
    /// At most so many `lines` of so many columns, and then a dot for every so many words.
    pub(super) fn new(width: usize, lines: usize, words_per_dot: usize) -> Self {
        Self {
            width: width - INDENT.len(),
            lines,
            words_per_dot,
            column: 0,
            word: String::new(),
            spaced: false,
            broken: true,
            beyond: 0,
            begun: false,
        }
    }

    /// Sets the next piece of the text. What could steer a terminal is left out: a model may write anything.
    pub(super) fn push(&mut self, text: &str, out: &mut String) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.set_word(out);
                self.spaced = true;
                self.broken |= character == '\n' && self.beyond == 0;
            } else if character.width() == Some(2) {
                // Chinese or Japanese has no spaces to wait for.
                self.set_word(out);
                self.word.push(character);
                self.set_word(out);
            } else if !character.is_control() {
                self.word.push(character);
            }
        }
    }

    /// Sets the last word. Gives whether words were left out.
    pub(super) fn finish(&mut self, out: &mut String) -> bool {
        self.set_word(out);
        self.beyond > 0
    }

    /// Sets the last word, and a note after it: beside the dots if it fits, else on a line of its own.
    pub(super) fn close(&mut self, note: &str, out: &mut String) {
        self.set_word(out);
        if !self.broken && self.beyond >= self.words_per_dot && self.column + 1 + note.width() <= self.width {
            out.push(' ');
        } else {
            self.begin_line(out);
        }
        out.push_str(note);
    }

    /// Leaves the line that is being written to others. Gives whether there is one, which they have to end.
    pub(super) fn break_off(&mut self) -> bool {
        self.broken = true;
        std::mem::take(&mut self.begun)
    }

    fn set_word(&mut self, out: &mut String) {
        let word = std::mem::take(&mut self.word);
        let spaced = std::mem::take(&mut self.spaced);
        let mut rest = word.as_str();
        while !rest.is_empty() && self.beyond == 0 {
            if !self.broken && self.column + usize::from(spaced) + rest.width() > self.width {
                self.broken = true;
            }
            if self.broken && self.lines == 0 {
                break;
            }
            if self.broken {
                self.lines -= 1;
                self.begin_line(out);
            } else if spaced {
                out.push(' ');
                self.column += 1;
            }
            let (part, others) = rest.split_at(fitting(rest, self.width));
            out.push_str(part);
            self.column += part.width();
            rest = others;
        }
        if !rest.is_empty() {
            self.count_word(out);
        }
    }

    fn count_word(&mut self, out: &mut String) {
        self.beyond += 1;
        if self.beyond.is_multiple_of(self.words_per_dot) {
            if self.broken || self.column == self.width {
                self.begin_line(out);
            }
            out.push('·');
            self.column += 1;
        }
    }

    fn begin_line(&mut self, out: &mut String) {
        if self.begun {
            out.push('\n');
        }
        out.push_str(INDENT);
        self.begun = true;
        self.broken = false;
        self.column = 0;
    }
}

/// How many bytes of a word fit into a line of its own.
fn fitting(word: &str, width: usize) -> usize {
    let mut column = 0;
    word.char_indices()
        .find(|(_, character)| {
            column += character.width().unwrap_or_default();
            column > width
        })
        .map_or(word.len(), |(end, _)| end)
}

/// What stands before every line below a heading.
pub(super) const INDENT: &str = "  ";
