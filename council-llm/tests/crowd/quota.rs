//! Forty councils and a quota of sixty calls a minute.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use council_llm::RateLimits;
use tokio::time::Instant;

use crate::councils::{council, on_a_fast_clock, run_all};
use crate::dialect::Dialect;
use crate::provider::{Outcome, Provider, refusal};
use crate::server::Reply;

const RUNS: usize = 40;
const PER_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// The calls that a provider has taken in the last minute.
#[derive(Default)]
struct Quota {
    taken: VecDeque<Instant>,
    /// The time of the last refusal, and the time to which it told the client to wait.
    closed: Option<(Instant, Instant)>,
    /// The number of calls that came before the time that they knew.
    too_early: usize,
}

impl Quota {
    /// Takes a call, or returns the time to wait.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        // A call that is on its way when the provider refuses another one does not know yet that it is too early.
        let is_too_early = |(told, until): (Instant, Instant)| told + ON_ITS_WAY < now && now < until;
        self.too_early += usize::from(self.closed.is_some_and(is_too_early));
        while self.taken.front().is_some_and(|taken| *taken + MINUTE <= now) {
            self.taken.pop_front();
        }
        if self.taken.len() < PER_MINUTE {
            self.taken.push_back(now);
            return Ok(());
        }
        // Whole seconds, as `Retry-After` has them.
        let wait = Duration::from_secs((self.taken[0] + MINUTE - now).as_secs() + 1);
        self.closed.get_or_insert((now, now));
        self.closed =
            self.closed.map(|(told, until)| if until < now + wait { (now, now + wait) } else { (told, until) });
        Err(wait)
    }

    /// The time until all calls are free again.
    fn reset(&self, now: Instant) -> Duration {
        self.taken.back().map_or(Duration::ZERO, |last| *last + MINUTE - now)
    }
}

/// Adds the headers about the quota.
fn reported(dialect: Dialect, reply: Reply, quota: &Quota, now: Instant) -> Reply {
    let remaining = (PER_MINUTE - quota.taken.len()).to_string();
    let seconds = quota.reset(now).as_secs() + 1;
    match dialect {
        Dialect::Anthropic => reply
            .header("date", "Tue, 14 Nov 2023 22:10:00 GMT")
            .header("anthropic-ratelimit-requests-limit", &PER_MINUTE.to_string())
            .header("anthropic-ratelimit-requests-remaining", &remaining)
            .header(
                "anthropic-ratelimit-requests-reset",
                &format!("2023-11-14T22:{:02}:{:02}Z", 10 + seconds / 60, seconds % 60),
            ),
        _ => reply
            .header("x-ratelimit-limit-requests", &PER_MINUTE.to_string())
            .header("x-ratelimit-remaining-requests", &remaining)
            .header("x-ratelimit-reset-requests", &format!("{seconds}s")),
    }
}

/// A provider that keeps the quota, and reports it in headers if it `reports`. It refuses calls beyond it and says how long to wait.
async fn provider(dialect: Dialect, reports: bool) -> (Provider, Arc<Mutex<Quota>>) {
    let quota = Arc::<Mutex<Quota>>::default();
    let kept = Arc::clone(&quota);
    let provider = Provider::new(dialect, move |now, whole| {
        let mut quota = kept.lock().unwrap();
        match quota.take(now) {
            Ok(()) if reports => (Outcome::Answered, reported(dialect, whole, &quota, now)),
            Ok(()) => (Outcome::Answered, whole),
            Err(wait) => {
                let seconds = wait.as_secs().to_string();
                (Outcome::Refused, refusal(dialect, 429).header("retry-after", &seconds))
            }
        }
    })
    .await;
    (provider, quota)
}

/// Runs the councils, and returns the provider and the number of calls before their time.
pub(crate) async fn check(dialect: Dialect, reports: bool, limits: RateLimits) -> (Provider, usize) {
    let (provider, quota) = provider(dialect, reports).await;
    run_all(&council(&provider, limits), RUNS).await;
    provider.check_answers(RUNS);
    let too_early = quota.lock().unwrap().too_early;
    (provider, too_early)
}

/// Runs the councils with both dialects.
async fn check_both(reports: bool, limits: RateLimits) -> [(Provider, usize); 2] {
    let [anthropic, openai] = Dialect::BOTH.map(|dialect| check(dialect, reports, limits));
    on_a_fast_clock(async { tokio::join!(anthropic, openai) }).await.into()
}

#[tokio::test]
async fn no_call_is_refused_if_the_provider_reports_its_quota() {
    for (provider, _) in check_both(true, RateLimits::default()).await {
        assert_eq!(provider.count(Outcome::Refused), 0, "{}", provider.figures());
    }
}

#[tokio::test]
async fn no_call_comes_before_the_time_of_a_refusal() {
    for (provider, too_early) in check_both(false, RateLimits::default()).await {
        assert!(provider.count(Outcome::Refused) > 0, "{}", provider.figures());
        assert_eq!(too_early, 0, "{}", provider.figures());
    }
}

#[tokio::test]
async fn no_call_is_refused_if_the_quota_is_set() {
    for (provider, _) in check_both(false, RateLimits::default().requests_per_minute(60)).await {
        assert_eq!(provider.count(Outcome::Refused), 0, "{}", provider.figures());
    }
}

/// The longest time between the refusal of a call and the last call that was sent before it was known.
const ON_ITS_WAY: Duration = Duration::from_secs(1);
