//! The last words: the document on standard output, or on standard error what there is in place of it.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use council_llm::Council;
use serde_json::json;

use crate::args::Arguments;
use crate::cast::Cast;
use crate::fault::Fault;
use crate::minutes::Minutes;

/// Prints the document, or everything about it as JSON.
pub(crate) fn document(council: &Council, cast: &Cast, arguments: &Arguments) -> ExitCode {
    let document = council.document.as_deref().unwrap_or_default();
    let text = if arguments.json {
        json(council, document, cast, arguments.threshold)
    } else {
        printable(document.trim_end())
    };
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader, `head` for one, has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            fault(&Fault::new(&format!("the document cannot be written to standard output: {error}")));
            rescue("the document", document);
            ExitCode::FAILURE
        }
    }
}

/// Says what went wrong and what can be done about it.
pub(crate) fn fault(fault: &Fault) {
    anstream::eprintln!("\n{BAD}error:{BAD:#} {}", printable(&fault.message));
    if let Some(advice) = &fault.advice {
        anstream::eprintln!("{GOOD}help:{GOOD:#} {}", printable(advice));
    }
}

/// Shows what there is of the work when there is no document. It does not go to standard output: whoever reads there
/// must not take a draft for the document.
pub(crate) fn draft(minutes: &Minutes) {
    if let Some((title, draft)) = minutes.draft() {
        rescue(&title, draft);
    }
}

fn rescue(title: &str, text: &str) {
    anstream::eprintln!("\n{BOLD}This is {title}:{BOLD:#}\n\n{}", printable(text.trim_end()));
}

fn json(council: &Council, document: &str, cast: &Cast, threshold: f64) -> String {
    let approved = council.score.is_some_and(|score| score >= threshold);
    json!({
        "topic": council.topic,
        "document": document,
        "score": council.score,
        "approved": approved,
        "stopped_by": (!approved).then_some("max_iterations"),
        "iterations": council.iteration,
        "feedback": council.feedback,
        "usage": council.usage,
        "models": cast.json(),
    })
    .to_string()
}

/// Text of a model or a provider, without what could steer a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|&character| character == '\n' || character == '\t' || !character.is_control()).collect()
}

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const BAD: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
const GOOD: anstyle::Style = anstyle::AnsiColor::Green.on_default().bold();
