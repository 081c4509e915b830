//! The seam between an answer that was cut and its continuation: what the continuation repeats is dropped.

use std::borrow::Cow;

use super::prompts::last_words;

/// The number of bytes at the beginning of `next` that repeat the end of `text`. A repetition of a few letters is likely chance, and is
/// none, unless these are all the words that the model was asked to repeat.
///
/// White space behind the repetition belongs to it if `text` ends with white space already.
pub(super) fn repeated(text: &str, next: &str) -> usize {
    let tail = tail(text);
    let shortest = SHORTEST.min(last_words(text).len()).max(1);
    let longest = (shortest..=tail.len().min(next.len())).rev();
    let found = longest.filter(|length| next.is_char_boundary(*length)).find(|length| tail.ends_with(&next[..*length]));
    let Some(length) = found else { return 0 };
    if text.len() == text.trim_end().len() {
        return length;
    }
    next.len() - next[length..].trim_start().len()
}

/// A continuation that comes in chunks. What may still be a repetition is held back.
pub(super) struct Seam<'a> {
    text: &'a str,
    /// The beginning of the continuation, until the repetition is known.
    held: Option<String>,
}

impl<'a> Seam<'a> {
    /// The seam behind this text.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, held: (!text.is_empty()).then(String::new) }
    }

    /// Takes the next chunk. Returns what is new.
    pub(super) fn push<'c>(&mut self, chunk: &'c str) -> Cow<'c, str> {
        let Some(held) = &mut self.held else { return chunk.into() };
        held.push_str(chunk);
        if is_open(self.text, held) { "".into() } else { self.finish().into() }
    }

    /// The continuation is complete. Returns what is new and was held back.
    pub(super) fn finish(&mut self) -> String {
        let held = self.held.take().unwrap_or_default();
        held[repeated(self.text, &held)..].to_owned()
    }
}

/// Whether the next chunk may make the repetition longer.
fn is_open(text: &str, held: &str) -> bool {
    let tail = tail(text);
    let longer = tail.char_indices().any(|(at, _)| tail[at..].starts_with(held));
    longer || repeated(text, held) == held.len()
}

/// The part of the text that a continuation may repeat, without white space at its end.
fn tail(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.len().saturating_sub(LONGEST);
    let start = (start..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[start..]
}

/// The length of the shortest repetition, in bytes.
const SHORTEST: usize = 12;
/// The length of the longest repetition, in bytes.
const LONGEST: usize = 4_096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SHORTEST, Seam, repeated};

    fn joined(text: &str, next: &str) -> String {
        format!("{text}{}", &next[repeated(text, next)..])
    }

    #[test]
    fn a_repetition_of_the_end_is_dropped() {
        for (text, next, expected) in [
            ("Rust is a language wi", "is a language without", "Rust is a language without"),
            ("Rust is a language", " without a collector", "Rust is a language without a collector"),
            ("Rust is a language.\n\n", "is a language.\n## Next", "Rust is a language.\n\n## Next"),
            ("# Rust\n\n## Why", "## Why Rust?", "# Rust\n\n## Why Rust?"),
            ("Good.\nSCORE: 9", "SCORE: 9\nVERDICT: APPROVE", "Good.\nSCORE: 9\nVERDICT: APPROVE"),
            ("Good.\nSCORE: 1", "0\nVERDICT: APPROVE", "Good.\nSCORE: 10\nVERDICT: APPROVE"),
            ("Rust is a tre", "trees are", "Rust is a tretrees are"),
            ("Ein großer Wald 🌲🌲", "großer Wald 🌲🌲, grün", "Ein großer Wald 🌲🌲, grün"),
            ("", "Rust", "Rust"),
        ] {
            assert_eq!(joined(text, next), expected);
        }
    }

    proptest! {
        #[test]
        fn a_text_that_is_cut_anywhere_is_whole_again(words in 3u32..40, cut in 0usize..300, back in 0usize..90) {
            let text = (0..words).map(|word| format!("wörd{word} ")).collect::<Vec<_>>().concat();
            let at = |at: usize| (at.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            let (cut, start) = (at(cut), at(cut.saturating_sub(back)));
            prop_assume!(start == cut || text[start..cut].trim_end().len() >= SHORTEST);
            prop_assert_eq!(joined(&text[..cut], &text[start..]), text);
        }

        #[test]
        fn chunks_make_no_difference(text in "(one |two |\n){0,12}", next in "(one |two |\n){0,16}", sizes in prop::collection::vec(1usize..5, 0..40)) {
            let mut seam = Seam::new(&text);
            let (mut new, mut rest) = (String::new(), next.as_str());
            for size in sizes {
                let (chunk, after) = rest.split_at(size.min(rest.len()));
                new += &seam.push(chunk);
                rest = after;
            }
            new += &seam.push(rest);
            new += &seam.finish();
            prop_assert_eq!(&new, &next[repeated(&text, &next)..]);
        }
    }
}
