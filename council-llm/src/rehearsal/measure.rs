//! The measures of a draft, all of them counts.

use super::outline::{Outline, Section};
use super::rule::Rule;
use super::terms::fold;
use super::topic::Topic;

/// The measures of a draft.
pub(super) struct Measured {
    pub(super) words: usize,
    pub(super) sections: usize,
    pub(super) links: usize,
    coverage: f64,
    example: f64,
    objections: f64,
    steps: f64,
    summary: f64,
    listed_sources: bool,
}

impl Measured {
    pub(super) fn of(draft: &str, topic: &Topic) -> Self {
        let outline = Outline::read(draft);
        let folded = fold(draft);
        let numbered = draft.lines().filter(|line| is_numbered(line)).count();
        Self {
            words: words(draft),
            sections: outline.sections.iter().filter(|section| words(&section.body) >= 15).count(),
            links: folded.matches("https://").count() + folded.matches("http://").count(),
            coverage: coverage(&outline, topic),
            example: headed(&outline, &["example", "case", "beispiel"], 40)
                .max(said(&folded, &["for example", "for instance", "e.g.", "zum beispiel", "z. b."])),
            objections: headed(&outline, &["objection", "risk", "against", "limit", "drawback", "einw", "risik"], 30)
                .max(said(&folded, &["however", "drawback", "on the other hand", "allerdings", "jedoch"])),
            steps: share(numbered, 4),
            summary: summary(&outline, topic),
            listed_sources: find(&outline, &["source", "reference", "look it up", "reading", "quelle"]).is_some(),
        }
    }

    /// The points earned by a rule.
    pub(super) fn earned(&self, rule: Rule) -> f64 {
        rule.weight()
            * match rule {
                Rule::Coverage => self.coverage,
                Rule::Length => share(self.words, 550),
                Rule::Example => self.example,
                Rule::Objections => self.objections,
                Rule::Steps => self.steps,
                Rule::Summary => self.summary,
                Rule::Structure => share(self.sections, 8),
                Rule::Sources if self.links > 0 => 1.0,
                Rule::Sources => f64::from(u8::from(self.listed_sources)) / 2.0,
            }
    }

    /// The finding of a rule, in words.
    pub(super) fn finding(&self, rule: Rule) -> String {
        match rule {
            Rule::Coverage => format!("{:.0} % of the mentions that the topic's terms deserve", self.coverage * 100.0),
            Rule::Length => format!("{} words", self.words),
            Rule::Example => "no single case that a reader could follow".to_owned(),
            Rule::Objections => "nothing, or too little, that speaks against it".to_owned(),
            Rule::Steps => "too few numbered steps".to_owned(),
            Rule::Summary => "no short summary that names the main terms".to_owned(),
            Rule::Structure => format!("{} sections of 15 words or more", self.sections),
            Rule::Sources if self.listed_sources => "places to look, and nothing that was read".to_owned(),
            Rule::Sources => "no source, and no place to look for one".to_owned(),
        }
    }
}

/// The share of the terms' mentions: each term counts in at most three sections.
fn coverage(outline: &Outline, topic: &Topic) -> f64 {
    let sections: Vec<String> =
        outline.sections.iter().map(|section| fold(&format!("{} {}", section.heading, section.body))).collect();
    let found = |folded: &&String, index: usize| topic.terms[index].is_in(folded);
    let mentions: usize =
        (0..topic.terms.len()).map(|index| sections.iter().filter(|text| found(text, index)).count().min(3)).sum();
    share(mentions, topic.terms.len() * 3)
}

fn summary(outline: &Outline, topic: &Topic) -> f64 {
    let headings = ["summary", "in short", "conclusion", "takeaway", "fazit", "zusammenfassung"];
    let Some(section) = find(outline, &headings) else {
        return 0.0;
    };
    let folded = fold(&section.body);
    let named = topic.terms.iter().filter(|term| term.is_in(&folded)).count();
    let brief = (10..=90).contains(&words(&section.body));
    if brief && named * 2 >= topic.terms.len() { 1.0 } else { 0.5 }
}

/// 1 for a section with such a heading, or less in proportion if it has fewer words than `least`.
fn headed(outline: &Outline, headings: &[&str], least: usize) -> f64 {
    find(outline, headings).map_or(0.0, |section| share(words(&section.body), least))
}

/// 0.3 if the text contains one of the phrases.
fn said(folded: &str, phrases: &[&str]) -> f64 {
    if phrases.iter().any(|phrase| folded.contains(phrase)) { 0.3 } else { 0.0 }
}

fn find<'a>(outline: &'a Outline, headings: &[&str]) -> Option<&'a Section> {
    outline.sections.iter().find(|section| {
        let heading = section.heading.to_lowercase();
        headings.iter().any(|part| heading.contains(part))
    })
}

/// Whether a line is an item of a numbered list.
pub(super) fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < line.trim_start().len() && (rest.starts_with(". ") || rest.starts_with(") "))
}

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// `part` of `whole`, at most 1.
fn share(part: usize, whole: usize) -> f64 {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    (count(part) / count(whole.max(1))).min(1.0)
}
