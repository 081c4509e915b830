//! The quotas that a provider reports, of one model or of all models together.

use std::time::Duration;

use tokio::time::Instant;

use super::lessons::Quota;
use super::wait::Wait;
use super::window::{Spent, Window};
use crate::chat::wait::WaitReason;

/// The quotas of calls and tokens, and the time before which the provider wants no call.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    closed: Option<(Instant, WaitReason)>,
    /// The number of pauses after refusals without a time. Each call that the provider takes reduces it by one.
    pauses: u32,
    requests: Window,
    tokens: Window,
}

/// The calls that the provider has not answered yet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unanswered {
    pub(super) calls: u64,
    pub(super) tokens: u64,
}

impl Quotas {
    /// The wait of a call of about so many tokens. If the end of a spent quota is unknown, a call waits only while an answer may still
    /// tell it.
    pub(super) fn check(&mut self, now: Instant, tokens: u64, unanswered: Unanswered) -> Option<Wait> {
        self.closed = self.closed.filter(|(until, _)| *until > now);
        let closed = self.closed.map(|(until, reason)| Wait { reason, until: Some(until) });
        let windows = [self.requests.check(now, 1), self.tokens.check(now, tokens)].map(|spent| match spent {
            Err(Spent::Until(until)) => Some(Wait::quota(until)),
            Err(Spent::Unknown) if unanswered.calls > 0 => Some(Wait { reason: WaitReason::Quota, until: None }),
            _ => None,
        });
        // After a pause, one call at a time tries whether the quota has room again.
        let is_tried = self.pauses > 0 && unanswered.calls > 0;
        let tried = is_tried.then_some(Wait { reason: WaitReason::Quota, until: None });
        Wait::longest(windows.into_iter().chain([closed, tried]).flatten())
    }

    /// Counts a call that begins.
    pub(super) fn spend(&mut self, tokens: u64) {
        self.requests.spend(1);
        self.tokens.spend(tokens);
    }

    /// The provider wants no call before this time.
    pub(super) fn close(&mut self, until: Instant, reason: WaitReason) {
        if self.closed.is_none_or(|(closed, _)| closed < until) {
            self.closed = Some((until, reason));
        }
    }

    /// The provider has refused a call, and has not said for how long. Each pause is twice as long as the last. Calls that began before the
    /// pause and are refused in it make it no longer.
    pub(super) fn pause(&mut self, now: Instant) {
        if self.closed.is_none_or(|(until, _)| until <= now) {
            let pause = FIRST_PAUSE.saturating_mul(1 << self.pauses.min(MOST_DOUBLINGS));
            self.close(now + pause.min(LONGEST_PAUSE), WaitReason::Quota);
            self.pauses = self.pauses.saturating_add(1);
        }
    }

    /// The provider has taken a call.
    pub(super) fn take(&mut self) {
        self.pauses = self.pauses.saturating_sub(1);
    }

    /// Takes over the provider's report, in which the calls that it has not answered yet may be missing.
    pub(super) fn learn(&mut self, now: Instant, requests: Quota, tokens: Quota, unanswered: Unanswered) {
        self.requests.learn(now, requests, unanswered.calls);
        self.tokens.learn(now, tokens, unanswered.tokens);
    }

    /// Whether a call may have to wait because of them.
    pub(super) fn hold_back(&self, now: Instant) -> bool {
        self.closed.is_some_and(|(until, _)| until > now)
            || self.pauses > 0
            || self.requests.ends_after(now)
            || self.tokens.ends_after(now)
    }

    /// The last time that the provider has named.
    pub(super) fn end(&self) -> Option<Instant> {
        let closed = self.closed.map(|(until, _)| until);
        closed.max(self.requests.reset()).max(self.tokens.reset())
    }
}

/// The pauses after refusals without a time: quotas of providers are full again after a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const MOST_DOUBLINGS: u32 = 6;
