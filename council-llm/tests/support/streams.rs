//! A model with prepared streams of events.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream};
use futures_util::{StreamExt, stream};

type Items = Vec<Result<ChatEvent, ChatError>>;

/// Answers each call with the next stream.
pub(crate) struct Streams {
    name: &'static str,
    streams: Mutex<VecDeque<Items>>,
}

impl Streams {
    pub(crate) fn new(name: &'static str, streams: impl IntoIterator<Item = Items>) -> Self {
        Self { name, streams: Mutex::new(streams.into_iter().collect()) }
    }
}

#[async_trait]
impl ChatModel for Streams {
    fn name(&self) -> &str {
        self.name
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        let ended = || ChatError::request("streams", "no stream is left");
        let items = self.streams.lock().unwrap().pop_front().ok_or_else(ended)?;
        Ok(stream::iter(items).boxed())
    }
}
