//! Long texts in pieces of a bounded size.

/// Splits a text after at most `bytes` bytes, between two characters.
pub(crate) fn split_within(text: &str, bytes: usize) -> (&str, &str) {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.split_at(end.unwrap_or_default())
}
