//! Laws of the queue, for random calls and answers on a clock that is handed in.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tokio::time::Instant;

use super::gate::{CallId, SLOTS_KNOWN, Wait};
use super::lessons::{LONGEST_CLOSURE, Lessons, Quota};
use super::queue::{Queue, Ticket};
use super::settings::RateLimits;
use crate::chat::wait::WaitReason;

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter { tokens: u64 },
    Leave { place: usize },
    Pass { seconds: u64 },
    Answer { call: usize, retry_after: Option<u64>, quota: Option<(u64, u64)> },
    End { call: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..400_u64).prop_map(|tokens| Step::Enter { tokens }),
        1 => any::<usize>().prop_map(|place| Step::Leave { place }),
        3 => (1..40_u64).prop_map(|seconds| Step::Pass { seconds }),
        2 => (any::<usize>(), option::weighted(0.2, 1..90_u64), option::weighted(0.5, (0..4_u64, 1..90_u64)))
            .prop_map(|(call, retry_after, quota)| Step::Answer { call, retry_after, quota }),
        3 => any::<usize>().prop_map(|call| Step::End { call }),
    ]
}

fn settings() -> impl Strategy<Value = RateLimits> {
    (option::of(1..4_usize), option::of(1..6_u32), option::of(100..900_u64)).prop_map(|(calls, requests, tokens)| {
        RateLimits::default().concurrency(calls).requests_per_minute(requests).tokens_per_minute(tokens)
    })
}

/// A queue as the limiter drives it: the first call tries again when the bell rings, and at the time that it was told.
struct Driven {
    queue: Queue<()>,
    settings: RateLimits,
    now: Instant,
    waiting: Vec<(Ticket, u64)>,
    running: Vec<CallId>,
    begun: Vec<(Instant, u64)>,
    last_ticket: Option<Ticket>,
    told: Option<Wait>,
    /// The times of `Retry-After`.
    closed: Vec<Instant>,
    /// The time of the last report that the quota is spent.
    spent: Option<Instant>,
}

impl Driven {
    fn new(settings: RateLimits) -> Self {
        Self {
            queue: Queue::new(settings),
            settings,
            now: Instant::now(),
            waiting: Vec::new(),
            running: Vec::new(),
            begun: Vec::new(),
            last_ticket: None,
            told: None,
            closed: Vec::new(),
            spent: None,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Enter { tokens } => {
                let ticket = self.queue.enter(());
                self.waiting.push((ticket, tokens));
                if self.waiting.len() == 1 {
                    self.ring();
                } else {
                    assert!(self.queue.try_begin(self.now, ticket, tokens).is_err(), "a later call overtakes");
                }
            }
            Step::Leave { place } if !self.waiting.is_empty() => {
                let (ticket, _) = self.waiting.remove(place % self.waiting.len());
                self.queue.leave(ticket);
                self.ring();
            }
            Step::Pass { seconds } => self.pass(self.now + Duration::from_secs(seconds)),
            Step::Answer { call, retry_after, quota } if !self.running.is_empty() => {
                let call = self.running[call % self.running.len()];
                let closed = retry_after.map(|seconds| (Duration::from_secs(seconds), WaitReason::Quota));
                let requests = quota.map_or(Quota::default(), |(remaining, reset)| {
                    let reset = Some(Duration::from_secs(reset));
                    Quota { limit: Some(4), remaining: Some(remaining), reset }
                });
                self.queue.answered(self.now, call, &Lessons { closed, requests, ..Lessons::default() });
                self.closed.extend(retry_after.map(|seconds| self.now + Duration::from_secs(seconds)));
                if let Some((remaining, reset)) = quota {
                    self.spent = (remaining == 0).then_some(self.now + Duration::from_secs(reset));
                }
                self.ring();
            }
            Step::End { call } if !self.running.is_empty() => {
                let call = self.running.remove(call % self.running.len());
                self.queue.end(self.now, call);
                self.ring();
            }
            _ => {}
        }
    }

    /// Lets time pass, and wakes the first call at the times that it is told.
    fn pass(&mut self, end: Instant) {
        while let Some(until) = self.told.and_then(|wait| wait.until).filter(|until| *until <= end) {
            self.now = until;
            self.ring();
        }
        self.now = end;
        // Nothing has happened since then, so a call that could begin now would have missed its time.
        if let Some((ticket, tokens)) = self.waiting.first() {
            assert!(self.queue.try_begin(self.now, *ticket, *tokens).is_err(), "a call is not woken");
        }
    }

    /// Lets calls begin, as long as the first one may.
    fn ring(&mut self) {
        self.told = None;
        while let Some((ticket, tokens)) = self.waiting.first().copied() {
            match self.queue.try_begin(self.now, ticket, tokens) {
                Ok(call) => {
                    self.waiting.remove(0);
                    self.running.push(call);
                    self.begun.push((self.now, tokens));
                    assert!(self.last_ticket.is_none_or(|last| last < ticket), "the order is not kept");
                    self.last_ticket = Some(ticket);
                    self.check();
                }
                Err(wait) => {
                    assert!(wait.until.is_none_or(|until| until > self.now), "the time of the next try has passed");
                    self.told = Some(wait);
                    break;
                }
            }
        }
    }

    /// Checks the limits after a call has begun.
    fn check(&self) {
        let RateLimits { concurrency, requests_per_minute, tokens_per_minute } = self.settings;
        assert!(concurrency.is_none_or(|slots| self.running.len() <= slots), "too many calls at the same time");
        assert!(self.closed.iter().chain(&self.spent).all(|time| *time <= self.now), "a call begins before its time");
        let last_minute = || self.begun.iter().filter(|(at, _)| *at + Duration::from_secs(60) > self.now);
        assert!(requests_per_minute.is_none_or(|limit| last_minute().count() <= limit as usize), "too many calls");
        let tokens: u64 = last_minute().map(|(_, tokens)| tokens).sum();
        let fits = tokens_per_minute.is_none_or(|limit| tokens <= limit || last_minute().count() == 1);
        assert!(fits, "too many tokens");
    }
}

proptest! {
    #[test]
    fn calls_begin_in_order_within_all_limits_and_none_is_forgotten(
        settings in settings(),
        steps in vec(step(), 1..60),
    ) {
        let mut driven = Driven::new(settings);
        for step in steps {
            driven.take(step);
        }
        // All calls end and time passes: then nobody waits any more.
        for _ in 0..200 {
            driven.take(Step::End { call: 0 });
            driven.pass(driven.now + Duration::from_secs(60));
        }
        prop_assert!(driven.waiting.is_empty(), "{} calls wait for ever", driven.waiting.len());
    }
}

#[test]
fn an_answer_closes_a_provider_for_a_day_at_most() {
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let spent = Quota { limit: Some(4), remaining: Some(0), reset: Some(month) };
    let asked = Lessons { closed: Some((month, WaitReason::Overload)), ..Lessons::default() };
    let reported = [Lessons { requests: spent, ..Lessons::default() }, Lessons { tokens: spent, ..Lessons::default() }];
    for lessons in reported.into_iter().chain([asked]) {
        let mut queue = Queue::new(RateLimits::default());
        let now = Instant::now();
        let first = queue.enter(());
        let call = queue.try_begin(now, first, 1).unwrap();
        queue.answered(now, call, &lessons);
        queue.end(now, call);
        let next = queue.enter(());
        let until = queue.try_begin(now, next, 1).unwrap_err().until.unwrap();
        assert_eq!(until, now + LONGEST_CLOSURE);
        queue.try_begin(until, next, 1).unwrap();
    }
}

#[test]
fn a_busy_server_gets_fewer_calls_until_it_takes_all() {
    let mut queue = Queue::new(RateLimits::default());
    let now = Instant::now();
    let calls: Vec<CallId> = (0..3)
        .map(|_| {
            let ticket = queue.enter(());
            queue.try_begin(now, ticket, 1).unwrap()
        })
        .collect();
    let busy = Lessons { is_busy: true, ..Lessons::default() };
    for call in &calls[1..] {
        queue.answered(now, *call, &busy);
        queue.end(now, *call);
    }
    let next = queue.enter(());
    assert_eq!(queue.try_begin(now, next, 1), Err(Wait { reason: WaitReason::Slot, until: None }));
    queue.end(now, calls[0]);
    queue.try_begin(now, next, 1).unwrap();
}

#[test]
fn a_busy_server_gets_more_calls_again_after_some_time() {
    let mut queue = Queue::new(RateLimits::default());
    let mut now = Instant::now();
    let first = queue.enter(());
    queue.try_begin(now, first, 1).unwrap();
    let second = queue.enter(());
    let refused = queue.try_begin(now, second, 1).unwrap();
    queue.answered(now, refused, &Lessons { is_busy: true, ..Lessons::default() });
    queue.end(now, refused);
    let third = queue.enter(());
    queue.try_begin(now, third, 1).unwrap_err();
    now += SLOTS_KNOWN;
    queue.try_begin(now, third, 1).unwrap();
}
