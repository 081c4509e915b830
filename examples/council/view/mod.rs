//! The council at work, as lines of text on standard error.

mod drawing;
mod page;
mod score;
mod style;
pub(crate) mod words;

use std::fmt::Write as _;
use std::io::Write;
use std::time::{Duration, Instant};

use council_core::{Event, EventKind, Task, Valve};
use council_llm::{CRITIC, Council, MASTER};

use crate::args::Arguments;
use crate::cast::Cast;
use crate::minutes::Minutes;
use crate::warnings::Warning;
use page::{INDENT, Page};
use style::{BOLD, DIM, FAIR, GOOD};

/// Shows a run on a stream that knows whether it wants colours.
pub(crate) struct View {
    out: Box<dyn Write>,
    quiet: bool,
    width: usize,
    preview: usize,
    threshold: f64,
    max_iterations: u32,
    began: Instant,
    /// What the node at work is writing.
    page: Option<Page>,
    /// What is to be said of it at its end.
    notes: Vec<String>,
}

impl View {
    /// A view on standard error.
    pub(crate) fn new(arguments: &Arguments) -> Self {
        let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(columns, _)| usize::from(columns.0));
        Self {
            out: if arguments.quiet { Box::new(std::io::sink()) } else { Box::new(anstream::stderr()) },
            quiet: arguments.quiet,
            width: columns.map_or(UNKNOWN_WIDTH, |columns| columns.clamp(NARROWEST, WIDEST)),
            preview: arguments.preview,
            threshold: arguments.threshold,
            max_iterations: arguments.max_iterations,
            began: Instant::now(),
            page: None,
            notes: Vec::new(),
        }
    }

    /// What will be done, by whom, and in which order.
    pub(crate) fn open(&mut self, topic: &str, cast: &Cast) {
        let mut text = format!("\n{BOLD}council{BOLD:#}\n");
        text.push_str(&self.brief(topic));
        text.push_str(&drawing::of(self.width, self.threshold, self.max_iterations));
        let played = format!("played by {}", cast.line());
        let _ = write!(text, "\n{DIM}{}{DIM:#}", self.brief(&played));
        let notice = match &*cast.rehearsed {
            [] => None,
            [one] => Some(format!("The {one} is a rehearsal: {STAND_IN}")),
            [one, other] => Some(format!("The {one} and the {other} are a rehearsal: {STAND_IN}")),
            _ => Some(format!("This is a rehearsal: {STAND_IN}\n{REAL}")),
        };
        if let Some(notice) = notice {
            let _ = write!(text, "\n{FAIR}{}{FAIR:#}", self.brief(&notice));
        }
        self.write(&text);
    }

    /// Shows an event that the minutes have noted.
    pub(crate) fn show(&mut self, event: &Event<Council>, minutes: &Minutes) {
        match &event.kind {
            EventKind::NodeStarted { task } => self.begin(task),
            EventKind::Token { text, .. } => {
                let mut line = String::new();
                if let Some(page) = &mut self.page {
                    page.push(text, &mut line);
                }
                if !line.is_empty() {
                    self.write(&format!("{DIM}{line}{DIM:#}"));
                }
            }
            EventKind::NodeCompleted { task, duration, .. } => self.end(task, minutes, *duration),
            EventKind::NodeFailed { .. } => self.break_off(),
            EventKind::ValveOpened { valve: Valve::Visits { visits, .. }, .. } => {
                let drafts = words::drafts(*visits);
                self.write(&format!("\n{FAIR}▲ {drafts} written, the most allowed:{FAIR:#} on to the writer\n"));
            }
            EventKind::Lost { count } => {
                self.break_off();
                self.write(&format!("{INDENT}{DIM}({count} events came too fast to be shown){DIM:#}\n"));
            }
            _ => {}
        }
    }

    /// Shows a warning. Whoever wants to see nothing of the work has to know all the same that it may be unfinished.
    pub(crate) fn warn(&mut self, warning: &Warning) {
        match warning {
            Warning::Work { node, message } if self.quiet => {
                let agent = node.trim_end_matches("_agent");
                let line = format!("{FAIR}warning:{FAIR:#} {agent}: {message}\n");
                let _ = anstream::stderr().write_all(line.as_bytes());
            }
            Warning::Work { message, .. } => self.notes.push(format!("! {message}")),
            Warning::Other(message) => self.remark(&format!("! {message}")),
            Warning::Retry(message) => self.remark(message),
        }
    }

    /// Shows something that concerns the node at work.
    pub(crate) fn remark(&mut self, remark: &str) {
        self.break_off();
        let remark = self.brief(remark);
        self.write(&format!("{FAIR}{remark}{FAIR:#}"));
    }

    /// Ends the line that is being written, if there is one.
    pub(crate) fn break_off(&mut self) {
        if self.page.as_mut().is_some_and(Page::break_off) {
            self.write("\n");
        }
    }

    /// How it went, in all.
    pub(crate) fn close(&mut self, council: &Council) {
        let drafts = words::drafts(council.iteration);
        let score = council.score.unwrap_or_default();
        let result = if score >= self.threshold {
            format!("{GOOD}✓ approved{GOOD:#}  {score} of 10 after {drafts}")
        } else {
            format!("{FAIR}▲ not approved{FAIR:#}  {score} of 10 after {drafts}")
        };
        let usage = words::usage(&council.usage);
        let time = words::time(self.began.elapsed());
        self.write(&format!("\n{result}{DIM}, {time}{usage}{DIM:#}\n\n"));
    }

    fn begin(&mut self, task: &Task) {
        let (name, what) = match &*task.node {
            MASTER => ("master", format!("draft {} of {}", task.visit, self.max_iterations)),
            CRITIC => ("critic", format!("on draft {}", task.visit)),
            _ => ("writer", "the document".to_owned()),
        };
        let style = style::of(&task.node).bold();
        self.write(&format!("\n{style}● {name}{style:#}  {DIM}{what}{DIM:#}\n"));
        let (lines, words_per_dot) = if *task.node == *CRITIC { (0, 5) } else { (self.preview, 20) };
        self.page = Some(Page::new(self.width, lines, words_per_dot));
    }

    fn end(&mut self, task: &Task, minutes: &Minutes, duration: Duration) {
        let mut text = String::new();
        if let Some(mut page) = self.page.take() {
            let count = words::words(&minutes.writing);
            page.close(&format!("{count}, {}", words::time(duration)), &mut text);
        }
        text = format!("{DIM}{text}{DIM:#}\n");
        for note in std::mem::take(&mut self.notes) {
            let _ = write!(text, "{FAIR}{}{FAIR:#}", self.brief(&note));
        }
        if let (CRITIC, Some(verdict)) = (&*task.node, &minutes.council.verdict) {
            text.push_str(&score::line(verdict, self.threshold));
            text.push_str(&self.brief(&verdict.feedback));
        }
        self.write(&text);
    }

    /// The first lines of a text.
    fn brief(&self, text: &str) -> String {
        let mut lines = String::new();
        let mut page = Page::new(self.width - ELLIPSIS.len(), BRIEF, usize::MAX);
        page.push(text, &mut lines);
        let more = page.finish(&mut lines);
        lines + if more { ELLIPSIS } else { "" } + "\n"
    }

    /// A view that cannot be seen any more is no reason to stop the council.
    fn write(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }
}

const STAND_IN: &str = "a set of rules stands in, not a language model.";

const REAL: &str = "\
For a real one set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama and add `--model ollama/llama3.2`.";

/// How many lines of the topic and of the feedback are shown.
const BRIEF: usize = 6;

const ELLIPSIS: &str = " ...";

/// For a file or a pipe.
const UNKNOWN_WIDTH: usize = 80;

/// A narrower terminal breaks the lines itself.
const NARROWEST: usize = 30;

/// Longer lines are hard to read.
const WIDEST: usize = 100;
