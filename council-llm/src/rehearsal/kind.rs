//! The kinds of question that a topic can be.

/// The kind of question that a topic asks, guessed from its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TopicKind {
    /// A subject without a question.
    Overview,
    /// A decision: whether to do something.
    Decide,
    /// A comparison of two things or more.
    Compare,
    /// Instructions: how something is done.
    HowTo,
    /// An explanation: why something is so.
    Explain,
}

impl TopicKind {
    pub(super) fn of(sentence: &str, terms: usize) -> Self {
        let plain: String =
            sentence.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let words: Vec<&str> = plain.split_whitespace().take(40).collect();
        let text = format!(" {} ", words.join(" "));
        let has = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(&format!(" {phrase} ")));
        let begins = |first: &[&str]| words.first().is_some_and(|word| first.contains(word));

        if has(&["or not", "oder nicht"]) {
            Self::Decide
        } else if terms > 1 && has(COMPARE) {
            Self::Compare
        } else if begins(DECIDE) || has(&["worth", "whether", "pros and cons"]) {
            Self::Decide
        } else if begins(HOW_TO) || has(HOW) {
            Self::HowTo
        } else if begins(EXPLAIN) {
            Self::Explain
        } else {
            Self::Overview
        }
    }
}

const COMPARE: &[&str] =
    &["vs", "versus", "or", "compare", "compared", "comparison", "comparing", "difference", "oder", "vergleich"];
const DECIDE: &[&str] = &[
    "should", "shall", "is", "are", "can", "could", "do", "does", "will", "would", "must", "may", "soll", "sollen",
    "sollte", "sollten", "ist", "sind", "kann", "können", "darf", "muss", "wird",
];
const HOW_TO: &[&str] = &[
    "build",
    "create",
    "design",
    "develop",
    "implement",
    "make",
    "organise",
    "organize",
    "plan",
    "prepare",
    "guide",
    "tutorial",
    "anleitung",
    "plane",
    "baue",
    "learn",
    "learning",
    "start",
    "starting",
];
const HOW: &[&str] = &[
    "how to",
    "how do i",
    "how do we",
    "how do you",
    "how can i",
    "how can we",
    "how can you",
    "how should",
    "getting started",
    "step by step",
    "guide to",
    "leitfaden",
    "wie kann ich",
    "wie können wir",
    "wie macht man",
    "für anfänger",
    "for beginners",
    "for newcomers",
];
const EXPLAIN: &[&str] =
    &["why", "what", "how", "explain", "describe", "warum", "wieso", "weshalb", "was", "wie", "erkläre"];
