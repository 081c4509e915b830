//! The rules by which the rehearsal scores a draft: the weight and the remedy of each.

use super::part::Part;

/// A rule. All weights add up to ten points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Coverage,
    Length,
    Example,
    Objections,
    Steps,
    Summary,
    Structure,
    Sources,
}

impl Rule {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Coverage => "Coverage",
            Self::Length => "Length",
            Self::Example => "Example",
            Self::Objections => "Objections",
            Self::Steps => "Steps",
            Self::Summary => "Summary",
            Self::Structure => "Structure",
            Self::Sources => "Sources",
        }
    }

    /// The points that a draft can earn by this rule.
    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Coverage => 2.5,
            Self::Length => 1.5,
            Self::Example => 1.25,
            Self::Objections | Self::Steps | Self::Summary | Self::Structure => 1.0,
            Self::Sources => 0.75,
        }
    }

    /// Advice for a draft that lost points by this rule.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            Self::Coverage => "take up each term of the topic in three sections, not only in the title",
            Self::Length => "settle the terms and say how they hang together; 550 words are enough",
            Self::Example => "walk through one single case in a section of its own, in at least 40 words",
            Self::Objections => "give what speaks against it a section of its own, in at least 30 words",
            Self::Steps => "say what to do, in a numbered list of at least four steps",
            Self::Summary => "close with at most 90 words under a heading such as `In short` that name the main terms",
            Self::Structure => "use at least eight sections of 15 words or more, each with a heading",
            Self::Sources => "link to what was read; a list of places to look counts half",
        }
    }

    /// The sections that the rehearsal's author adds for this rule.
    pub(super) fn parts(self) -> &'static [Part] {
        match self {
            Self::Coverage => &[Part::Links],
            Self::Length => &[Part::Terms, Part::Links],
            Self::Example => &[Part::Example],
            Self::Objections => &[Part::Objections],
            Self::Steps => &[Part::Steps],
            Self::Summary => &[Part::Summary],
            Self::Structure => &[Part::Terms, Part::Open],
            Self::Sources => &[Part::Sources],
        }
    }

    /// Words in English and German with which a person or a language model may ask for the same.
    pub(super) fn keywords(self) -> &'static [&'static str] {
        match self {
            Self::Coverage => &["off topic", "off-topic", "coverage", "thema"],
            Self::Length => &["short", "longer", "detail", "depth", "shallow", "vague", "länger", "ausführlich"],
            Self::Example => &["example", "concrete", "case", "beispiel", "konkret"],
            Self::Objections => {
                &["objection", "risk", "counter", "drawback", "one-sided", "balance", "risik", "einwand"]
            }
            Self::Steps => &["step", "action", "practical", "schritt"],
            Self::Summary => &["summar", "conclusion", "takeaway", "fazit", "zusammenfassung"],
            Self::Structure => &["structure", "section", "heading", "define", "definition", "struktur", "gliederung"],
            Self::Sources => &["source", "reference", "citation", "evidence", "quelle", "beleg"],
        }
    }
}

/// All rules, by descending weight.
pub(super) const RULES: [Rule; 8] = [
    Rule::Coverage,
    Rule::Length,
    Rule::Example,
    Rule::Objections,
    Rule::Steps,
    Rule::Summary,
    Rule::Structure,
    Rule::Sources,
];
