//! The user messages after an answer that reached the limit of its length.

use super::section::tagged;

/// The user message after an answer that was cut: it asks the model to continue. The answer so far is the message before it.
///
/// The model is asked to repeat the last words, so that the pieces can be joined exactly: white space at a seam is often lost otherwise.
/// The repeated words are dropped.
///
/// ```
/// let asked = council_llm::prompts::continuation("# Rust\n\nRust is a language without");
/// assert!(asked.contains("<end>\nRust is a language without\n</end>"));
/// ```
#[must_use]
pub fn continuation(text: &str) -> String {
    format!("{CUT}\n\n{}\n\n{CONTINUE}", tagged("end", "", last_words(text)))
}

/// The sentence that is added to a request whose answer had no room for text, because the model spent it on reasoning.
///
/// ```
/// assert!(council_llm::prompts::less_thinking().contains("Think briefly"));
/// ```
#[must_use]
pub fn less_thinking() -> &'static str {
    LESS_THINKING
}

/// The end of the text that a model is asked to repeat: its last line, or as many lines as have [`SHORTEST_END`] bytes. If that is long, it
/// begins at a later word. A text that is shorter is repeated as a whole.
pub(in crate::agent) fn last_words(text: &str) -> &str {
    let text = text.trim();
    let mut lines = text.rmatch_indices('\n').map(|(at, _)| text[at..].trim_start());
    let lines = lines.find(|lines| lines.len() >= SHORTEST_END).unwrap_or(text);
    let Some((start, _)) = lines.char_indices().rev().nth(LONGEST_END) else { return lines };
    let end = &lines[start..];
    let words = end.find(' ').map_or(end, |space| end[space..].trim_start());
    if words.len() >= SHORTEST_END { words } else { end }
}

const CUT: &str = "Your answer reached the limit of its length and was cut off. It ends with these words:";

const CONTINUE: &str = "\
Continue exactly where it stopped, also in the middle of a word. Begin with these last words, so that the join can be seen, and write on \
to the end. Do not begin again, and write nothing else.";

const LESS_THINKING: &str = "\
Your last attempt used all its room for thinking, and no answer was left. Think briefly this time, and answer soon.";

/// The number of characters of the end of an answer that a model is asked to repeat.
const LONGEST_END: usize = 80;
/// The smallest number of bytes that a model is asked to repeat. The repetition of a few letters may be chance.
pub(in crate::agent) const SHORTEST_END: usize = 12;
