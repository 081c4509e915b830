//! Laws of the queue, for random calls and answers on a clock that is handed in.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use tokio::time::Instant;

use super::gate::{CallId, SLOTS_KNOWN};
use super::lessons::{LONGEST_CLOSURE, Lessons, Quota};
use super::line::Ticket;
use super::queue::Queue;
use super::settings::RateLimits;
use super::wait::Wait;
use crate::chat::wait::WaitReason;

#[derive(Clone, Copy, Debug)]
enum Step {
    Enter { model: usize, run: usize, tokens: u64 },
    Leave { place: usize },
    Pass { seconds: u64 },
    Answer { call: usize, retry_after: Option<u64>, quota: Option<(u64, u64)> },
    End { call: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..2_usize, 0..4_usize, 1..400_u64).prop_map(|(model, run, tokens)| Step::Enter { model, run, tokens }),
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

/// A queue as the limiter drives it: calls try again when their bell rings, and at the time that they were told.
struct Driven {
    queue: Queue<u64>,
    settings: RateLimits,
    now: Instant,
    /// By the number of the ticket, which is the bell.
    waiting: BTreeMap<u64, WaitingCall>,
    running: Vec<(CallId, usize)>,
    begun: Vec<(Instant, u64)>,
    models: [Closures; 2],
}

struct WaitingCall {
    ticket: Ticket,
    model: usize,
    run: u64,
    told: Wait,
    /// The number of calls of each other run to the same model that have begun since then.
    overtaken: BTreeMap<u64, usize>,
}

/// What a model has reported.
#[derive(Default)]
struct Closures {
    /// The times of `Retry-After`.
    closed: Vec<Instant>,
    /// The time of the last report that the quota is spent.
    spent: Option<Instant>,
}

impl Driven {
    fn new(settings: RateLimits) -> Self {
        let (now, models) = (Instant::now(), Default::default());
        Self {
            queue: Queue::new(settings),
            settings,
            now,
            waiting: BTreeMap::new(),
            running: Vec::new(),
            begun: Vec::new(),
            models,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Enter { model, run, tokens } => {
                // The calls of the first run do not say it, so each counts as a run of its own.
                let name = format!("run-{run}");
                let name = Some(name.as_str()).filter(|_| run > 0);
                let ticket = self.queue.ticket(["a", "b"][model], name, tokens);
                let number = ticket.number;
                let run = if run > 0 { run as u64 } else { u64::MAX - number };
                self.queue.enter(&ticket, number);
                let call = WaitingCall { ticket, model, run, told: Wait::SLOT, overtaken: BTreeMap::new() };
                self.waiting.insert(number, call);
                self.try_begin(number);
            }
            Step::Leave { place } if !self.waiting.is_empty() => {
                let number = *self.waiting.keys().nth(place % self.waiting.len()).unwrap();
                let call = self.waiting.remove(&number).unwrap();
                self.queue.leave(&call.ticket);
                self.ring();
            }
            Step::Pass { seconds } => self.pass(self.now + Duration::from_secs(seconds)),
            Step::Answer { call, retry_after, quota } if !self.running.is_empty() => {
                let (call, model) = self.running[call % self.running.len()];
                let closed = retry_after.map(|seconds| (Duration::from_secs(seconds), WaitReason::Quota));
                let requests = quota.map_or(Quota::default(), |(remaining, reset)| {
                    let reset = Some(Duration::from_secs(reset));
                    Quota { limit: Some(4), remaining: Some(remaining), reset }
                });
                self.queue.answered(self.now, call, &Lessons { closed, requests, ..Lessons::default() });
                let model = &mut self.models[model];
                model.closed.extend(retry_after.map(|seconds| self.now + Duration::from_secs(seconds)));
                if let Some((remaining, reset)) = quota {
                    model.spent = (remaining == 0).then_some(self.now + Duration::from_secs(reset));
                }
                self.ring();
            }
            Step::End { call } if !self.running.is_empty() => {
                let (call, _) = self.running.remove(call % self.running.len());
                self.queue.end(self.now, call);
                self.ring();
            }
            _ => {}
        }
    }

    /// Lets time pass, and wakes calls at the times that they were told.
    fn pass(&mut self, end: Instant) {
        let next = |waiting: &BTreeMap<u64, WaitingCall>| {
            let times = waiting.iter().filter_map(|(number, call)| Some((call.told.until?, *number)));
            times.filter(|(until, _)| *until <= end).min()
        };
        while let Some((until, number)) = next(&self.waiting) {
            self.now = until;
            self.try_begin(number);
        }
        self.now = end;
        // Nothing has happened since then, so a call that could begin now would have missed its time.
        for call in self.waiting.values() {
            assert!(self.queue.try_begin(self.now, &call.ticket).is_err(), "a call is not woken");
        }
    }

    /// Wakes the first call for each model.
    fn ring(&mut self) {
        for number in self.queue.firsts().copied().collect::<Vec<_>>() {
            if self.waiting.contains_key(&number) {
                self.try_begin(number);
            }
        }
    }

    fn try_begin(&mut self, number: u64) {
        let call = self.waiting.get_mut(&number).unwrap();
        match self.queue.try_begin(self.now, &call.ticket) {
            Ok(begun) => {
                let call = self.waiting.remove(&number).unwrap();
                self.running.push((begun, call.model));
                self.begun.push((self.now, call.ticket.tokens));
                self.check_order(&call);
                self.check_limits(call.model);
                self.ring();
            }
            Err(wait) => {
                assert!(wait.until.is_none_or(|until| until > self.now), "the time of the next try has passed");
                call.told = wait;
            }
        }
    }

    /// Checks that a call that begins has overtaken no call of its run, and that no run overtakes another one twice.
    fn check_order(&mut self, begun: &WaitingCall) {
        let is_first_of_run = |call: &WaitingCall, waiting: &BTreeMap<u64, WaitingCall>| {
            !waiting.values().any(|other| {
                (other.model, other.run) == (call.model, call.run) && other.ticket.number < call.ticket.number
            })
        };
        assert!(is_first_of_run(begun, &self.waiting), "a call overtakes another one of its run");
        let firsts = self.waiting.iter().filter(|(_, call)| is_first_of_run(call, &self.waiting));
        let firsts: Vec<_> = firsts.map(|(number, _)| *number).collect();
        for number in firsts {
            let call = self.waiting.get_mut(&number).unwrap();
            if call.model == begun.model && call.run != begun.run {
                let times = call.overtaken.entry(begun.run).or_default();
                *times += 1;
                assert!(*times < 2, "a run overtakes another one twice");
            }
        }
    }

    /// Checks the limits after a call has begun.
    fn check_limits(&self, model: usize) {
        let RateLimits { concurrency, requests_per_minute, tokens_per_minute, .. } = self.settings;
        assert!(concurrency.is_none_or(|slots| self.running.len() <= slots), "too many calls at the same time");
        let Closures { closed, spent } = &self.models[model];
        assert!(closed.iter().chain(spent).all(|time| *time <= self.now), "a call begins before its time");
        let last_minute = || self.begun.iter().filter(|(at, _)| *at + Duration::from_secs(60) > self.now);
        assert!(requests_per_minute.is_none_or(|limit| last_minute().count() <= limit as usize), "too many calls");
        let tokens: u64 = last_minute().map(|(_, tokens)| tokens).sum();
        let fits = tokens_per_minute.is_none_or(|limit| tokens <= limit || last_minute().count() == 1);
        assert!(fits, "too many tokens");
    }
}

proptest! {
    #[test]
    fn runs_take_turns_within_all_limits_and_no_call_is_forgotten(
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

/// A call to a model, for a run of its own.
fn enter(queue: &mut Queue<()>) -> Ticket {
    let ticket = queue.ticket("a", None, 1);
    queue.enter(&ticket, ());
    ticket
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
        let first = enter(&mut queue);
        let call = queue.try_begin(now, &first).unwrap();
        queue.answered(now, call, &lessons);
        queue.end(now, call);
        let next = enter(&mut queue);
        let until = queue.try_begin(now, &next).unwrap_err().until.unwrap();
        assert_eq!(until, now + LONGEST_CLOSURE);
        queue.try_begin(until, &next).unwrap();
    }
}

#[test]
fn a_busy_server_gets_fewer_calls_until_it_takes_all() {
    let mut queue = Queue::new(RateLimits::default());
    let now = Instant::now();
    let calls: Vec<CallId> = (0..3)
        .map(|_| {
            let ticket = enter(&mut queue);
            queue.try_begin(now, &ticket).unwrap()
        })
        .collect();
    let busy = Lessons { is_busy: true, ..Lessons::default() };
    for call in &calls[1..] {
        queue.answered(now, *call, &busy);
        queue.end(now, *call);
    }
    let next = enter(&mut queue);
    assert_eq!(queue.try_begin(now, &next), Err(Wait::SLOT));
    queue.end(now, calls[0]);
    queue.try_begin(now, &next).unwrap();
}

#[test]
fn a_busy_server_gets_more_calls_again_after_some_time() {
    let mut queue = Queue::new(RateLimits::default());
    let mut now = Instant::now();
    let first = enter(&mut queue);
    queue.try_begin(now, &first).unwrap();
    let second = enter(&mut queue);
    let refused = queue.try_begin(now, &second).unwrap();
    queue.answered(now, refused, &Lessons { is_busy: true, ..Lessons::default() });
    queue.end(now, refused);
    let third = enter(&mut queue);
    queue.try_begin(now, &third).unwrap_err();
    now += SLOTS_KNOWN;
    queue.try_begin(now, &third).unwrap();
}
