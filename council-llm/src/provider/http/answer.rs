//! Turns the body of an answer into a [`ChatStream`], by way of a dialect.

use std::collections::VecDeque;

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;

use super::body::Body;
use super::dialect::{Answer, Dialect, Step};
use super::sse::Splitter;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, End};
use crate::chat::model::ChatStream;

/// An answer that comes event by event.
pub(super) fn streamed<D: Dialect>(body: Body, dialect: D) -> ChatStream {
    let splitter = Splitter::new(body.limits.event_bytes);
    let events = Events { body, dialect, splitter, waiting: VecDeque::new(), answer: Answer::default() };
    // The state goes with the last item, and the connection with it: nothing can follow.
    let items = stream::unfold(Some(events), async |events| {
        let mut events = events?;
        let item = events.next().await;
        let more = matches!(item, Ok(ChatEvent::Delta(_)));
        Some((item, more.then_some(events)))
    });
    items.boxed()
}

/// An answer that comes as one JSON value.
pub(super) async fn whole<D: Dialect>(body: Body, dialect: D) -> Result<ChatStream, ChatError> {
    let faults = body.faults.clone();
    let bytes = body.whole().await?;
    let value: Value = match serde_json::from_slice(&bytes) {
        Ok(value) => value,
        Err(error) if error.is_eof() => return Err(ChatError::Truncated),
        Err(error) => return Err(faults.malformed(&error)),
    };
    faults.reported(&value)?;
    let (text, answer) = dialect.reply(&value).ok_or_else(|| faults.malformed(&"the JSON holds no answer"))?;
    let delta = (!text.is_empty()).then_some(ChatEvent::Delta(text));
    let done = ChatEvent::Done(answer.into());
    Ok(stream::iter(delta.into_iter().chain([done]).map(Ok)).boxed())
}

/// The events of a streamed answer that is not over.
struct Events<D> {
    body: Body,
    dialect: D,
    splitter: Splitter,
    waiting: VecDeque<String>,
    answer: Answer,
}

impl<D: Dialect> Events<D> {
    /// The next item; any but a delta is the last.
    async fn next(&mut self) -> Result<ChatEvent, ChatError> {
        loop {
            while let Some(event) = self.waiting.pop_front() {
                match self.read(&event)? {
                    Step::Nothing => {}
                    Step::Progress => self.body.progress(),
                    Step::Delta(text) => {
                        self.body.progress();
                        return Ok(ChatEvent::Delta(text));
                    }
                    Step::Finished => return self.end().map(ChatEvent::Done),
                }
            }
            let Some(bytes) = self.body.chunk().await? else {
                // Some servers send no mark of the end. A model that has said why it stopped has finished.
                return self.end().map(ChatEvent::Done);
            };
            self.splitter.push(&bytes, &self.body.faults, |event| self.waiting.push_back(event))?;
        }
    }

    fn read(&mut self, event: &str) -> Result<Step, ChatError> {
        match event.trim() {
            "" => Ok(Step::Nothing),
            "[DONE]" => Ok(Step::Finished),
            event => {
                let event = serde_json::from_str(event).map_err(|error| self.body.faults.malformed(&error))?;
                self.body.faults.reported(&event)?;
                Ok(self.dialect.event(&event, &mut self.answer))
            }
        }
    }

    /// A provider that says it has finished without a word why has not.
    fn end(&mut self) -> Result<End, ChatError> {
        let answer = std::mem::take(&mut self.answer);
        if answer.stop_reason.is_some() { Ok(answer.into()) } else { Err(ChatError::Truncated) }
    }
}
