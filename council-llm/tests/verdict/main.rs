//! Reading critics: answers as models give them, and what a person reads in them.

mod denied;
mod doubtful;
mod forms;
mod languages;
mod laws;
mod parts;
mod quoted;
mod reasoning;
mod scales;
mod structured;

use council_llm::Reading;

/// An answer, and its score; without one it has to be asked for again.
type Case = (&'static str, Option<f64>);

/// The score that is read for sure.
fn score(answer: &str, draft: &str) -> Option<f64> {
    match Reading::of(answer, draft, 8.0) {
        Reading::Score(verdict) => verdict.score,
        _ => None,
    }
}

/// Reads all answers, and tells of all that are read wrong at once.
fn check(cases: &[Case]) {
    let read = cases.iter().map(|&(answer, expected)| (answer, expected, score(answer, "")));
    let wrong: Vec<String> = read
        .filter(|(_, expected, found)| expected != found)
        .map(|(answer, expected, found)| format!("{answer:?}: {found:?}, not {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {} are read wrong:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
