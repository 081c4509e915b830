//! Texts without anything to read.

/// Whether a text has nothing to read: it is empty, or has only white space, control characters and characters that are not shown, such as
/// the zero-width space.
///
/// ```
/// use council_llm::is_blank;
///
/// assert!(is_blank(" \n\u{a0}\u{3000}\u{200b}\u{feff}"));
/// assert!(!is_blank(" a "));
/// ```
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || letter.is_control() || is_invisible(letter))
}

/// Unicode's `Default_Ignorable_Code_Point`, the marks of ruby texts, and the blank of braille.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}
