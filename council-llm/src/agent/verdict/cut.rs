//! Cuts an answer into words, numbers and signs. Markup, spaces and the case of letters are gone afterwards.

use std::ops::Range;

use super::fold::{fold, is_word};
use super::markup::{self, Tag};
use super::token::{HIDDEN, Kind, Token};

/// An answer as it is cut.
pub(super) struct Cutter<'a> {
    text: &'a str,
    at: usize,
    pub(super) tokens: Vec<Token>,
    /// The folded words of all tokens, one after the other.
    folded: String,
    /// Where the word of each token stands in them.
    words: Vec<Range<usize>>,
    is_tight: bool,
}

impl<'a> Cutter<'a> {
    /// Cuts a whole text.
    pub(super) fn cut(text: &'a str) -> Self {
        let mut cutter =
            Self { text, at: 0, tokens: Vec::new(), folded: String::new(), words: Vec::new(), is_tight: false };
        while cutter.at < text.len() {
            cutter.next();
        }
        cutter
    }

    /// Adds the end of the last line.
    pub(super) fn end(mut self) -> Self {
        self.push(Kind::Break, self.text.len(), self.text.len());
        self
    }

    /// The folded word of a token.
    pub(super) fn word_of(&self, token: usize) -> &str {
        &self.folded[self.words[token].clone()]
    }

    /// Cuts off the next token, or skips what is none.
    fn next(&mut self) {
        let rest = &self.text[self.at..];
        let Some(c) = rest.chars().next() else { return };
        let start = self.at;
        if c == '\n' {
            self.at += 1;
            return self.push(Kind::Break, start, self.at);
        }
        if let Some((tag, length)) = markup::tag(rest) {
            self.at += length;
            return match tag {
                Tag::Style => {}
                Tag::Line => self.push(Kind::Break, start, self.at),
                Tag::Cell => self.push(Kind::Sign('|'), start, self.at),
            };
        }
        if let Some((name, length)) = markup::command(rest) {
            self.at += length;
            if name == "\n" {
                self.push(Kind::Break, start, self.at);
            } else if matches!(name, "boxed" | "fbox" | "frac" | "dfrac" | "tfrac") {
                self.push_word(name, start, self.at);
            }
            return;
        }
        if let Some(kind) = single(c) {
            self.at += c.len_utf8();
            return self.push(kind, start, self.at);
        }
        match fold(c) {
            None => self.at += c.len_utf8(),
            Some(HIDDEN) => {
                self.at += rest.bytes().take_while(|&byte| byte == b'\x01').count();
                self.push_word("", start, self.at);
            }
            Some(digit) if digit.is_ascii_digit() => self.number(),
            Some('.') if folded_at(self.text, self.at + c.len_utf8()).is_some_and(|c| c.is_ascii_digit()) => {
                self.number();
            }
            Some(letter) if is_word(letter) => {
                self.at += c.len_utf8();
                let mut buffer = [0; 4];
                self.push_word(letter.encode_utf8(&mut buffer), start, self.at);
            }
            Some(letter) if letter.is_alphabetic() => self.word(),
            Some(sign) => self.sign(sign, c.len_utf8()),
        }
    }

    fn word(&mut self) {
        let (start, from) = (self.at, self.folded.len());
        for c in self.text[start..].chars() {
            match fold(c) {
                None => {}
                Some(letter) if letter.is_alphanumeric() && !is_word(letter) && letter != HIDDEN => {
                    self.folded.push(letter);
                }
                Some(_) => break,
            }
            self.at += c.len_utf8();
        }
        self.tokens.push(Token { kind: Kind::Word(None), start, end: self.at, is_tight: self.is_tight });
        self.words.push(from..self.folded.len());
        self.is_tight = true;
    }

    /// Digits, with a fraction. What has a second point in it, such as a version, is a word.
    fn number(&mut self) {
        let start = self.at;
        let mut digits = String::new();
        let (mut points, mut is_odd) = (0, false);
        while let Some(c) = self.text[self.at..].chars().next() {
            match fold(c) {
                None => {}
                Some(digit) if digit.is_ascii_digit() => digits.push(digit),
                Some('.' | ',') if folded_at(self.text, self.at + c.len_utf8()).is_some_and(|c| c.is_ascii_digit()) => {
                    points += 1;
                    is_odd |= points > 1;
                    digits.push('.');
                }
                Some(_) => break,
            }
            self.at += c.len_utf8();
        }
        match digits.parse() {
            Ok(value) if !is_odd => self.push(Kind::Number(value), start, self.at),
            _ => self.push_word("", start, self.at),
        }
    }

    fn sign(&mut self, sign: char, length: usize) {
        let (start, before) = (self.at, self.text[..self.at].chars().next_back());
        self.at += length;
        let after = self.text[self.at..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        match sign {
            // Between letters these join words: `well-made`, `final_score`, `don't`.
            '-' | '_' | '\'' | '’' if joins(before) && joins(after) => {}
            '-' | '=' if after == Some('>') => {
                self.at += 1;
                self.push(Kind::Sign('→'), start, self.at);
            }
            '>' if before == Some('\n') || before.is_none() => self.is_tight = false,
            '\t' => self.push(Kind::Sign('|'), start, self.at),
            ':' | '=' | '/' | '%' | '+' | '-' | '–' | '→' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
            | ',' | '.' | ';' | '!' | '?' | '≥' | '≤' => self.push(Kind::Sign(sign), start, self.at),
            // Markup leaves no trace.
            '*' | '_' | '`' | '~' | '#' | '"' | '“' | '”' | '„' | '«' | '»' | '$' => {}
            _ => self.is_tight = false,
        }
    }

    fn push_word(&mut self, word: &str, start: usize, end: usize) {
        let from = self.folded.len();
        self.folded.push_str(word);
        self.push(Kind::Word(None), start, end);
        if let Some(range) = self.words.last_mut() {
            *range = from..self.folded.len();
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, start, end, is_tight: self.is_tight });
        self.words.push(0..0);
        self.is_tight = kind != Kind::Break;
    }
}

/// The words of a text as the lexicon knows them.
pub(super) fn words(text: &str) -> Vec<String> {
    let cutter = Cutter::cut(text);
    let is_word = |index: &usize| matches!(cutter.tokens[*index].kind, Kind::Word(_));
    (0..cutter.tokens.len()).filter(is_word).map(|index| cutter.word_of(index).to_owned()).collect()
}

fn folded_at(text: &str, at: usize) -> Option<char> {
    fold(text[at..].chars().next()?)
}

/// A token of one character.
fn single(c: char) -> Option<Kind> {
    Some(match c {
        '½' => Kind::Vulgar(0.5),
        '¼' => Kind::Vulgar(0.25),
        '¾' => Kind::Vulgar(0.75),
        '⅓' => Kind::Vulgar(1.0 / 3.0),
        '⅔' => Kind::Vulgar(2.0 / 3.0),
        '⅕' => Kind::Vulgar(0.2),
        '⅖' => Kind::Vulgar(0.4),
        '⅗' => Kind::Vulgar(0.6),
        '⅘' => Kind::Vulgar(0.8),
        '★' | '⭐' | '🌟' => Kind::Star(1.0),
        '☆' | '✩' | '✰' => Kind::Star(0.0),
        '⯨' | '⯪' => Kind::Star(0.5),
        '🔟' => Kind::Number(10.0),
        '①'..='⑨' => Kind::Number(f64::from(u32::from(c) - u32::from('①') + 1)),
        _ => return None,
    })
}
