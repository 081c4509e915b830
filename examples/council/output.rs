//! The result: the document on standard output, or an error and the last draft on standard error.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use council_llm::Council;
use serde_json::json;

use crate::args::Arguments;
use crate::error::UserError;
use crate::models::ResolvedModels;
use crate::progress::Progress;
use crate::view::wrap;

/// Prints the document, or the whole result as JSON.
pub(crate) fn document(council: &Council, models: &ResolvedModels, arguments: &Arguments) -> ExitCode {
    let document = council.document.as_deref().unwrap_or_default();
    let text = if arguments.json {
        json(council, document, models, arguments.threshold)
    } else {
        for_terminal(printable(document.trim_end()))
    };
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader such as `head` may close the pipe early.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(cause) => {
            error(&UserError::new(&format!("the document cannot be written to standard output: {cause}")));
            print_to_stderr("the document", document);
            ExitCode::FAILURE
        }
    }
}

/// Prints an error.
pub(crate) fn error(error: &UserError) {
    anstream::eprintln!("\n{BAD}error:{BAD:#} {}", printable(&error.message));
}

/// Prints the last draft of a run without a document. It goes to standard error, because a program that reads standard
/// output must not mistake a draft for the document.
pub(crate) fn draft(progress: &Progress) {
    if let Some((title, draft)) = progress.draft() {
        print_to_stderr(&title, draft);
    }
}

fn print_to_stderr(title: &str, text: &str) {
    anstream::eprintln!("\n{BOLD}This is {title}:{BOLD:#}\n\n{}", printable(text.trim_end()));
}

fn json(council: &Council, document: &str, models: &ResolvedModels, threshold: f64) -> String {
    let approved = council.score.is_some_and(|score| score >= threshold);
    json!({
        "topic": council.topic,
        "document": document,
        "score": council.score,
        "approved": approved,
        "stopped_by": (!approved).then_some("max_iterations"),
        "document_from": if council.document_fault.is_none() { "writer" } else { "draft" },
        "document_fault": council.document_fault,
        "iterations": council.iteration,
        "feedback": council.feedback_history(),
        "usage": council.usage,
        "calls": council.calls,
        "models": models.json(),
    })
    .to_string()
}

/// Breaks the lines of a document between words if standard output is a terminal. A file or a pipe has them as the model wrote them.
fn for_terminal(document: String) -> String {
    match terminal_size::terminal_size_of(io::stdout()) {
        Some((columns, _)) => wrap::wrapped(&document, usize::from(columns.0).max(NARROWEST)),
        None => document,
    }
}

/// The text of a model or a provider without control characters, which could change the terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|&character| character == '\n' || character == '\t' || !character.is_control()).collect()
}

/// A narrower terminal breaks the lines itself.
const NARROWEST: usize = 20;

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const BAD: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
