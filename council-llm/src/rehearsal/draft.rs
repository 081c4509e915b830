//! The rehearsal's author: a first draft, then the sections that the feedback asks for.

use super::critique::{asked_by_rule, missed};
use super::inline::inline;
use super::measure::Measured;
use super::outline::{Outline, Section};
use super::part::{Part, first_parts};
use super::rule::{RULES, Rule};
use super::topic::Topic;
use crate::chat::purpose::Material;

/// The first draft, or the next one.
pub(super) fn draft(material: &Material) -> String {
    let topic = Topic::read(&material.topic);
    let mut outline = match &material.draft {
        None => frame(&topic),
        Some(draft) => Outline::read(draft),
    };
    let mut changes = Vec::new();
    if let Some(draft) = &material.draft {
        let wishes = wishes(material, &Measured::of(draft, &topic));
        for part in wishes.parts {
            if !outline.has(part.heading()) {
                insert(&mut outline, part, &topic);
                changes.push(part.heading());
            }
        }
        if !wishes.remarks.is_empty() {
            remark(&mut outline, &wishes.remarks);
        }
    }
    outline.lead = lead(&outline.lead, material.feedback.len() + 1, &changes);
    outline.render()
}

fn frame(topic: &Topic) -> Outline {
    let mut outline = Outline { title: topic.title.clone(), ..Outline::default() };
    for part in first_parts(topic) {
        insert(&mut outline, part, topic);
    }
    outline
}

/// The requests of the feedback: sections that the author can write, and remarks that no rule can answer.
struct Wishes {
    parts: Vec<Part>,
    remarks: Vec<String>,
}

fn wishes(material: &Material, measured: &Measured) -> Wishes {
    let mut rules: Vec<Rule> = Vec::new();
    let mut remarks = Vec::new();
    for feedback in &material.feedback {
        let asked = asked_by_rule(feedback).unwrap_or_else(|| {
            let folded = feedback.to_lowercase();
            remarks.push(inline(feedback, LONGEST_REMARK));
            RULES.into_iter().filter(|rule| rule.keywords().iter().any(|word| folded.contains(word))).collect()
        });
        rules.extend(asked);
    }
    // A draft without feedback: mend the rule that the critic would name first.
    if material.feedback.is_empty() {
        rules.extend(missed(measured).first());
    }
    let mut parts: Vec<Part> = rules.iter().flat_map(|rule| rule.parts()).copied().collect();
    parts.sort_unstable();
    parts.dedup();
    Wishes { parts, remarks }
}

/// Inserts a part at its place in the order of parts.
fn insert(outline: &mut Outline, part: Part, topic: &Topic) {
    let later = |section: &Section| Part::of(&section.heading).is_some_and(|other| other > part);
    let at = outline.sections.iter().position(later).unwrap_or(outline.sections.len());
    outline.sections.insert(at, Section { heading: part.heading().to_owned(), body: part.write(topic) });
}

/// Lists the remarks in a section of their own, because rules cannot answer them.
fn remark(outline: &mut Outline, remarks: &[String]) {
    let items: Vec<String> = remarks.iter().map(|remark| format!("- “{remark}”")).collect();
    let body = format!("{UNANSWERED}\n\n{}", items.join("\n"));
    match outline.sections.iter_mut().find(|section| section.heading == REMARKS) {
        Some(section) => section.body = body,
        None => outline.sections.push(Section { heading: REMARKS.to_owned(), body }),
    }
}

/// The lead with the note of this draft in place of the note of the last draft.
fn lead(lead: &str, number: usize, changes: &[&str]) -> String {
    let note = match (number, changes) {
        (1, []) => "It arranges the words of the topic and knows no facts about them.".to_owned(),
        (_, []) => "Nothing was added: what is still asked for, rules cannot write.".to_owned(),
        (_, changes) => format!("New: {}.", changes.join(", ")),
    };
    let rest: Vec<&str> = lead.lines().filter(|line| !is_note(line)).collect();
    format!("{NOTE} {number}, by the rehearsal model: rules, not a language model. {note}\n\n{}", rest.join("\n"))
}

/// Whether a line is the author's note, which is not a part of the document.
pub(super) fn is_note(line: &str) -> bool {
    line.starts_with(NOTE) && line.contains("by the rehearsal model")
}

const NOTE: &str = "> Draft";
const REMARKS: &str = "Remarks to answer";
const UNANSWERED: &str = "Rules can add sections, but they cannot weigh an argument. These remarks are left to a person or a language model:";
const LONGEST_REMARK: usize = 400;
