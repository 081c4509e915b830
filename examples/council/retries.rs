//! Hears of calls that are tried again, which council-llm reports as `tracing` warnings, so that a silent wait has a reason.

use std::fmt::Debug;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// One line for each call that is tried again, from now on and for the whole process.
pub(crate) fn listen() -> UnboundedReceiver<String> {
    let (sender, retries) = unbounded_channel();
    // Only a second subscriber in one process is refused, and there is none.
    let _ = tracing::subscriber::set_global_default(Listener(sender));
    retries
}

/// The smallest subscriber there is: it takes warnings and knows no spans.
struct Listener(UnboundedSender<String>);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("council_llm")
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::WARN)
    }

    fn event(&self, event: &Event<'_>) {
        let mut retry = Retry::default();
        event.record(&mut retry);
        let cause = if retry.cause.is_empty() { String::new() } else { format!(" ({})", retry.cause) };
        let line = format!("{}{cause}; tried again in {}", retry.error, retry.delay);
        // Nobody listens any more once the run has ended.
        let _ = self.0.send(line);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of the warning that a person wants to know.
#[derive(Default)]
struct Retry {
    error: String,
    cause: String,
    delay: String,
}

impl Visit for Retry {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "error" => self.error = format!("{value:?}"),
            "cause" => self.cause = format!("{value:?}"),
            "delay" => self.delay = format!("{value:.1?}"),
            _ => {}
        }
    }
}
