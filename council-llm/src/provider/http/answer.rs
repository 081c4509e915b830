//! The body of an answer as a [`ChatStream`], read by a dialect.

use std::collections::VecDeque;

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;

use super::body::Body;
use super::dialect::{AnswerEnd, Dialect, EventMeaning};
use super::errors::CallErrors;
use super::sse::Splitter;
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, End};
use crate::chat::model::ChatStream;
use crate::chat::stop::StopKind;

/// An answer as a stream of events.
pub(super) fn streamed<D: Dialect>(body: Body, dialect: D) -> ChatStream {
    let splitter = Splitter::new(body.limits.event_bytes);
    let (waiting, answer) = (VecDeque::new(), AnswerEnd::default());
    let events = Events { body, dialect, splitter, waiting, text: None, answer };
    // The state is dropped with the last item, and so is the connection.
    let items = stream::unfold(Some(events), async |events| {
        let mut events = events?;
        let item = events.next().await;
        let more = matches!(item, Ok(ChatEvent::Delta(_) | ChatEvent::Reasoning(_)));
        Some((item, more.then_some(events)))
    });
    items.boxed()
}

/// An answer as one JSON value.
pub(super) async fn whole<D: Dialect>(body: Body, dialect: D) -> Result<ChatStream, ChatError> {
    let errors = body.errors.clone();
    let bytes = body.whole().await?;
    let value: Value = match serde_json::from_slice(&bytes) {
        Ok(value) => value,
        Err(error) if error.is_eof() => return Err(ChatError::Truncated),
        Err(error) => return Err(errors.malformed(&error)),
    };
    errors.reported(&value)?;
    let mut answer = AnswerEnd::default();
    let text = dialect.reply(&value, &mut answer).ok_or_else(|| errors.malformed(&"the JSON holds no answer"))?;
    answer.has_text = !text.is_empty();
    let reasoning = std::mem::take(&mut answer.reasoning);
    let done = ChatEvent::Done(ended(answer, &errors)?);
    let reasoning = (!reasoning.is_empty()).then_some(ChatEvent::Reasoning(reasoning));
    let delta = (!text.is_empty()).then_some(ChatEvent::Delta(text));
    Ok(stream::iter(reasoning.into_iter().chain(delta).chain([done]).map(Ok)).boxed())
}

/// The events of a streamed answer that has not ended.
struct Events<D> {
    body: Body,
    dialect: D,
    splitter: Splitter,
    waiting: VecDeque<String>,
    /// The text of an event whose reasoning has been returned.
    text: Option<String>,
    answer: AnswerEnd,
}

impl<D: Dialect> Events<D> {
    /// The next item; any but a delta or a piece of the reasoning is the last.
    async fn next(&mut self) -> Result<ChatEvent, ChatError> {
        if let Some(text) = self.text.take() {
            return Ok(ChatEvent::Delta(text));
        }
        loop {
            while let Some(event) = self.waiting.pop_front() {
                match self.read(&event)? {
                    EventMeaning::Nothing => {}
                    EventMeaning::Progress => self.body.token(),
                    EventMeaning::Piece { reasoning, text } => {
                        self.body.token();
                        self.answer.has_text |= !text.is_empty();
                        if reasoning.is_empty() {
                            return Ok(ChatEvent::Delta(text));
                        }
                        self.text = Some(text).filter(|text| !text.is_empty());
                        return Ok(ChatEvent::Reasoning(reasoning));
                    }
                    EventMeaning::Finished => return self.end().map(ChatEvent::Done),
                }
            }
            let Some(bytes) = self.body.chunk().await? else {
                // Some servers send no end marker. A model that has sent its stop reason has finished.
                return self.end().map(ChatEvent::Done);
            };
            self.splitter.push(&bytes, &self.body.errors, |event| self.waiting.push_back(event))?;
        }
    }

    fn read(&mut self, event: &str) -> Result<EventMeaning, ChatError> {
        match event.trim() {
            "" => Ok(EventMeaning::Nothing),
            "[DONE]" => Ok(EventMeaning::Finished),
            event => {
                let event = serde_json::from_str(event).map_err(|error| self.body.errors.malformed(&error))?;
                self.body.errors.reported(&event)?;
                Ok(self.dialect.event(&event, &mut self.answer))
            }
        }
    }

    /// The end of the answer. Without a stop reason the answer counts as truncated.
    fn end(&mut self) -> Result<End, ChatError> {
        let answer = std::mem::take(&mut self.answer);
        if answer.is_known() { ended(answer, &self.body.errors) } else { Err(ChatError::Truncated) }
    }
}

/// The end of the answer, or the error that its stop reason names.
fn ended(answer: AnswerEnd, errors: &CallErrors) -> Result<End, ChatError> {
    let end = End::from(answer);
    if end.kind == StopKind::Error { Err(errors.stopped(&end.stop_reason)) } else { Ok(end) }
}
