//! Whether a call may begin: slots, rates, quotas, and the times that a provider asks for. The clock is handed in.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::lessons::{LONGEST_CLOSURE, Lessons};
use super::settings::RateLimits;
use super::window::{Spent, Window};
use crate::chat::wait::WaitReason;

/// Decides whether a call may begin.
#[derive(Debug, Default)]
pub(super) struct Gate {
    settings: RateLimits,
    /// The number of slots that a busy server has revealed, and when it is forgotten.
    slots: Option<(usize, Instant)>,
    closed: Option<(Instant, WaitReason)>,
    requests: Window,
    tokens: Window,
    running: BTreeMap<CallId, Running>,
    /// The calls of the last minute, in the order of their times.
    counted: Vec<Counted>,
    next: CallId,
}

/// The number of a call.
pub(super) type CallId = u64;

/// A call that has not ended.
#[derive(Debug)]
struct Running {
    tokens: u64,
    is_answered: bool,
}

/// A call that counts to the rates per minute.
///
/// The provider's minute begins when the call arrives there, between its begin and its answer. The latest time counts, so that the provider
/// never sees more calls in a minute than it takes.
#[derive(Debug)]
struct Counted {
    call: CallId,
    arrived: Instant,
    tokens: u64,
}

/// Why a call has to wait, and until when if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) reason: WaitReason,
    pub(super) until: Option<Instant>,
}

impl Gate {
    pub(super) fn new(settings: RateLimits) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Whether a call of about so many tokens may begin.
    pub(super) fn check(&mut self, now: Instant, tokens: u64) -> Result<(), Wait> {
        self.counted.retain(|counted| counted.arrived + MINUTE > now);
        self.closed = self.closed.filter(|(until, _)| *until > now);
        self.slots = self.slots.filter(|(_, until)| *until > now);
        let closed = self.closed.map(|(until, reason)| Wait { reason, until: Some(until) });
        let rates = [self.request_rate(), self.token_rate(tokens)].map(|until| until.map(Wait::quota));
        let windows = [self.requests.check(now, 1), self.tokens.check(now, tokens)].map(|spent| self.spent(spent));
        let slot = (self.running.len() >= self.slots()).then_some(Wait { reason: WaitReason::Slot, until: None });
        // Reports the longest wait. A wait without a time is reported only if there is no other.
        let waits = [closed, slot].into_iter().chain(rates).chain(windows).flatten();
        waits.max_by_key(|wait| wait.until).map_or(Ok(()), Err)
    }

    /// Counts a call that begins.
    pub(super) fn begin(&mut self, now: Instant, tokens: u64) -> CallId {
        let call = self.next;
        self.next += 1;
        self.requests.spend(1);
        self.tokens.spend(tokens);
        self.running.insert(call, Running { tokens, is_answered: false });
        if self.settings.requests_per_minute.is_some() || self.settings.tokens_per_minute.is_some() {
            self.counted.push(Counted { call, arrived: now + LONGEST_WAY, tokens });
        }
        call
    }

    /// Learns from the headers or the error of a call.
    pub(super) fn answered(&mut self, now: Instant, call: CallId, lessons: &Lessons) {
        if let Some(running) = self.running.get_mut(&call) {
            running.is_answered = true;
        }
        self.arrived(now, call);
        if let Some((time, reason)) = lessons.closed
            && let until = now + time.min(LONGEST_CLOSURE)
            && self.closed.is_none_or(|(closed, _)| closed < until)
        {
            self.closed = Some((until, reason));
        }
        if lessons.is_busy {
            let others = self.running.len().saturating_sub(1).max(1);
            let slots = self.slots.map_or(others, |(slots, _)| slots.min(others));
            self.slots = Some((slots, now + SLOTS_KNOWN));
        }
        let unanswered = || self.running.values().filter(|running| !running.is_answered);
        let (calls, tokens) = (unanswered().count() as u64, unanswered().map(|running| running.tokens).sum());
        self.requests.learn(now, lessons.requests, calls);
        self.tokens.learn(now, lessons.tokens, tokens);
    }

    /// Corrects the tokens of a call, once they are known.
    pub(super) fn used(&mut self, call: CallId, tokens: u64) {
        if let Some(counted) = self.counted.iter_mut().find(|counted| counted.call == call) {
            counted.tokens = tokens;
        }
    }

    /// Frees the slot of a call.
    pub(super) fn end(&mut self, now: Instant, call: CallId) {
        self.running.remove(&call);
        self.arrived(now, call);
    }

    /// A call has arrived at the provider by now.
    fn arrived(&mut self, now: Instant, call: CallId) {
        if let Some(counted) = self.counted.iter_mut().find(|counted| counted.call == call) {
            counted.arrived = counted.arrived.min(now);
            self.counted.sort_by_key(|counted| counted.arrived);
        }
    }

    fn slots(&self) -> usize {
        let learnt = self.slots.map(|(slots, _)| slots);
        self.settings.concurrency.or(learnt).map_or(usize::MAX, |slots| slots.max(1))
    }

    /// The end of the minute in which no further call may begin.
    fn request_rate(&self) -> Option<Instant> {
        let limit = self.settings.requests_per_minute?.max(1) as usize;
        let oldest = self.counted.len().checked_sub(limit)?;
        Some(self.counted[oldest].arrived + MINUTE)
    }

    /// The end of the minute that has no room for these tokens.
    fn token_rate(&self, tokens: u64) -> Option<Instant> {
        let limit = self.settings.tokens_per_minute?;
        let room = limit.saturating_sub(tokens);
        let mut sum = self.counted.iter().fold(0_u64, |sum, counted| sum.saturating_add(counted.tokens));
        let mut until = None;
        for counted in &self.counted {
            if sum <= room {
                break;
            }
            sum = sum.saturating_sub(counted.tokens);
            until = Some(counted.arrived + MINUTE);
        }
        until
    }

    /// The wait for a quota that is spent. If its end is unknown, a call waits only while an answer may still tell it.
    fn spent(&self, spent: Result<(), Spent>) -> Option<Wait> {
        match spent {
            Err(Spent::Until(until)) => Some(Wait::quota(until)),
            Err(Spent::Unknown) if self.running.values().any(|running| !running.is_answered) => {
                Some(Wait { reason: WaitReason::Quota, until: None })
            }
            _ => None,
        }
    }
}

impl Wait {
    fn quota(until: Instant) -> Self {
        Self { reason: WaitReason::Quota, until: Some(until) }
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// The longest way of a call to the provider. A provider that thinks for long answers later.
const LONGEST_WAY: Duration = Duration::from_secs(5);

/// How long the slots of a busy server are known after its last answer that it is busy. Other programs may have used its slots.
pub(super) const SLOTS_KNOWN: Duration = Duration::from_secs(10 * 60);
