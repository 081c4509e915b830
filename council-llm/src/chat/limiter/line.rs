//! The calls that wait for one model. Their runs take turns.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The calls that wait for a model, each with a `T` that wakes it.
#[derive(Debug)]
pub(super) struct Line<T> {
    /// The waiting calls of each run, by the turn of the run. The calls of a run keep their order.
    turns: BTreeMap<u64, BTreeMap<u64, Waiting<T>>>,
    turn_of: BTreeMap<Run, u64>,
}

/// A call that waits.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    pub(super) tokens: u64,
    pub(super) bell: T,
}

/// The place of a call in the queue of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    /// It grows with each call.
    pub(super) number: u64,
    pub(super) model: Arc<str>,
    pub(super) run: Run,
    pub(super) tokens: u64,
}

/// The run for which a call is made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Run {
    /// The run with this id.
    Known(Arc<str>),
    /// A run of its own, by the number of its only call.
    Alone(u64),
}

impl<T> Line<T> {
    /// Adds a call. A run without a waiting call gets the last turn. A call with an old ticket gets its old place, or an earlier one if
    /// its run has one.
    pub(super) fn enter(&mut self, ticket: &Ticket, bell: T) {
        let turn = self.turn_of.entry(ticket.run.clone()).or_insert(ticket.number);
        let mut calls = self.turns.remove(turn).unwrap_or_default();
        calls.insert(ticket.number, Waiting { tokens: ticket.tokens, bell });
        *turn = ticket.number.min(*turn);
        self.turns.insert(*turn, calls);
    }

    /// Removes a call. Its run keeps its turn if it has other calls here.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        let Some(turn) = self.turn_of.get(&ticket.run) else { return };
        let Some(calls) = self.turns.get_mut(turn) else { return };
        calls.remove(&ticket.number);
        if calls.is_empty() {
            self.turns.remove(turn);
            self.turn_of.remove(&ticket.run);
        }
    }

    /// Removes a call that begins. The next turn of its run is `turn`, which is behind all others.
    pub(super) fn begin(&mut self, ticket: &Ticket, turn: u64) {
        self.leave(ticket);
        if let Some(old) = self.turn_of.get_mut(&ticket.run)
            && let Some(calls) = self.turns.remove(old)
        {
            self.turns.insert(turn, calls);
            *old = turn;
        }
    }

    /// The call whose turn it is, with the turn and its number.
    pub(super) fn first(&self) -> Option<(u64, u64, &Waiting<T>)> {
        let (turn, calls) = self.turns.first_key_value()?;
        let (number, call) = calls.first_key_value()?;
        Some((*turn, *number, call))
    }
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { turns: BTreeMap::new(), turn_of: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(number: u64, run: &str) -> Ticket {
        Ticket { number, model: "a".into(), run: Run::Known(run.into()), tokens: 1 }
    }

    /// Begins all calls in turn, and draws them.
    fn begin_all(line: &mut Line<Ticket>) -> String {
        let mut begun = Vec::new();
        for turn in 100.. {
            let Some((_, _, call)) = line.first() else { break };
            let ticket = call.bell.clone();
            line.begin(&ticket, turn);
            let Run::Known(run) = ticket.run else { unreachable!("every run is known") };
            begun.push(format!("{run}{}", ticket.number));
        }
        begun.join(" ")
    }

    #[test]
    fn runs_take_turns_and_the_calls_of_a_run_keep_their_order() {
        let mut line = Line::default();
        for (number, run) in ["a", "a", "a", "a", "b", "c", "b"].into_iter().enumerate() {
            let ticket = ticket(number as u64, run);
            line.enter(&ticket, ticket.clone());
        }
        line.leave(&ticket(1, "a"));
        assert_eq!(begin_all(&mut line), "a0 b4 c5 a2 b6 a3");
    }

    #[test]
    fn a_call_that_enters_again_has_its_old_place() {
        let mut line = Line::default();
        for ticket in [ticket(6, "a"), ticket(4, "b"), ticket(5, "c"), ticket(2, "c"), ticket(3, "a")] {
            line.enter(&ticket, ticket.clone());
        }
        assert_eq!(begin_all(&mut line), "c2 a3 b4 c5 a6");
    }
}
