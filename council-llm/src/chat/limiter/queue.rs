//! The queue in front of a provider: runs take turns, and a model without quota does not hold back the others. The clock is handed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::gate::{CallId, Gate};
use super::lessons::Lessons;
use super::line::{Line, Run, Ticket};
use super::settings::RateLimits;
use super::wait::Wait;

/// The calls that wait for a provider, each with a `T` that wakes it.
#[derive(Debug)]
pub(super) struct Queue<T> {
    gate: Gate,
    lines: BTreeMap<Arc<str>, Line<T>>,
    /// The number of the next ticket or turn.
    next: u64,
}

impl<T> Queue<T> {
    pub(super) fn new(settings: RateLimits) -> Self {
        Self { gate: Gate::new(settings), lines: BTreeMap::new(), next: 0 }
    }

    /// Obeys these limits too.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(super) fn restrict(&mut self, settings: RateLimits) {
        self.gate.restrict(settings);
    }

    /// A ticket for a call of about so many tokens. A call without a run counts as a run of its own.
    pub(super) fn ticket(&mut self, model: &str, run: Option<&str>, tokens: u64) -> Ticket {
        let number = self.next;
        self.next += 1;
        let run = run.map_or(Run::Alone(number), |run| Run::Known(run.into()));
        Ticket { number, model: model.into(), run, tokens }
    }

    /// Takes the place of a ticket.
    pub(super) fn enter(&mut self, ticket: &Ticket, bell: T) {
        self.lines.entry(Arc::clone(&ticket.model)).or_default().enter(ticket, bell);
    }

    /// Gives a place back.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        if let Some(line) = self.lines.get_mut(&ticket.model) {
            line.leave(ticket);
            self.remove_empty(&ticket.model);
        }
    }

    /// Begins the call with this ticket, if it is its turn and the provider takes it.
    ///
    /// After a success, after [`enter`](Self::enter) with an old ticket, after [`leave`](Self::leave), [`answered`](Self::answered),
    /// [`used`](Self::used) and [`end`](Self::end), all [`firsts`](Self::firsts) have to try again.
    pub(super) fn try_begin(&mut self, now: Instant, ticket: &Ticket) -> Result<CallId, Wait> {
        self.gate.check(now, &ticket.model, ticket.tokens)?;
        if !self.is_its_turn(now, ticket) {
            return Err(Wait::SLOT);
        }
        if let Some(line) = self.lines.get_mut(&ticket.model) {
            line.begin(ticket, self.next);
            self.next += 1;
            self.remove_empty(&ticket.model);
        }
        Ok(self.gate.begin(now, &ticket.model, ticket.tokens))
    }

    /// The first call for each model. The one with the earliest turn begins next, if its model has quota.
    pub(super) fn firsts(&self) -> impl Iterator<Item = &T> {
        self.lines.values().filter_map(|line| line.first().map(|(_, _, call)| &call.bell))
    }

    /// Learns from the headers or the error of a call. Returns whether the call has to wait again, because calls before it have all slots.
    pub(super) fn answered(&mut self, now: Instant, call: CallId, lessons: &Lessons) -> bool {
        self.gate.answered(now, call, lessons)
    }

    /// Corrects the tokens of a call.
    pub(super) fn used(&mut self, call: CallId, tokens: u64) {
        self.gate.used(call, tokens);
    }

    /// Frees the slot of a call.
    pub(super) fn end(&mut self, now: Instant, call: CallId) {
        self.gate.end(now, call);
    }

    /// Whether no call with an earlier turn can begin. A call whose model has no quota left is passed over.
    fn is_its_turn(&mut self, now: Instant, ticket: &Ticket) -> bool {
        let Some((turn, number, _)) = self.lines.get(&ticket.model).and_then(Line::first) else { return true };
        let Self { gate, lines, .. } = self;
        number == ticket.number
            && lines.iter().all(|(model, line)| {
                line.first()
                    .is_none_or(|(other, _, call)| other >= turn || gate.check_model(now, model, call.tokens).is_some())
            })
    }

    fn remove_empty(&mut self, model: &Arc<str>) {
        if self.lines.get(model).is_some_and(|line| line.first().is_none()) {
            self.lines.remove(model);
        }
    }
}
