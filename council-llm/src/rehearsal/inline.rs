//! Text of a user inside Markdown.

/// A text on one line, at most `limit` characters of it, escaped for Markdown and HTML.
pub(super) fn inline(text: &str, limit: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    let line = words.join(" ");
    let cut: String = line.chars().take(limit).collect();
    let mut shown = String::new();
    for c in cut.chars() {
        if matches!(c, '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '|' | '~' | '&') {
            shown.push('\\');
        }
        shown.push(c);
    }
    if cut.len() < line.len() {
        shown.push('\u{2026}');
    }
    shown
}
