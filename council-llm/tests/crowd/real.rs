//! The same on the real clock and with more runs. These tests take more than a minute and print their figures.

use std::time::{Duration, Instant};

use council_llm::{RateLimits, agent_retry};

use crate::dialect::Dialect;
use crate::provider::{Outcome, refusal};
use crate::{breaks, outage, quota};

#[tokio::test]
#[ignore = "it takes a real minute"]
async fn forty_runs_keep_a_quota_of_a_real_minute() {
    let begin = Instant::now();
    let (reported, told) = tokio::join!(
        quota::check(Dialect::OpenAi, true, RateLimits::default()),
        quota::check(Dialect::Anthropic, false, RateLimits::default()),
    );
    assert_eq!((reported.0.count(Outcome::Refused), told.1), (0, 0));
    println!("40 runs, 60 calls a minute, told in headers: {}", reported.0.figures());
    println!("40 runs, 60 calls a minute, told by refusals: {}; in {} s", told.0.figures(), begin.elapsed().as_secs());
}

#[tokio::test]
#[ignore = "it takes a real minute"]
async fn forty_runs_outlive_an_outage_of_a_real_minute() {
    let begin = Instant::now();
    let retry = || agent_retry().longest(Duration::from_secs(10));
    let (openai, anthropic) = tokio::join!(
        outage::check(Dialect::OpenAi, retry(), |dialect| refusal(dialect, 503)),
        outage::check(Dialect::Anthropic, retry(), |dialect| refusal(dialect, 529)),
    );
    println!("40 runs, a minute without a provider: {}", openai.figures());
    println!("40 runs, a minute without a provider: {}; in {} s", anthropic.figures(), begin.elapsed().as_secs());
}

#[tokio::test]
#[ignore = "it takes ten seconds"]
async fn a_thousand_runs_with_broken_streams() {
    for dialect in Dialect::BOTH {
        let begin = Instant::now();
        let provider = breaks::check(dialect, 1000).await;
        println!("1000 runs, 5 % broken: {}; in {} s", provider.figures(), begin.elapsed().as_secs());
    }
}
