//! Guards of a call: its place in the queue, then its permit. Both are given back when they are dropped.

use std::sync::Arc;

use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::gate::{CallId, Wait};
use super::lessons::Lessons;
use super::queue::{Queue, Ticket};
use crate::chat::event::ChatEvent;
use crate::chat::model::ChatStream;
use crate::lock::Lock;

/// The queue that all calls to one provider share.
pub(super) type SharedQueue = Arc<Lock<Queue<Arc<Notify>>>>;

/// A place in the queue.
pub(super) struct Place {
    queue: SharedQueue,
    ticket: Option<Ticket>,
    tokens: u64,
    bell: Arc<Notify>,
}

impl Place {
    /// The last place, for a call of about this many tokens.
    pub(super) fn last(queue: SharedQueue, tokens: u64) -> Self {
        let bell = Arc::<Notify>::default();
        let ticket = queue.lock().enter(Arc::clone(&bell));
        Self { queue, ticket: Some(ticket), tokens, bell }
    }

    /// Begins the call, if it is its turn.
    pub(super) fn try_begin(&mut self) -> Result<Permit, Wait> {
        let Some(ticket) = self.ticket else { unreachable!("a place is left when its call begins") };
        let call = self.queue.lock().try_begin(Instant::now(), ticket, self.tokens)?;
        self.ticket = None;
        ring(&self.queue);
        Ok(Permit { queue: Arc::clone(&self.queue), call })
    }

    /// Waits until another attempt may succeed. `Notify` stores a signal that comes before the wait, so no signal is lost.
    pub(super) async fn wait(&self, wait: Wait) {
        match wait.until {
            Some(until) => drop(timeout_at(until, self.bell.notified()).await),
            None => self.bell.notified().await,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            self.queue.lock().leave(ticket);
            ring(&self.queue);
        }
    }
}

/// A call that has begun, with its slot.
pub(crate) struct Permit {
    queue: SharedQueue,
    call: CallId,
}

impl Permit {
    /// Learns from the headers or the error of the call.
    pub(crate) fn answered(&self, lessons: &Lessons) {
        self.queue.lock().answered(Instant::now(), self.call, lessons);
        ring(&self.queue);
    }

    /// Keeps the slot until the stream ends or is dropped, and counts the tokens of its end.
    pub(crate) fn hold(self, items: ChatStream) -> ChatStream {
        let mut permit = Some(self);
        let held = items.map(move |item| {
            if let (Ok(ChatEvent::Done(end)), Some(permit)) = (&item, &permit) {
                permit.used(end.usage.input_tokens.saturating_add(end.usage.output_tokens));
            }
            if matches!(item, Ok(ChatEvent::Done(_)) | Err(_)) {
                permit = None;
            }
            item
        });
        held.boxed()
    }

    /// Counts the tokens of the call, if the provider reports them.
    fn used(&self, tokens: u64) {
        if tokens > 0 {
            self.queue.lock().used(self.call, tokens);
            ring(&self.queue);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.queue.lock().end(Instant::now(), self.call);
        ring(&self.queue);
    }
}

/// Wakes the call whose turn it is.
fn ring(queue: &SharedQueue) {
    if let Some(bell) = queue.lock().first() {
        bell.notify_one();
    }
}
