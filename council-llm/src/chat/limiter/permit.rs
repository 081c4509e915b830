//! Guards of a call: its place in the queue, then its permit. Both are given back when they are dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::gate::CallId;
use super::lessons::Lessons;
use super::line::Ticket;
use super::queue::Queue;
use super::wait::Wait;
use crate::chat::event::ChatEvent;
use crate::chat::model::ChatStream;
use crate::lock::Lock;

/// The queue that all calls to one provider share.
pub(super) type SharedQueue = Arc<Lock<Queue<Arc<Notify>>>>;

/// A place in the queue.
pub(super) struct Place {
    queue: SharedQueue,
    ticket: Ticket,
    /// Whether the call waits.
    is_taken: bool,
    bell: Arc<Notify>,
}

impl Place {
    /// A place behind all calls with an earlier turn, for a call of about this many tokens.
    pub(super) fn new(queue: SharedQueue, model: &str, run: Option<&str>, tokens: u64) -> Self {
        let ticket = queue.lock().ticket(model, run, tokens);
        let mut place = Self { queue, ticket, is_taken: false, bell: Arc::default() };
        place.take();
        place
    }

    /// Begins the call, if it is its turn.
    pub(super) fn try_begin(&mut self) -> Result<Permit, Wait> {
        let call = self.queue.lock().try_begin(Instant::now(), &self.ticket)?;
        self.is_taken = false;
        ring(&self.queue);
        Ok(Permit { queue: Arc::clone(&self.queue), call, has_to_wait: false.into(), has_ended: false.into() })
    }

    /// Takes the place, again if the call has begun in vain.
    pub(super) fn take(&mut self) {
        self.queue.lock().enter(&self.ticket, Arc::clone(&self.bell));
        self.is_taken = true;
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
        if self.is_taken {
            self.queue.lock().leave(&self.ticket);
            ring(&self.queue);
        }
    }
}

/// A call that has begun, with its slot.
pub(crate) struct Permit {
    queue: SharedQueue,
    call: CallId,
    has_to_wait: AtomicBool,
    has_ended: AtomicBool,
}

impl Permit {
    /// Learns from the headers or the error of the call.
    pub(crate) fn answered(&self, lessons: &Lessons) {
        let has_to_wait = self.queue.lock().answered(Instant::now(), self.call, lessons);
        self.has_to_wait.store(has_to_wait, Ordering::Relaxed);
        ring(&self.queue);
    }

    /// Whether the server refused the call because other calls have all its slots.
    pub(super) fn has_to_wait(&self) -> bool {
        self.has_to_wait.load(Ordering::Relaxed)
    }

    /// Keeps the slot until the stream ends or is dropped, and counts the tokens of its end.
    pub(super) fn hold(self: Arc<Self>, items: ChatStream) -> ChatStream {
        let held = items.inspect(move |item| match item {
            Ok(ChatEvent::Done(end)) => {
                self.used(end.usage.input_tokens.saturating_add(end.usage.output_tokens));
                self.end();
            }
            Err(_) => self.end(),
            Ok(_) => {}
        });
        held.boxed()
    }

    /// Counts the tokens of the call, if the provider reports them.
    fn used(&self, tokens: u64) {
        if tokens > 0 && !self.has_ended.load(Ordering::Relaxed) {
            self.queue.lock().used(self.call, tokens);
            ring(&self.queue);
        }
    }

    /// Gives the slot back.
    pub(crate) fn end(&self) {
        if !self.has_ended.swap(true, Ordering::Relaxed) {
            self.queue.lock().end(Instant::now(), self.call);
            ring(&self.queue);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.end();
    }
}

/// Wakes the first call for each model. The one with the earliest turn begins next, if its model has quota.
fn ring(queue: &SharedQueue) {
    for bell in queue.lock().firsts() {
        bell.notify_one();
    }
}
