//! Hears what council-llm reports as `tracing` warnings: a call that is tried again, so that a silent wait has a reason,
//! and an answer that was cut.

use std::fmt::Debug;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::view::words;

/// A warning, for the person.
#[derive(Debug, PartialEq)]
pub(crate) enum Warning {
    /// A call failed in passing; this says why, and when it is tried again.
    Retry(String),
    /// What an agent has written may not be what was asked for: the name of its node, and why.
    Work { node: String, message: String },
    /// Anything else.
    Other(String),
}

/// Every warning, from now on and for the whole process.
pub(crate) fn listen() -> UnboundedReceiver<Warning> {
    let (sender, warnings) = unbounded_channel();
    // Only a second subscriber in one process is refused, and there is none.
    let _ = tracing::subscriber::set_global_default(Listener(sender));
    warnings
}

/// The smallest subscriber there is: it takes warnings and knows no spans.
struct Listener(UnboundedSender<Warning>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("council_llm")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // Nobody listens any more once the run has ended.
        let _ = self.0.send(fields.warning());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of a warning that a person wants to know.
#[derive(Default)]
struct Fields {
    message: String,
    node: String,
    error: String,
    cause: String,
    delay: String,
}

impl Fields {
    /// Only a retry has a delay, and only what an agent reports of its own work has a node.
    fn warning(self) -> Warning {
        let Self { message, node, error, cause, delay } = self;
        if !delay.is_empty() {
            let cause = if cause.is_empty() { cause } else { format!(" ({cause})") };
            let delay = duration(&delay).map_or(delay, words::time);
            Warning::Retry(format!("{error}{cause}; trying again in {delay}"))
        } else if node.is_empty() {
            Warning::Other(message)
        } else {
            Warning::Work { node, message }
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let place = match field.name() {
            "message" => &mut self.message,
            "node" => &mut self.node,
            "error" => &mut self.error,
            "cause" => &mut self.cause,
            "delay" => &mut self.delay,
            _ => return,
        };
        *place = format!("{value:?}");
    }
}

/// Reads a duration as `Debug` writes it, which is the form in which a warning has it.
fn duration(text: &str) -> Option<Duration> {
    // `s` last: all the others end with it, too.
    let units = [("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0)];
    let (number, unit) = units.iter().find_map(|&(name, unit)| Some((text.strip_suffix(name)?, unit)))?;
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()
}
