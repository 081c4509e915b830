//! Receives the `tracing` warnings of council-llm, for example of truncated answers.

use std::fmt::Debug;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// A warning for the user.
#[derive(Debug, PartialEq)]
pub(crate) enum Warning {
    /// The answer of an agent may be incomplete: the name of its node, and the reason.
    Answer { node: String, message: String },
    /// Anything else.
    Other(String),
}

/// A channel with all warnings of the process from now on.
pub(crate) fn listen() -> UnboundedReceiver<Warning> {
    let (sender, warnings) = unbounded_channel();
    // This fails only if the process has a subscriber already, and it has none.
    let _ = tracing::subscriber::set_global_default(Listener(sender));
    warnings
}

/// A subscriber that forwards warnings and ignores spans.
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
        // The receiver is gone once the run has ended.
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

/// The fields of a warning that are shown.
#[derive(Default)]
struct Fields {
    message: String,
    node: String,
}

impl Fields {
    /// Only the warning about an agent's answer has a node.
    fn warning(self) -> Warning {
        let Self { message, node } = self;
        if node.is_empty() { Warning::Other(message) } else { Warning::Answer { node, message } }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let target = match field.name() {
            "message" => &mut self.message,
            "node" => &mut self.node,
            _ => return,
        };
        *target = format!("{value:?}");
    }
}
