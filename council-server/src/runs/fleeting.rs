//! Events of a run without a number, which are not stored: tokens and their withdrawal, retries of calls, waits, and runs that cannot go
//! on. The status of a run that has no driver.

use std::iter;
use std::time::Duration;

use council_core::projection::Waiting;
use council_core::{Event, Task};
use council_llm::{CallWait, Council};

use super::event_frame::EventFrame;
use super::event_log::EventLog;
use super::pending::Pending;
use super::texts::AgentText;
use crate::wire::event::WireEvent;
use crate::wire::status::RunStatus;
use crate::wire::text::split_within;
use crate::wire::time::{now, time};
use crate::wire::waiting::RunWait;

impl EventLog {
    /// Tells watchers what the run waits for, or that it goes on, if they do not know it.
    pub(super) fn announce_wait(&mut self) {
        let waiting = self.waiting();
        if waiting != self.announced_wait {
            self.send_frame(RunWait::to_frame(waiting.as_ref(), &self.run_id));
            self.announced_wait = waiting;
        }
    }

    /// Notes which tasks are at work.
    pub(super) fn follow_work(&mut self, event: &Event<Council>) {
        self.work.follow(event);
        self.announce_wait();
    }

    /// Notes that no task is at work, because their driver has stopped.
    pub(super) fn clear_work(&mut self) {
        self.work.clear();
        self.texts.clear();
        self.announce_wait();
    }

    /// The status of the run. Its records do not say whether it has a driver.
    pub(super) fn status(&self) -> RunStatus {
        match self.projection.status() {
            RunStatus::Running if self.pending.is_some() => RunStatus::Pending,
            status => status,
        }
    }

    /// Why the run cannot go on; `None` if it can.
    pub(super) fn stalled(&self) -> Option<&str> {
        match &self.pending {
            Some(Pending::Stalled(reason)) if self.status() == RunStatus::Pending => Some(reason),
            _ => None,
        }
    }

    /// Notes why the run has no driver, or that it has one. Without a driver nothing goes on after a wait.
    pub(super) fn set_pending(&mut self, pending: Option<Pending>) {
        self.pending = pending;
        if let Some(stall) = self.stall_frame() {
            self.send_frame(stall);
            // The waiting run cannot go on, so the end of its wait is not announced.
            self.announced_wait = None;
        }
        self.announce_wait();
    }

    /// Tells the watchers that a call is made again.
    pub(super) fn send_retry(&mut self, task: &Task, reason: &str, wait: Duration) {
        let retry = WireEvent::NodeRetry {
            node: &task.node,
            iteration: self.projection.round_of(&task.node),
            attempt: task.attempt.saturating_add(1),
            reason,
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
        };
        let frame = retry.to_frame(&self.run_id, None, now());
        self.texts.retry(&task.node, frame.clone());
        self.send_frame(frame);
    }

    /// Tells the watchers that the tokens of a node since its start do not count.
    pub(super) fn withdraw_tokens(&mut self, node: &str) {
        self.texts.withdraw(node);
        self.send_frame(self.withdrawal_frame(node));
    }

    /// The repeated calls and the texts that are being written, for a watcher that connects. One that returns may know a part of a text, so
    /// its tokens are withdrawn first, by the event of the repeated call if there is one.
    pub(super) fn texts_so_far(&self, returns: bool) -> impl Iterator<Item = EventFrame> {
        self.texts.iter().flat_map(move |AgentText { node, text, retry }| {
            let withdrawal = retry.clone().or_else(|| returns.then(|| self.withdrawal_frame(node)));
            withdrawal.into_iter().chain(self.token_frames(node, text))
        })
    }

    /// What the run waits for now.
    pub(super) fn waiting(&self) -> Option<RunWait> {
        let now = now();
        if self.pending.is_some() {
            return None;
        }
        if self.work.is_empty() {
            return self.projection.waiting(now).map(RunWait::for_retry);
        }
        self.work.wait().filter(|_| !self.status().is_final()).map(|wait| RunWait::for_turn(wait, now))
    }

    /// The event that tells watchers why the run cannot go on; `None` if it can.
    pub(super) fn stall_frame(&self) -> Option<EventFrame> {
        self.stalled().map(|reason| WireEvent::RunStalled { reason }.to_frame(&self.run_id, None, now()))
    }

    fn send_frame(&self, frame: EventFrame) {
        if let Some(live) = &self.live {
            // An error means that no watcher is left.
            let _ = live.send(frame);
        }
    }

    /// Sends a token to the watchers. It has no number and is not stored.
    pub(super) fn send_token(&mut self, node: &str, text: &str) {
        self.texts.add(node, text);
        let Some(live) = self.live.as_ref().filter(|live| live.receiver_count() > 0) else { return };
        for frame in self.token_frames(node, text) {
            let _ = live.send(frame);
        }
    }

    /// The events of a token. The queue of a watcher is bounded by the number of events, so the size of a token has to be bounded too.
    /// Numbered events need no bound: they are in memory anyway.
    fn token_frames<'a>(&'a self, node: &'a str, text: &'a str) -> impl Iterator<Item = EventFrame> + 'a {
        let mut rest = text;
        iter::from_fn(move || {
            let (text, later) = split_within(rest, MAX_TOKEN_BYTES);
            rest = later;
            (!text.is_empty()).then(|| WireEvent::Token { node, text }.to_frame(&self.run_id, None, now()))
        })
    }

    fn withdrawal_frame(&self, node: &str) -> EventFrame {
        let iteration = self.projection.round_of(node);
        WireEvent::TokensWithdrawn { node, iteration }.to_frame(&self.run_id, None, now())
    }
}

impl RunWait {
    /// The wait for the next attempt at a call that has failed.
    fn for_retry(waiting: Waiting<'_>) -> Self {
        let reason = waiting.reason.unwrap_or("the next attempt").to_owned();
        Self { reason, until: Some(time(waiting.until)) }
    }

    /// The wait of a call for its turn. After its time, other calls are still before it, and the end of the wait is not known.
    fn for_turn(wait: &CallWait, now: u64) -> Self {
        Self { reason: wait.to_string(), until: wait.until.filter(|until| *until > now).map(time) }
    }

    /// The event that tells watchers of a wait, or that the run goes on.
    pub(super) fn to_frame(wait: Option<&Self>, run_id: &str) -> EventFrame {
        let reason = wait.map(|wait| wait.reason.as_str());
        let until = wait.and_then(|wait| wait.until.as_deref());
        WireEvent::RunWaiting { reason, until }.to_frame(run_id, None, now())
    }
}

/// The longest text of one token event, in bytes.
const MAX_TOKEN_BYTES: usize = 16 << 10;
