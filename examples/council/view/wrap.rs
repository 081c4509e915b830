//! A document for a terminal: lines that are too long are broken between words.

use unicode_width::UnicodeWidthStr;

use super::text_block::{breaks_anywhere, fitting};

/// Breaks the lines of a Markdown text at `width` columns. The rest of a line has its indent, and that of its list item. Code and tables
/// stay as they are.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut is_code = false;
    let lines = text.split('\n').map(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let is_kept = is_code || is_fence || line.trim_start().starts_with('|');
        if is_kept || line.width() <= width { line.to_owned() } else { wrapped_line(line, width) }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let indent = " ".repeat(indent_of(line).min(width / 2));
    let mut lines = Vec::new();
    let (mut current, mut column) = (String::new(), 0);
    for part in parts(line) {
        let mut rest = part;
        // A blank at the end of a line may go beyond it.
        if column + rest.trim_end().width() > width && !current.trim().is_empty() {
            lines.push(std::mem::replace(&mut current, indent.clone()));
            column = indent.len();
            rest = rest.trim_start();
        }
        while column + rest.trim_end().width() > width {
            let (head, tail) = rest.split_at(fitting(rest, width.saturating_sub(column)));
            if head.is_empty() {
                break;
            }
            current.push_str(head);
            lines.push(std::mem::replace(&mut current, indent.clone()));
            (column, rest) = (indent.len(), tail);
        }
        current.push_str(rest);
        column += rest.width();
    }
    lines.push(current);
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// The words of a line, each with the blanks after it.
fn parts(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, character) in line.char_indices() {
        // No line begins with a blank, or with a mark such as `。` that closes a sentence.
        let may_break = before.is_some_and(|before| {
            before.is_whitespace() && !character.is_whitespace()
                || character.is_alphanumeric() && (breaks_anywhere(before) || breaks_anywhere(character))
        });
        if may_break {
            parts.push(&line[start..at]);
            start = at;
        }
        before = Some(character);
    }
    parts.push(&line[start..]);
    parts
}

/// The column at which the words of a line begin, after blanks and the mark of a list item or of a quotation.
fn indent_of(line: &str) -> usize {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    let words = &line[blanks..];
    let number = words.chars().take_while(char::is_ascii_digit).count();
    let mark = match &words[number..] {
        rest if number > 0 && (rest.starts_with(". ") || rest.starts_with(") ")) => number + 2,
        rest if number == 0 && ["- ", "* ", "+ ", "> "].iter().any(|mark| rest.starts_with(mark)) => 2,
        _ => 0,
    };
    blanks + mark
}
