//! Hears of what council-llm warns of, so that a silent wait or an answer that was cut has a reason.

use std::fmt::Debug;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// One line for each warning, from now on and for the whole process.
pub(crate) fn listen() -> UnboundedReceiver<String> {
    let (sender, warnings) = unbounded_channel();
    // Only a second subscriber in one process is refused, and there is none.
    let _ = tracing::subscriber::set_global_default(Listener(sender));
    warnings
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
        let mut warning = Warning::default();
        event.record(&mut warning);
        // Nobody listens any more once the run has ended.
        let _ = self.0.send(warning.line());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of a warning that a person wants to know. Only a call that is tried again has more than the message.
#[derive(Default)]
struct Warning {
    message: String,
    error: String,
    cause: String,
    delay: String,
}

impl Warning {
    fn line(self) -> String {
        let Self { message, error, cause, delay } = self;
        match (delay.is_empty(), cause.is_empty()) {
            (true, _) => message,
            (false, true) => format!("{error}; tried again in {delay}"),
            (false, false) => format!("{error} ({cause}); tried again in {delay}"),
        }
    }
}

impl Visit for Warning {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "error" => self.error = format!("{value:?}"),
            "cause" => self.cause = format!("{value:?}"),
            "delay" => self.delay = format!("{value:.1?}"),
            _ => {}
        }
    }
}
