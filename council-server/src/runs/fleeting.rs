//! Events of a run without a number, which are not stored: tokens and their withdrawal, retries of calls, and waits.

use std::time::Duration;

use council_core::Task;
use council_core::projection::Waiting;

use super::event_log::{EventFrame, EventLog};
use crate::wire::event::WireEvent;
use crate::wire::text::split_within;
use crate::wire::time::{now, time};
use crate::wire::waiting::RunWait;

impl EventLog {
    /// Tells watchers what the run waits for, if they do not know it.
    pub(super) fn announce_wait(&mut self) {
        let waiting = self.waiting();
        let until = waiting.as_ref().map(|wait| wait.until.clone());
        if let Some(wait) = waiting.filter(|_| until != self.waits_until) {
            self.send_frame(wait.to_frame(&self.run_id));
        }
        self.waits_until = until;
    }

    /// Notes that a task is at work.
    pub(super) fn task_started(&mut self) {
        self.is_at_work = true;
        self.waits_until = None;
    }

    /// Tells the watchers that a call is made again.
    pub(super) fn send_retry(&self, task: &Task, reason: &str, wait: Duration) {
        let retry = WireEvent::NodeRetry {
            node: &task.node,
            iteration: self.projection.round_of(&task.node),
            attempt: task.attempt.saturating_add(1),
            reason,
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        };
        self.send_frame(retry.to_frame(&self.run_id, None, now()));
    }

    /// Tells the watchers that the tokens of a node since its start do not count.
    pub(super) fn withdraw_tokens(&self, node: &str) {
        let withdrawal = WireEvent::TokensWithdrawn { node, iteration: self.projection.round_of(node) };
        self.send_frame(withdrawal.to_frame(&self.run_id, None, now()));
    }

    /// What the run waits for now.
    pub(super) fn waiting(&self) -> Option<RunWait> {
        self.projection.waiting(now()).filter(|_| !self.is_at_work).map(RunWait::of)
    }

    fn send_frame(&self, frame: EventFrame) {
        if let Some(live) = &self.live {
            // An error means that no watcher is left.
            let _ = live.send(frame);
        }
    }

    /// Sends a token to the watchers. It has no number and is not stored.
    pub(super) fn send_token(&self, node: &str, text: &str) {
        let Some(live) = self.live.as_ref().filter(|live| live.receiver_count() > 0) else { return };
        // The queue of a watcher is bounded by the number of events, so the size of a token has to be bounded too. Numbered events need no
        // bound: they are in memory anyway.
        let mut rest = text;
        while !rest.is_empty() {
            let (text, later) = split_within(rest, MAX_TOKEN_BYTES);
            let _ = live.send(WireEvent::Token { node, text }.to_frame(&self.run_id, None, now()));
            rest = later;
        }
    }
}

impl RunWait {
    fn of(waiting: Waiting<'_>) -> Self {
        let reason = waiting.reason.unwrap_or("the next attempt").to_owned();
        Self { reason, until: time(waiting.until) }
    }

    pub(super) fn to_frame(&self, run_id: &str) -> EventFrame {
        WireEvent::RunWaiting { reason: &self.reason, until: &self.until }.to_frame(run_id, None, now())
    }
}

/// The longest text of one token event, in bytes.
const MAX_TOKEN_BYTES: usize = 16 << 10;
