//! Forty councils whose provider is away for a minute.

use std::time::Duration;

use council_core::Retry;
use council_llm::{RateLimits, agent_retry};
use tokio::time::Instant;

use crate::councils::{council_with, on_a_fast_clock, run_all};
use crate::dialect::{Dialect, Say};
use crate::provider::{Outcome, Provider, refusal};
use crate::server::Reply;

const RUNS: usize = 40;

/// Two seconds after the first call, the provider goes away for a minute. It breaks off the answers that it has not finished.
async fn provider(dialect: Dialect, refused: fn(Dialect) -> Reply) -> Provider {
    let mut begin = None;
    Provider::new(dialect, move |now, whole| {
        let begin: Instant = *begin.get_or_insert(now);
        let (away, back) = (begin + Duration::from_secs(2), begin + Duration::from_secs(62));
        if now < away && away <= now + Duration::from_secs(1) {
            let said = Reply::events(dialect.events(&[Say::Start, Say::Text("# ")]));
            return (Outcome::Broken, said.then_cut().after(away - now));
        }
        if away <= now && now < back {
            return (Outcome::Refused, refused(dialect));
        }
        (Outcome::Answered, whole)
    })
    .await
}

/// Runs the councils, and returns the provider.
pub(crate) async fn check(dialect: Dialect, retry: Retry, refused: fn(Dialect) -> Reply) -> Provider {
    let provider = provider(dialect, refused).await;
    run_all(&council_with(&provider, RateLimits::default(), retry), RUNS).await;
    provider.check_answers(RUNS);
    assert!(provider.count(Outcome::Refused) > 0 && provider.count(Outcome::Broken) <= RUNS, "{}", provider.figures());
    provider
}

/// Runs the councils with both dialects.
async fn check_both(refused: fn(Dialect) -> Reply) {
    let [anthropic, openai] = Dialect::BOTH.map(|dialect| check(dialect, agent_retry(), refused));
    on_a_fast_clock(async { tokio::join!(anthropic, openai) }).await;
}

#[tokio::test]
async fn forty_runs_outlive_a_provider_that_hangs_up() {
    check_both(|_| Reply::hang_up()).await;
}

#[tokio::test]
async fn forty_runs_outlive_a_provider_that_is_unavailable() {
    check_both(|dialect| refusal(dialect, 503)).await;
}

#[tokio::test]
async fn forty_runs_outlive_a_provider_that_asks_to_wait() {
    check_both(|dialect| refusal(dialect, 529).header("retry-after", "5")).await;
}
