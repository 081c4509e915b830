//! The body of an answer as a [`ChatStream`], read by a dialect.

use std::collections::VecDeque;

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;

use super::body::Body;
use super::dialect::{AnswerEnd, Dialect, EventMeaning};
use super::errors::CallErrors;
use super::sse::{Splitter, SseEvent};
use crate::chat::error::ChatError;
use crate::chat::event::{ChatEvent, End};
use crate::chat::model::ChatStream;
use crate::chat::stop::StopKind;

/// The answer in a body.
///
/// Its first byte decides more than its content type: some servers send events as JSON or as plain text, and some send an error as JSON in
/// place of the events that they announce. LiteLLM's mock sends JSON even if a stream was requested.
pub(super) async fn read<D: Dialect>(
    mut body: Body,
    dialect: D,
    content_type: Option<String>,
) -> Result<ChatStream, ChatError> {
    let has = |name: &str| content_type.as_ref().is_some_and(|found| found.contains(name));
    let found = match body.peek().await? {
        Some(b'{' | b'[') => return whole(body, dialect).await,
        Some(b'd' | b'e' | b':') => return Ok(streamed(body, dialect)),
        None if content_type.is_none() => return Err(ChatError::Truncated),
        Some(b'<') if !has("html") => "text/html",
        _ if has("event-stream") => return Ok(streamed(body, dialect)),
        _ if has("json") => return whole(body, dialect).await,
        _ => content_type.as_deref().unwrap_or("text/plain"),
    };
    Err(body.errors.foreign(found))
}

/// An answer as a stream of events.
fn streamed<D: Dialect>(body: Body, dialect: D) -> ChatStream {
    let splitter = Splitter::new(body.limits.event_bytes);
    let (waiting, answer) = (VecDeque::new(), AnswerEnd::default());
    let events = Events { body, dialect, splitter, waiting, text: None, answer };
    // The state is dropped with the last item, and so is the connection.
    let items = stream::unfold(Some(events), async |events| {
        let mut events = events?;
        let item = events.next().await;
        let spent = if item.is_err() { ChatEvent::spent(events.answer.usage) } else { None };
        let more = matches!(item, Ok(ChatEvent::Delta(_) | ChatEvent::Reasoning(_)));
        Some((stream::iter(spent.map(Ok).into_iter().chain([item])), more.then_some(events)))
    });
    items.flatten().boxed()
}

/// An answer as one JSON value.
async fn whole<D: Dialect>(body: Body, dialect: D) -> Result<ChatStream, ChatError> {
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
    waiting: VecDeque<SseEvent>,
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
            // Some servers send no end marker, or keep the connection. A model that has sent its stop reason has finished.
            let has_finished = self.answer.stop_reason.is_some();
            if has_finished {
                self.body.hurry();
            }
            let bytes = match self.body.chunk().await {
                Ok(Some(bytes)) => bytes,
                Err(error) if !has_finished => return Err(error),
                Ok(None) | Err(_) => return self.end().map(ChatEvent::Done),
            };
            self.splitter.push(&bytes, &self.body.errors, |event| self.waiting.push_back(event))?;
        }
    }

    fn read(&mut self, event: &SseEvent) -> Result<EventMeaning, ChatError> {
        match event.data.trim() {
            text if event.is_error => Err(self.body.errors.named(text)),
            "" => Ok(EventMeaning::Nothing),
            "[DONE]" => Ok(EventMeaning::Finished),
            text => {
                let event = serde_json::from_str(text).map_err(|error| self.body.errors.malformed(&error))?;
                self.body.errors.reported(&event)?;
                Ok(self.dialect.event(&event, &mut self.answer))
            }
        }
    }

    /// The end of the answer. Without a stop reason the answer counts as truncated.
    fn end(&self) -> Result<End, ChatError> {
        if self.answer.is_known() { ended(self.answer.clone(), &self.body.errors) } else { Err(ChatError::Truncated) }
    }
}

/// The end of the answer, or the error that its stop reason names.
fn ended(answer: AnswerEnd, errors: &CallErrors) -> Result<End, ChatError> {
    let end = End::from(answer);
    if end.kind == StopKind::Error { Err(errors.stopped(&end.stop_reason)) } else { Ok(end) }
}
