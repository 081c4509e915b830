//! A Markdown document as a title, a lead and sections.

/// A document, cut at its headings.
#[derive(Default)]
pub(super) struct Outline {
    pub(super) title: String,
    /// The text before the first section.
    pub(super) lead: String,
    pub(super) sections: Vec<Section>,
}

/// A `##` heading with the text below it, which includes deeper headings.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) body: String,
}

impl Outline {
    pub(super) fn read(markdown: &str) -> Self {
        let mut outline = Self::default();
        let mut fenced = false;
        for line in markdown.lines() {
            fenced ^= line.trim_start().starts_with("```");
            match heading(line).filter(|_| !fenced) {
                Some((1, text)) if outline.title.is_empty() && outline.sections.is_empty() => {
                    text.clone_into(&mut outline.title);
                }
                Some((1 | 2, text)) => {
                    outline.sections.push(Section { heading: text.to_owned(), body: String::new() });
                }
                _ => {
                    let part = outline.sections.last_mut().map_or(&mut outline.lead, |section| &mut section.body);
                    part.push_str(line.trim_end());
                    part.push('\n');
                }
            }
        }
        outline
    }

    pub(super) fn render(&self) -> String {
        let mut blocks = Vec::new();
        if !self.title.is_empty() {
            blocks.push(format!("# {}", self.title));
        }
        blocks.push(self.lead.trim().to_owned());
        for section in &self.sections {
            blocks.push(format!("## {}", section.heading));
            blocks.push(section.body.trim().to_owned());
        }
        blocks.retain(|block| !block.is_empty());
        blocks.join("\n\n")
    }

    pub(super) fn has(&self, heading: &str) -> bool {
        self.sections.iter().any(|section| section.heading.eq_ignore_ascii_case(heading))
    }
}

/// The level and the text of a Markdown heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let text = text.strip_prefix(' ')?.trim().trim_end_matches('#').trim_end();
    ((1..=6).contains(&level) && !text.is_empty()).then_some((level, text))
}

#[cfg(test)]
mod tests {
    use super::Outline;

    #[test]
    fn a_document_is_cut_at_its_headings_and_joined_again() {
        let text = "# Rust\n\nlead\n\n## One\n\n```\n## code\n```\n\n## Two\n\n### deeper\n\nend";
        let outline = Outline::read(text);
        let headings: Vec<_> = outline.sections.iter().map(|section| section.heading.as_str()).collect();
        assert_eq!((outline.title.as_str(), headings), ("Rust", vec!["One", "Two"]));
        assert_eq!(outline.render(), text);
    }
}
