//! The rehearsal's writer: puts the summary first, adds a table of contents and a notice, and normalises the Markdown.

use super::draft::{draft, is_note};
use super::measure::is_numbered;
use super::outline::{Outline, Section};
use super::part::Part;
use super::topic::Topic;
use crate::chat::purpose::Material;

/// The final document.
pub(super) fn polish(material: &Material) -> String {
    let approved = material.draft.clone().unwrap_or_else(|| draft(material));
    let mut outline = Outline::read(&approved);
    if outline.title.is_empty() {
        outline.title = Topic::read(&material.topic).title;
    }
    outline.title = capital(outline.title.trim_end_matches(['.', ':']));
    outline.sections.retain(|section| !section.body.trim().is_empty());
    for section in &mut outline.sections {
        section.heading = capital(section.heading.trim_end_matches(['.', ':']));
        section.body = even(&section.body);
    }
    let lead: Vec<&str> = outline.lead.lines().filter(|line| !is_note(line)).collect();
    outline.lead = opening(&lead.join("\n"), &mut outline.sections);
    format!("{}\n\n---\n\n{NOTICE}\n", outline.render())
}

/// The text before the first section: the lead, the summary, and the contents of a long document.
fn opening(lead: &str, sections: &mut Vec<Section>) -> String {
    let mut blocks = vec![lead.trim().to_owned()];
    if let Some(at) = sections.iter().position(|section| section.heading == Part::Summary.heading()) {
        let summary = sections.remove(at);
        blocks.push(format!("**{}:** {}", summary.heading, summary.body.trim()));
    }
    if sections.len() >= LONG {
        let headings: Vec<&str> = sections.iter().map(|section| section.heading.as_str()).collect();
        blocks.push(format!("**Contents:** {}", headings.join(" · ")));
    }
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n\n")
}

/// Normalises Markdown: one kind of bullet, numbers without gaps, no double blank lines. Code is not changed.
fn even(body: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut fenced = false;
    let mut number = 0_usize;
    for line in body.trim().lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            lines.push(line.to_owned());
        } else if line.is_empty() {
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
        } else if let Some(item) = line.strip_prefix("* ").or_else(|| line.strip_prefix("+ ")) {
            lines.push(format!("- {item}"));
        } else if is_numbered(line) && !line.starts_with(' ') {
            number += 1;
            let item = line.split_once(' ').map_or("", |(_, item)| item);
            lines.push(format!("{number}. {item}"));
        } else {
            if !line.starts_with(' ') {
                number = 0;
            }
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

const LONG: usize = 6;

const NOTICE: &str = "\
*Written by the rehearsal model of council, a rule-based stand-in and not a language model. It arranged the words of \
the topic into a working paper; it knows no facts about them, and writes English whatever the topic's language. \
Choose a language model to get a real answer.*";
