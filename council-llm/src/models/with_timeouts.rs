//! A model whose calls have the time limits of its spec.

use std::sync::Arc;

use async_trait::async_trait;

use crate::chat::error::ChatError;
use crate::chat::event::ChatReply;
use crate::chat::model::{ChatModel, ChatStream};
use crate::chat::request::ChatRequest;
use crate::chat::timeouts::CallTimeouts;

/// The same model, with these limits for requests without their own.
pub(super) fn with_timeouts(model: Arc<dyn ChatModel>, timeouts: CallTimeouts) -> Arc<dyn ChatModel> {
    if timeouts.is_empty() { model } else { Arc::new(WithTimeouts { model, timeouts }) }
}

struct WithTimeouts {
    model: Arc<dyn ChatModel>,
    timeouts: CallTimeouts,
}

impl WithTimeouts {
    fn limited(&self, request: ChatRequest) -> ChatRequest {
        let timeouts = request.timeouts.or(self.timeouts);
        request.timeouts(timeouts)
    }
}

#[async_trait]
impl ChatModel for WithTimeouts {
    fn name(&self) -> &str {
        self.model.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        self.model.stream(self.limited(request)).await
    }

    fn forget(&self, request: &ChatRequest) {
        self.model.forget(request);
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatReply, ChatError> {
        self.model.complete(self.limited(request)).await
    }
}
