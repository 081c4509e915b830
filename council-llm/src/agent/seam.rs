//! The seam between an answer that was cut and its continuation: what the continuation repeats is dropped.

use std::borrow::Cow;

use super::prompts::{SHORTEST_END, last_words};

/// The number of bytes at the beginning of `next` that repeat the end of `text`. A repetition that is shorter than the words that the model
/// was asked to repeat may be chance, and is none, unless it is the whole last line and not only a bracket or the like.
///
/// White space behind the repetition belongs to it as far as `text` ends with that white space. If it is other white space, all belongs
/// to it.
pub(super) fn repeated(text: &str, next: &str) -> usize {
    let tail = tail(text);
    let line = tail.rsplit('\n').next().unwrap_or(tail).trim_start();
    let line = if line.len() < SHORTEST_LINE { last_words(text) } else { line };
    let shortest = SHORTEST_END.min(line.len()).max(1);
    let lengths = (shortest..=tail.len().min(next.len())).rev();
    let found = lengths.filter(|length| next.is_char_boundary(*length)).find(|length| tail.ends_with(&next[..*length]));
    let Some(length) = found else { return 0 };
    let (end, rest) = (&text[text.trim_end().len()..], &next[length..]);
    if rest.starts_with(end) { length + end.len() } else { next.len() - rest.trim_start().len() }
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

/// The length of the shortest line whose repetition is no chance, in bytes.
const SHORTEST_LINE: usize = 4;
/// The length of the longest repetition, in bytes.
const LONGEST: usize = 4_096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Seam, last_words, repeated};

    fn joined(text: &str, next: &str) -> String {
        format!("{text}{}", &next[repeated(text, next)..])
    }

    #[test]
    fn a_repetition_of_the_end_is_dropped() {
        for (text, next, expected) in [
            ("Rust is a language wi", "is a language without", "Rust is a language without"),
            ("Rust is a language", " without a collector", "Rust is a language without a collector"),
            ("Rust is a language.\n\n", "is a language.\n## Next", "Rust is a language.\n\n## Next"),
            ("Rust is a tre", "trees are", "Rust is a tretrees are"),
            ("Ein großer Wald 🌲🌲", "großer Wald 🌲🌲, grün", "Ein großer Wald 🌲🌲, grün"),
            ("", "Rust", "Rust"),
            (" \n", "Rust", " \nRust"),
            ("## Next", "## Next steps", "## Next steps"),
            ("# Rust\n\n## Why", "## Why Rust?", "# Rust\n\n## Why Rust?"),
            ("Good.\nSCORE: 9", "SCORE: 9\nVERDICT: APPROVE", "Good.\nSCORE: 9\nVERDICT: APPROVE"),
            ("Good.\nSCORE: 1", "0\nVERDICT: APPROVE", "Good.\nSCORE: 10\nVERDICT: APPROVE"),
            ("fn main() {\n}", "}\n}", "fn main() {\n}}\n}"),
        ] {
            assert_eq!(joined(text, next), expected);
        }
    }

    #[test]
    fn a_model_that_repeats_what_it_is_asked_for_doubles_no_short_line() {
        for (text, asked) in [
            ("# Rust\n\nRust is fast.\n\n## Next", "Rust is fast.\n\n## Next"),
            ("fn main() {\n    run();\n}", "run();\n}"),
            ("```rust\nfn main() {}\n```", "fn main() {}\n```"),
            ("One thing:\n\n\n\n- a", "One thing:\n\n\n\n- a"),
            ("Rust is a language wi", "Rust is a language wi"),
            (" A dra", "A dra"),
        ] {
            assert!(last_words(text).ends_with(asked), "{:?}", last_words(text));
            assert_eq!(joined(text, &format!("{} on", last_words(text))), format!("{} on", text.trim_end()));
        }
    }

    proptest! {
        #[test]
        fn a_text_that_is_cut_anywhere_is_whole_again(
            gaps in prop::collection::vec(prop::sample::select(vec![" ", "\n", "\n\n- ", "\n}\n", "\n\n## "]), 3..40),
            cut in 0usize..400,
            back in 0usize..90,
        ) {
            let text = gaps.iter().enumerate().map(|(word, gap)| format!("wörd{word}{gap}")).collect::<Vec<_>>().concat();
            let at = |at: usize| (at.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap();
            let cut = at(cut);
            let asked = text[..cut].trim_end().len() - last_words(&text[..cut]).len();
            // The model repeats nothing, what it was asked for, or more than that.
            for start in [cut, asked, at(cut.saturating_sub(back)).min(asked)] {
                prop_assert_eq!(joined(&text[..cut], &text[start..]), &*text);
            }
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
