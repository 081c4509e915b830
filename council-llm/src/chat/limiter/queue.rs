//! The queue in front of a provider: first come, first served. The clock is handed in.

use std::collections::BTreeMap;

use tokio::time::Instant;

use super::gate::{CallId, Gate, Wait};
use super::lessons::Lessons;
use super::settings::RateLimits;
use crate::chat::wait::WaitReason;

/// The calls that wait for a provider, each with a `T` that wakes it.
#[derive(Debug)]
pub(super) struct Queue<T> {
    gate: Gate,
    waiting: BTreeMap<Ticket, T>,
    next: Ticket,
}

/// The place of a call in the queue. An earlier call has a smaller ticket.
pub(super) type Ticket = u64;

impl<T> Queue<T> {
    pub(super) fn new(settings: RateLimits) -> Self {
        Self { gate: Gate::new(settings), waiting: BTreeMap::new(), next: 0 }
    }

    /// Takes the last place.
    pub(super) fn enter(&mut self, bell: T) -> Ticket {
        let ticket = self.next;
        self.next += 1;
        self.waiting.insert(ticket, bell);
        ticket
    }

    /// Gives a place back.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.waiting.remove(&ticket);
    }

    /// Begins the call with this ticket, if it is the first and the provider takes it.
    ///
    /// After a success, after [`leave`](Self::leave), [`answered`](Self::answered), [`used`](Self::used) and [`end`](Self::end), the new
    /// [`first`](Self::first) has to try again.
    pub(super) fn try_begin(&mut self, now: Instant, ticket: Ticket, tokens: u64) -> Result<CallId, Wait> {
        self.gate.check(now, tokens)?;
        if self.waiting.first_key_value().is_some_and(|(first, _)| *first != ticket) {
            return Err(Wait { reason: WaitReason::Slot, until: None });
        }
        self.waiting.remove(&ticket);
        Ok(self.gate.begin(now, tokens))
    }

    /// The call whose turn it is.
    pub(super) fn first(&self) -> Option<&T> {
        self.waiting.first_key_value().map(|(_, bell)| bell)
    }

    /// Learns from the headers or the error of a call.
    pub(super) fn answered(&mut self, now: Instant, call: CallId, lessons: &Lessons) {
        self.gate.answered(now, call, lessons);
    }

    /// Corrects the tokens of a call.
    pub(super) fn used(&mut self, call: CallId, tokens: u64) {
        self.gate.used(call, tokens);
    }

    /// Frees the slot of a call.
    pub(super) fn end(&mut self, now: Instant, call: CallId) {
        self.gate.end(now, call);
    }
}
