//! `Context::token`, `emit` and `progress`: the events of a node.

use std::sync::Arc;

use serde::Serialize;

use super::context::Context;
use super::result::NodeError;
use crate::observe::detail::Detail;
use crate::observe::event::EventKind;
use crate::state::State;
use crate::types::raw_json::RawJson;

impl<S: State> Context<S> {
    /// Emits a piece of the text that this node is writing. Without an observer it costs nothing.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     for word in ["Once ", "upon ", "a time"] {
    ///         context.token(word);
    ///     }
    ///     Ok(Essay::update().draft("Once upon a time"))
    /// }
    /// ```
    pub fn token(&self, text: impl Into<String>) {
        self.emit_event(Detail::TOKENS, || EventKind::Token { task: self.task(), text: text.into() });
    }

    /// Emits a custom event: a name and any value that can be serialised. Without an observer the value is not
    /// serialised.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     context.emit("source", &["a book", "a paper"])?;
    ///     Ok(Essay::update().draft("a draft"))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON: see [`RawJson::of`](crate::journal::RawJson::of).
    #[doc(alias = "get_stream_writer")]
    pub fn emit(&self, name: impl Into<Arc<str>>, value: &(impl Serialize + ?Sized)) -> Result<(), NodeError> {
        if self.is_observed(Detail::CUSTOM) {
            let value = RawJson::of(value)?;
            self.emit_event(Detail::CUSTOM, || EventKind::Custom { task: self.task(), name: name.into(), value });
        }
        Ok(())
    }

    /// Emits the progress of this node: the amount done, and the total if it is known.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    ///     for page in 1..=4 {
    ///         context.progress(page, 4);
    ///     }
    ///     Ok(Essay::update().draft("four pages"))
    /// }
    /// ```
    pub fn progress(&self, done: u64, of: impl Into<Option<u64>>) {
        self.emit_event(Detail::CUSTOM, || EventKind::Progress { task: self.task(), done, of: of.into() });
    }

    fn is_observed(&self, detail: Detail) -> bool {
        self.run.observers.as_ref().is_some_and(|observers| observers.want(detail))
    }

    fn emit_event(&self, detail: Detail, event: impl FnOnce() -> EventKind<S>) {
        if let Some(observers) = self.run.observers.as_ref().filter(|observers| observers.want(detail)) {
            observers.emit_late(self.superstep, event());
        }
    }
}
