//! The view: the events of a run as lines of text on standard error.

mod drawing;
mod score;
mod style;
mod text_block;
pub(crate) mod words;
pub(crate) mod wrap;

use std::fmt::Write as _;
use std::io::Write;
use std::time::{Duration, Instant};

use council_core::{Event, EventKind, Task, Valve};
use council_llm::{CALL_WAITING, CRITIC, CallWait, Council, MASTER};

use crate::args::Arguments;
use crate::models::ResolvedModels;
use crate::progress::Progress;
use style::{BOLD, DIM, FAIR, GOOD};
use text_block::{INDENT, TextBlock};

/// Writes a run to a stream, which drops the colours if the terminal has none.
pub(crate) struct View {
    out: Box<dyn Write>,
    quiet: bool,
    width: usize,
    preview: usize,
    threshold: f64,
    max_iterations: u32,
    began: Instant,
    /// Whether `--quiet` has shown a wait that has not ended.
    is_waiting: bool,
    /// The text of the running node.
    block: Option<TextBlock>,
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
            is_waiting: false,
            block: None,
        }
    }

    /// Shows the topic, the graph and the models.
    pub(crate) fn open(&mut self, topic: &str, models: &ResolvedModels) {
        let mut text = format!("\n{BOLD}council{BOLD:#}\n");
        text.push_str(&self.brief(topic));
        text.push_str(&drawing::of(self.width, self.threshold, self.max_iterations));
        let _ = write!(text, "\n{DIM}{}{DIM:#}", self.brief(&models.line()));
        let notice = match &*models.rehearsed {
            [] => None,
            [one] => Some(format!("The {one} is a rehearsal: {RULES}")),
            [one, other] => Some(format!("The {one} and the {other} are a rehearsal: {RULES}")),
            _ => Some(format!("This is a rehearsal: {RULES}\n{REAL}")),
        };
        if let Some(notice) = notice {
            let _ = write!(text, "\n{FAIR}{}{FAIR:#}", self.brief(&notice));
        }
        self.write(&text);
    }

    /// Shows an event. `progress` includes it already.
    pub(crate) fn show(&mut self, event: &Event<Council>, progress: &Progress) {
        if self.quiet {
            self.tell_wait(&event.kind);
        }
        match &event.kind {
            EventKind::NodeStarted { task, .. } => self.begin(task),
            EventKind::Token { text, .. } => {
                let mut line = String::new();
                if let Some(block) = &mut self.block {
                    block.push(text, &mut line);
                }
                if !line.is_empty() {
                    self.write(&format!("{DIM}{line}{DIM:#}"));
                }
            }
            EventKind::NodeCompleted { task, duration, .. } => self.end(task, progress, *duration),
            EventKind::NodeFailed { error, retry_in: Some(pause), .. } => {
                self.remark(&format!("{error}; trying again in {}", words::time(*pause)));
            }
            EventKind::NodeFailed { .. } => {
                self.break_off();
                self.block = None;
            }
            EventKind::Custom { name, value, .. } if **name == *CALL_WAITING => {
                if let Ok(Some(wait)) = value.parse::<Option<CallWait>>() {
                    self.remark(&words::wait(&wait));
                }
            }
            EventKind::ValveOpened { valve: Valve::Visits { visits, .. }, .. } => {
                let drafts = words::drafts(*visits);
                self.write(&format!("\n{FAIR}▲ limit of {drafts} reached:{FAIR:#} next is the writer\n"));
            }
            EventKind::Lost { count, .. } => {
                self.break_off();
                self.write(&format!("{INDENT}{DIM}({count} events are not shown: they came too fast){DIM:#}\n"));
            }
            _ => {}
        }
    }

    /// Shows a warning.
    pub(crate) fn warn(&mut self, warning: &str) {
        self.remark(&format!("! {warning}"));
    }

    /// Shows a remark about the running node.
    pub(crate) fn remark(&mut self, remark: &str) {
        self.break_off();
        let remark = self.brief(remark);
        self.write(&format!("{FAIR}{remark}{FAIR:#}"));
    }

    /// Ends the current line, if it has text.
    pub(crate) fn break_off(&mut self) {
        if self.block.as_mut().is_some_and(TextBlock::break_off) {
            self.write("\n");
        }
    }

    /// Shows the result of the run in one line.
    pub(crate) fn close(&mut self, council: &Council) {
        let drafts = words::drafts(council.iteration);
        let result = match council.score {
            Some(score) if score >= self.threshold => format!("{GOOD}✓ approved{GOOD:#}  {score} of 10 after {drafts}"),
            Some(score) => format!("{FAIR}▲ not approved{FAIR:#}  {score} of 10 after {drafts}"),
            None => format!("{FAIR}▲ not approved{FAIR:#}  no score after {drafts}"),
        };
        if let Some(fault) = &council.document_fault {
            self.tell_fault(fault);
        }
        let usage = words::usage(&council.usage);
        let time = words::time(self.began.elapsed());
        self.write(&format!("\n{result}{DIM}, {time}{usage}{DIM:#}\n\n"));
    }

    /// Shows that the draft is the document, even with `--quiet`.
    fn tell_fault(&mut self, fault: &str) {
        let notice =
            format!("the document is the last draft, because the writer gave no text that can be used: {fault}");
        if self.quiet {
            tell(&format!("{FAIR}warning:{FAIR:#} {notice}"));
        } else {
            let notice = self.brief(&format!("! {notice}"));
            self.write(&format!("\n{FAIR}{notice}{FAIR:#}"));
        }
    }

    /// Shows with `--quiet` when a wait for a model begins and ends. A short pause before another attempt is not shown.
    fn tell_wait(&mut self, event: &EventKind<Council>) {
        let wait = match event {
            EventKind::NodeFailed { error, retry_in: Some(pause), .. } if *pause >= LONG_PAUSE => {
                Some(format!("{error}; trying again in {}", words::time(*pause)))
            }
            EventKind::Custom { name, value, .. } if **name == *CALL_WAITING => {
                value.parse::<Option<CallWait>>().ok().flatten().map(|wait| words::wait(&wait))
            }
            EventKind::Token { .. } | EventKind::NodeCompleted { .. } => None,
            _ => return,
        };
        match &wait {
            Some(wait) if !self.is_waiting => tell(&format!("{FAIR}waiting:{FAIR:#} {wait}")),
            None if self.is_waiting => tell("the council goes on"),
            _ => {}
        }
        self.is_waiting = wait.is_some();
    }

    fn begin(&mut self, task: &Task) {
        let (name, what) = match &*task.node {
            MASTER => ("master", format!("draft {} of {}", task.visit, self.max_iterations)),
            CRITIC => ("critic", format!("on draft {}", task.visit)),
            _ => ("writer", "the document".to_owned()),
        };
        let attempt = if task.attempt > 1 { format!(", attempt {}", task.attempt) } else { String::new() };
        let style = style::of(&task.node).bold();
        self.write(&format!("\n{style}● {name}{style:#}  {DIM}{what}{attempt}{DIM:#}\n"));
        let (lines, words_per_dot) = if *task.node == *CRITIC { (0, 5) } else { (self.preview, 20) };
        self.block = Some(TextBlock::new(self.width, lines, words_per_dot));
    }

    fn end(&mut self, task: &Task, progress: &Progress, duration: Duration) {
        let mut text = String::new();
        if let Some(mut block) = self.block.take() {
            let count = words::words(&progress.writing);
            let calls = words::calls(progress.last_calls());
            block.close(&format!("{count}, {}{calls}", words::time(duration)), &mut text);
            text = format!("{DIM}{text}{DIM:#}\n");
        }
        if let (CRITIC, Some(verdict)) = (&*task.node, progress.council.verdict()) {
            text.push_str(&score::line(verdict, self.threshold));
            text.push_str(&self.brief(&verdict.feedback));
        }
        self.write(&text);
    }

    /// The first lines of a text.
    fn brief(&self, text: &str) -> String {
        let mut lines = String::new();
        let mut block = TextBlock::new(self.width - ELLIPSIS.len(), BRIEF, usize::MAX);
        block.push(text, &mut lines);
        let more = block.finish(&mut lines);
        lines + if more { ELLIPSIS } else { "" } + "\n"
    }

    /// Writes a text and ignores errors: a closed terminal does not stop the council.
    fn write(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }
}

/// Writes a line to standard error, even with `--quiet`.
fn tell(line: &str) {
    let _ = anstream::stderr().write_all(format!("{line}\n").as_bytes());
}

/// The shortest pause before another attempt that `--quiet` shows.
const LONG_PAUSE: Duration = Duration::from_secs(10);

const RULES: &str = "the text comes from rules, not from a language model.";

const REAL: &str = "\
For a real model set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama and add `--model ollama/llama3.2`.";

/// The number of lines of the topic and of the feedback that are shown.
const BRIEF: usize = 6;

const ELLIPSIS: &str = " ...";

/// The width for a file or a pipe.
const UNKNOWN_WIDTH: usize = 80;

/// A narrower terminal wraps the lines itself.
const NARROWEST: usize = 30;

/// Longer lines are hard to read.
const WIDEST: usize = 100;
