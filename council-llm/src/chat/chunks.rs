//! A text as deltas: one word at a time.

/// Cuts `text` into words, each with the white space that follows it. Nothing is lost, and no piece is empty.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut spaced = false;
    for c in text.chars() {
        if spaced && !c.is_whitespace() {
            pieces.push(String::new());
        }
        spaced = c.is_whitespace();
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}
