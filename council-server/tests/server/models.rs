//! Models that do as they are told.

use std::sync::{Arc, Mutex};

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

    /// The topics that it was asked about, `run-` and a number, each once, in the order in which they came.
    pub(crate) fn topics(&self) -> Vec<String> {
        let mut topics: Vec<String> = Vec::new();
        for request in self.inner.requests() {
            let text = format!("{request:?}");
            let Some(topic) = text.split("run-").nth(1) else { continue };
            let topic = format!("run-{}", topic.chars().take_while(char::is_ascii_digit).collect::<String>());
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        topics
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

/// A model that counts how many of its calls are answered at once.
#[derive(Clone)]
pub(crate) struct Counted {
    inner: ScriptedModel,
    /// Now, and at most.
    calls: Arc<Mutex<(usize, usize)>>,
}

impl Counted {
    pub(crate) fn new(inner: ScriptedModel) -> Self {
        Self { inner, calls: Arc::default() }
    }

    /// How many calls were ever answered at once.
    pub(crate) fn most(&self) -> usize {
        self.calls.lock().unwrap().1
    }
}

#[async_trait]
impl ChatModel for Counted {
    fn name(&self) -> &str {
        self.inner.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        {
            let mut calls = self.calls.lock().unwrap();
            calls.0 += 1;
            calls.1 = calls.1.max(calls.0);
        }
        // Others that may begin do so now.
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        self.calls.lock().unwrap().0 -= 1;
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
