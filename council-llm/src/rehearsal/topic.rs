//! A topic, read by rules: its title, its terms and its kind of question.

use super::inline::inline;
use super::kind::TopicKind;
use super::terms::{self, Term, fold};
use super::wording::wording;

/// A topic, read by rules.
pub(super) struct Topic {
    /// The leading sentence as a heading.
    pub(super) title: String,
    /// The terms of the topic, at most six and at least one, in the order of the topic.
    pub(super) terms: Vec<Term>,
    /// The terms of the leading sentence that do not follow a `for`; all terms, if there are no others.
    pub(super) subjects: Vec<Term>,
    /// The kind of question.
    pub(super) kind: TopicKind,
    /// The other sentences of the topic, as items of a list.
    pub(super) given: Vec<String>,
    /// A name for the person in the example, which depends only on the topic.
    pub(super) person: &'static str,
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
            kind: TopicKind::of(first, terms.len()),
            terms,
            subjects,
            given: given.iter().take(MOST_GIVEN).map(|sentence| inline(sentence, LONGEST_GIVEN)).collect(),
            person: PEOPLE[hash(text) % PEOPLE.len()],
        }
    }

    /// A template of the `wording` with its slots filled; `{t}` is `term`.
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

/// The index of the leading sentence: the first question, or the first sentence if there is no question or if it is a heading.
fn leading(sentences: &[&str]) -> usize {
    let headed = sentences.first().is_some_and(|first| first.starts_with('#'));
    let question = sentences.iter().position(|sentence| sentence.ends_with(['?', '\u{ff1f}']));
    question.filter(|_| !headed).unwrap_or_default()
}

/// The sentences and lines of a text that are not blank.
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

/// FNV-1a, to choose a name by the topic.
fn hash(text: &str) -> usize {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    usize::try_from(hash).unwrap_or_default()
}

const LONGEST_TITLE: usize = 90;
const LONGEST_GIVEN: usize = 200;
const MOST_GIVEN: usize = 8;
const PEOPLE: [&str; 7] = ["Amara", "Jonas", "Kenji", "Leila", "Mira", "Sofia", "Tariq"];
