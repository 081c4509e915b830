//! The sections of a rehearsal paper, and the text of each for a topic.

use super::kind::TopicKind;
use super::terms::{Term, fold};
use super::topic::Topic;
use super::wording::wording;

/// A section that the rehearsal can write, in the order in which a paper has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Question,
    Given,
    Terms,
    Points,
    Links,
    Steps,
    Example,
    Objections,
    Open,
    Sources,
    Summary,
}

impl Part {
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Question => "The question",
            Self::Given => "What the topic fixes",
            Self::Terms => "Terms to settle first",
            Self::Points => "Points to examine",
            Self::Links => "How the terms hang together",
            Self::Steps => "Steps",
            Self::Example => "An example",
            Self::Objections => "Objections and risks",
            Self::Open => "Open questions",
            Self::Sources => "Where to look it up",
            Self::Summary => "In short",
        }
    }

    /// The part under this heading, if the rehearsal wrote it.
    pub(super) fn of(heading: &str) -> Option<Self> {
        ALL.into_iter().find(|part| part.heading().eq_ignore_ascii_case(heading))
    }

    /// The section's text, without its heading.
    pub(super) fn write(self, topic: &Topic) -> String {
        let wording = wording(topic.kind);
        let fill = |template: &str| topic.fill(template, "");
        match self {
            Self::Question => format!("{} {}", fill(wording.question), naming(&topic.terms)),
            Self::Given => {
                let items = list(topic.given.iter().map(|sentence| format!("- {sentence}")));
                format!("The topic itself says more, and a finished text must do justice to it:\n\n{items}")
            }
            Self::Terms => terms(&topic.terms),
            Self::Points => points(topic, &wording.points),
            Self::Links => links(topic),
            Self::Steps => list(wording.steps.iter().zip(1..).map(|(step, n)| format!("{n}. {}", fill(step)))),
            Self::Example => format!("{}\n\n{INVENTED}", fill(wording.example)),
            Self::Objections => list(wording.objections.iter().map(|objection| format!("- {}", fill(objection)))),
            Self::Open => list(wording.open.iter().map(|question| format!("- {}", fill(question)))),
            Self::Sources => sources(&topic.terms),
            Self::Summary => summary(topic, fill(wording.summary)),
        }
    }
}

fn naming(terms: &[Term]) -> String {
    match terms {
        [only] => format!("Everything turns on one term: {}.", only.shown()),
        terms => format!("The terms that carry it: {}.", series(terms)),
    }
}

fn terms(terms: &[Term]) -> String {
    let rows = terms.iter().zip(SETTLE.iter().cycle()).map(|(term, settle)| {
        let times = if term.count == 1 { "once".to_owned() } else { format!("{} times", term.count) };
        format!("| {} | {times} | {settle} |", term.shown())
    });
    format!("| Term | In the topic | Settle before writing |\n| --- | --- | --- |\n{}", list(rows))
}

/// At least one point for each template and each term.
fn points(topic: &Topic, points: &[(&str, &str)]) -> String {
    let count = points.len().max(topic.subjects.len());
    let terms = topic.subjects.iter().cycle();
    list(
        points
            .iter()
            .cycle()
            .zip(terms)
            .take(count)
            .map(|((label, template), term)| format!("- **{label}:** {}", topic.fill(template, &term.shown()))),
    )
}

fn links(topic: &Topic) -> String {
    let [only] = topic.terms.as_slice() else {
        let pairs = topic.terms.windows(2).zip(BETWEEN.iter().cycle());
        return list(
            pairs.map(|(pair, question)| format!("- **{} and {}:** {question}", pair[0].bare(), pair[1].bare())),
        );
    };
    list(AROUND.iter().map(|(word, question)| format!("- **{word}** {}: {question}", only.shown())))
}

fn sources(terms: &[Term]) -> String {
    let items = terms.iter().zip(LOOK.iter().cycle()).map(|(term, look)| format!("- {}: {look}", term.shown()));
    format!(
        "This model cannot look anything up, so these are places to look, not findings. Note author, date and place \
         of each.\n\n{}",
        list(items)
    )
}

/// The summary, with a sentence for the terms that it does not name.
fn summary(topic: &Topic, text: String) -> String {
    let folded = fold(&text);
    let rest: Vec<Term> = topic.terms.iter().filter(|term| !term.is_in(&folded)).cloned().collect();
    if rest.is_empty() { text } else { format!("{text} Keep in view: {}.", series(&rest)) }
}

fn series(terms: &[Term]) -> String {
    let shown: Vec<String> = terms.iter().map(Term::shown).collect();
    match shown.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.concat(),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("\n")
}

/// The parts of a first draft.
pub(super) fn first_parts(topic: &Topic) -> Vec<Part> {
    let mut parts = vec![Part::Question, Part::Points, Part::Steps, Part::Open];
    if !topic.given.is_empty() {
        parts.insert(1, Part::Given);
    }
    // A comparison needs defined terms.
    if topic.kind == TopicKind::Compare {
        parts.push(Part::Terms);
        parts.sort_unstable();
    }
    parts
}

const ALL: [Part; 11] = [
    Part::Question,
    Part::Given,
    Part::Terms,
    Part::Points,
    Part::Links,
    Part::Steps,
    Part::Example,
    Part::Objections,
    Part::Open,
    Part::Sources,
    Part::Summary,
];

const INVENTED: &str = "The person, the times and the figures are invented; the order of work is the point.";

const SETTLE: [&str; 6] = [
    "what it includes here, and what it does not",
    "whose definition is used",
    "how one would measure it",
    "since when, and where",
    "what the usual misunderstanding is",
    "whether it is a cause, a means or an end",
];

const BETWEEN: [&str; 5] = [
    "which of the two changes first, and what does the other do then?",
    "is there a case of the one without the other?",
    "who gains if both grow, and who pays?",
    "what stands between them that the topic does not name?",
    "would the paper still make sense with one of them struck?",
];

const AROUND: [(&str, &str); 4] = [
    ("Before", "what has to be there first, and who provides it?"),
    ("Beside", "what else happens at the same time, and is easily mistaken for it?"),
    ("After", "what follows, how soon, and for whom?"),
    ("Instead of", "what did people do earlier, and what do others do today?"),
];

const LOOK: [&str; 4] = [
    "one overview from the last two years, and one voice that contradicts it.",
    "the original source of the figure that is quoted most often.",
    "a report by someone who does it every day.",
    "a definition from a standard, a law or a textbook.",
];
