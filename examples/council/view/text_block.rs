//! A text that is wrapped into lines while it arrives: the first lines in full, then one dot per `words_per_dot` words.
//!
//! It only appends, so the output is the same in a terminal and in a file.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// An indented block of text below a heading.
pub(super) struct TextBlock {
    width: usize,
    /// The number of lines that may still start.
    lines: usize,
    words_per_dot: usize,
    column: usize,
    /// The current word, which may still grow.
    word: String,
    /// Whether a space comes before the current word.
    spaced: bool,
    /// Whether the next word or dot starts a new line.
    at_line_break: bool,
    /// The number of words after the last full line.
    hidden_words: usize,
    /// Whether the current line has text, so that a line end is missing.
    in_line: bool,
}

impl TextBlock {
    /// Shows at most `lines` lines of `width` columns, and then one dot per `words_per_dot` words.
    pub(super) fn new(width: usize, lines: usize, words_per_dot: usize) -> Self {
        Self {
            width: width - INDENT.len(),
            lines,
            words_per_dot,
            column: 0,
            word: String::new(),
            spaced: false,
            at_line_break: true,
            hidden_words: 0,
            in_line: false,
        }
    }

    /// Adds the next piece of the text, without control characters: a model may write any character.
    pub(super) fn push(&mut self, text: &str, out: &mut String) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.add_word(out);
                self.spaced = true;
                self.at_line_break |= character == '\n' && self.hidden_words == 0;
            } else if breaks_anywhere(character) {
                // The blank before it belongs to it, unless a word stands between.
                if !self.word.is_empty() {
                    self.add_word(out);
                }
                self.word.push(character);
                self.add_word(out);
            } else if !character.is_control() {
                self.word.push(character);
            }
        }
    }

    /// Adds the last word. Returns whether words are hidden.
    pub(super) fn finish(&mut self, out: &mut String) -> bool {
        self.add_word(out);
        self.hidden_words > 0
    }

    /// Adds the last word and a note: after the dots if it fits, else on a new line.
    pub(super) fn close(&mut self, note: &str, out: &mut String) {
        self.add_word(out);
        if !self.at_line_break
            && self.hidden_words >= self.words_per_dot
            && self.column + 1 + note.width() <= self.width
        {
            out.push(' ');
        } else {
            self.begin_line(out);
        }
        out.push_str(note);
    }

    /// Interrupts the block for other output. Returns whether the caller has to end the current line.
    pub(super) fn break_off(&mut self) -> bool {
        self.at_line_break = true;
        std::mem::take(&mut self.in_line)
    }

    fn add_word(&mut self, out: &mut String) {
        let word = std::mem::take(&mut self.word);
        let spaced = std::mem::take(&mut self.spaced);
        let mut rest = word.as_str();
        while !rest.is_empty() && self.hidden_words == 0 {
            if !self.at_line_break && self.column + usize::from(spaced) + rest.width() > self.width {
                self.at_line_break = true;
            }
            if self.at_line_break && self.lines == 0 {
                break;
            }
            if self.at_line_break {
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
        self.hidden_words += 1;
        if self.hidden_words.is_multiple_of(self.words_per_dot) {
            if self.at_line_break || self.column == self.width {
                self.begin_line(out);
            }
            out.push('·');
            self.column += 1;
        }
    }

    fn begin_line(&mut self, out: &mut String) {
        if self.in_line {
            out.push('\n');
        }
        out.push_str(INDENT);
        self.in_line = true;
        self.at_line_break = false;
        self.column = 0;
    }
}

/// Whether a line may break before and after a character: Chinese and Japanese have no spaces, so each character counts as a word.
/// Korean is as wide, but has spaces.
pub(super) fn breaks_anywhere(character: char) -> bool {
    let is_hangul = matches!(character, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7a3}');
    character.width() == Some(2) && !is_hangul
}

/// The number of bytes of a word that fit into one line.
pub(super) fn fitting(word: &str, width: usize) -> usize {
    let mut column = 0;
    word.char_indices()
        .find(|(_, character)| {
            column += character.width().unwrap_or_default();
            column > width
        })
        .map_or(word.len(), |(end, _)| end)
}

/// The indent of every line below a heading.
pub(super) const INDENT: &str = "  ";
