//! Models for the tests: scripted, gated, panicking.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, End, ScriptedModel};
use futures_util::{StreamExt, stream};
use tokio::sync::Semaphore;

/// Two rounds: the critic gives 6, then 9.
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

/// A model that answers a call when the test allows it.
#[derive(Clone)]
pub(crate) struct Gated {
    inner: ScriptedModel,
    gate: Arc<Semaphore>,
    waiting: Arc<Waiting>,
}

/// Counts of the calls at a gate.
#[derive(Default)]
struct Waiting {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gated {
    pub(crate) fn new(inner: ScriptedModel) -> Self {
        Self { inner, gate: Arc::new(Semaphore::new(0)), waiting: Arc::default() }
    }

    /// The number of waiting calls.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.now.load(Ordering::SeqCst)
    }

    /// The most calls that have waited at once.
    pub(crate) fn most_waiting(&self) -> usize {
        self.waiting.most.load(Ordering::SeqCst)
    }

    /// The number of calls that have passed the gate.
    pub(crate) fn calls(&self) -> usize {
        self.inner.requests().len()
    }

    /// The topics of the calls (`run-` and a number), each once, in the order of the first call.
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

    /// Allows this many more calls.
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
        let waits = self.waiting.begin();
        self.gate.acquire().await.unwrap().forget();
        drop(waits);
        self.inner.stream(request).await
    }
}

impl Waiting {
    fn begin(&self) -> Waits<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        Waits(self)
    }
}

/// A waiting call, until it passes the gate or is dropped.
struct Waits<'a>(&'a Waiting);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A critic that approves, in `pieces` pieces of `bytes` bytes each.
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

/// A model that begins its answer, and writes nothing more.
pub(crate) struct Silent;

#[async_trait]
impl ChatModel for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        let first = stream::iter([Ok(ChatEvent::Delta("A draft ".to_owned()))]);
        Ok(first.chain(stream::pending()).boxed())
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
