//! What can be read out of a topic without understanding it: its title, its terms, what kind of question it is.

use super::terms::{self, Term, fold};
use super::wording::wording;

/// A topic, read by rules.
pub(super) struct Topic {
    /// The leading sentence, fit for a heading.
    pub(super) title: String,
    /// The words that carry the topic, at most six and at least one, in the order in which they come.
    pub(super) terms: Vec<Term>,
    /// Those of the leading sentence that are not just whom or what it is for; all terms, if it has no others.
    pub(super) subjects: Vec<Term>,
    /// What the topic asks for.
    pub(super) kind: Kind,
    /// Whatever else the topic says, fit for a list.
    pub(super) given: Vec<String>,
    /// A name for the person in the example, always the same for the same topic.
    pub(super) person: &'static str,
}

/// What a topic asks for, as far as its first words tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A subject, and no question yet.
    Overview,
    /// Whether to do something.
    Decide,
    /// One thing or the other.
    Compare,
    /// How something is done.
    HowTo,
    /// Why something is so.
    Explain,
}

impl Topic {
    pub(super) fn read(text: &str) -> Self {
        let mut given = sentences(text);
        let first = if given.is_empty() { "" } else { given.remove(leading(&given)) };
        let title = match inline(
            first.trim_start_matches(['#', '>', '-', '*', ' ']).trim_end_matches(['.', ' ']),
            LONGEST_TITLE,
        ) {
            title if title.is_empty() => "Untitled topic".to_owned(),
            title => title,
        };
        let terms = terms::of(text);
        let opening = fold(first);
        let mut subjects: Vec<Term> =
            terms.iter().filter(|term| !term.purpose && term.is_in(&opening)).cloned().collect();
        if subjects.is_empty() {
            subjects.clone_from(&terms);
        }
        Self {
            title,
            kind: Kind::of(first, terms.len()),
            terms,
            subjects,
            given: given.iter().take(MOST_GIVEN).map(|sentence| inline(sentence, LONGEST_GIVEN)).collect(),
            person: PEOPLE[hash(text) % PEOPLE.len()],
        }
    }

    /// A template of the `wording`, with the topic's words in its slots; `{t}` is `term`.
    pub(super) fn fill(&self, template: &str, term: &str) -> String {
        let first = self.subjects[0].shown();
        let second = self.subjects.get(1).map_or_else(|| wording(self.kind).beside.replace("{a}", &first), Term::shown);
        let reader = || self.terms.iter().find(|term| term.purpose).map_or("the reader".to_owned(), Term::shown);
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, (slot, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            text.push_str(before);
            match slot {
                "topic" => text.push_str(&self.title),
                "a" => text.push_str(&first),
                "b" => text.push_str(&second),
                "for" => text.push_str(&reader()),
                "name" => text.push_str(self.person),
                _ => text.push_str(term),
            }
            rest = after;
        }
        text + rest
    }
}

impl Kind {
    fn of(sentence: &str, terms: usize) -> Self {
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

/// Which sentence says what is asked: the first question, or the first sentence if there is none or it is a heading.
fn leading(sentences: &[&str]) -> usize {
    let headed = sentences.first().is_some_and(|first| first.starts_with('#'));
    let question = sentences.iter().position(|sentence| sentence.ends_with(['?', '\u{ff1f}']));
    question.filter(|_| !headed).unwrap_or_default()
}

/// The sentences and lines of a text that hold anything to read.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut start = 0;
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let wide = matches!(c, '\u{3002}' | '\u{ff01}' | '\u{ff1f}');
            let ends = matches!(c, '.' | '!' | '?') && chars.peek().is_none_or(|(_, next)| next.is_whitespace());
            if wide || ends {
                found.push(&line[start..at + c.len_utf8()]);
                start = at + c.len_utf8();
            }
        }
        found.push(&line[start..]);
    }
    found.retain(|sentence| !sentence.trim().is_empty());
    found
}

/// Foreign text on one line, at most `limit` characters of it, that Markdown and HTML take literally.
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

/// FNV-1a, to pick one of several wordings for a topic.
fn hash(text: &str) -> usize {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    usize::try_from(hash).unwrap_or_default()
}

const LONGEST_TITLE: usize = 90;
const LONGEST_GIVEN: usize = 200;
const MOST_GIVEN: usize = 8;
const PEOPLE: [&str; 7] = ["Amara", "Jonas", "Kenji", "Leila", "Mira", "Sofia", "Tariq"];

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
