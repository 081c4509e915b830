//! The answer of the model that a fallback calls, under the name of that model.

use std::sync::Arc;

use council_core::error_chain;
use futures_util::StreamExt;

use super::error::ChatError;
use super::event::ChatEvent;
use super::model::{ChatModel, ChatStream};
use super::request::ChatRequest;

/// The failure of the first model.
#[derive(Clone, Debug)]
pub(super) struct FirstFailure {
    model: Arc<str>,
    error: Arc<str>,
}

impl FirstFailure {
    pub(super) fn new(model: &str, error: &ChatError) -> Self {
        Self { model: model.into(), error: error_chain(error).into() }
    }

    /// The text of the error.
    pub(super) fn error(&self) -> &str {
        &self.error
    }

    /// The answer of the second model. The end of its stream names it, and its error names both models.
    pub(super) async fn answer_of(
        self,
        second: &impl ChatModel,
        request: ChatRequest,
    ) -> Result<ChatStream, ChatError> {
        let name = second.name().to_owned();
        match second.stream(request).await {
            Ok(items) => Ok(items.map(move |item| self.named(&name, item)).boxed()),
            Err(error) => Err(self.and(&name, error)),
        }
    }

    fn named(&self, second: &str, item: Result<ChatEvent, ChatError>) -> Result<ChatEvent, ChatError> {
        match item {
            Ok(ChatEvent::Done(end)) if end.model.is_none() => Ok(ChatEvent::Done(end.model(second))),
            Ok(event) => Ok(event),
            Err(error) => Err(self.and(second, error)),
        }
    }

    fn and(&self, second: &str, error: ChatError) -> ChatError {
        let (first, first_error) = (self.model.as_ref().to_owned(), self.error.as_ref().to_owned());
        ChatError::Fallback { first, first_error, second: second.to_owned(), source: Box::new(error) }
    }
}
