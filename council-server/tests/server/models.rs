//! Models that do as they are told.

use std::sync::Arc;

use async_trait::async_trait;
use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, End, ScriptedModel};
use futures_util::{StreamExt, stream};
use tokio::sync::Semaphore;

/// Two rounds: a 6, then a 9.
pub(crate) fn two_rounds() -> ScriptedModel {
    ScriptedModel::new(
        "scripted",
        [
            "First draft.",
            "SCORE: 6\nVERDICT: rework\nFEEDBACK: Say more.",
            "Second draft.",
            "SCORE: 9\nVERDICT: approve\nFEEDBACK: Good.",
            "The document.",
        ],
    )
}

/// A model that answers a call only once the test lets it.
#[derive(Clone)]
pub(crate) struct Gated {
    inner: ScriptedModel,
    gate: Arc<Semaphore>,
}

impl Gated {
    pub(crate) fn new(inner: ScriptedModel) -> Self {
        Self { inner, gate: Arc::new(Semaphore::new(0)) }
    }

    /// How many calls came through.
    pub(crate) fn calls(&self) -> usize {
        self.inner.requests().len()
    }

    /// Lets this many more calls through.
    pub(crate) fn allow(&self, calls: usize) {
        self.gate.add_permits(calls);
    }
}

#[async_trait]
impl ChatModel for Gated {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        self.gate.acquire().await.unwrap().forget();
        self.inner.stream(request).await
    }
}

/// A content critic who has much to say: so many pieces of so many bytes.
pub(crate) struct Flood {
    pub(crate) pieces: usize,
    pub(crate) bytes: usize,
}

#[async_trait]
impl ChatModel for Flood {
    fn name(&self) -> &'static str {
        "flood"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        let piece = "x".repeat(self.bytes);
        let pieces = stream::iter(0..self.pieces).then(move |_| {
            let piece = piece.clone();
            async move {
                tokio::task::yield_now().await;
                Ok(ChatEvent::Delta(piece))
            }
        });
        let first = stream::iter([Ok(ChatEvent::Delta("SCORE: 9\n".to_owned()))]);
        let last = stream::iter([Ok(ChatEvent::Done(End::default()))]);
        Ok(first.chain(pieces).chain(last).boxed())
    }
}

/// A model that panics.
pub(crate) struct Panicking;

#[async_trait]
impl ChatModel for Panicking {
    fn name(&self) -> &'static str {
        "panicking"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        panic!("the model has lost its mind");
    }
}
