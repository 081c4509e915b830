//! Councils of which each twentieth answer breaks off.

use council_llm::RateLimits;

use crate::councils::{council, on_a_fast_clock, run_all};
use crate::dialect::{Dialect, Say};
use crate::provider::{Outcome, Provider};
use crate::server::Reply;

/// A provider that breaks off each twentieth answer, in different ways.
async fn provider(dialect: Dialect) -> Provider {
    let mut calls = 0;
    Provider::new(dialect, move |_, whole| {
        calls += 1;
        if calls % 20 == 0 { (Outcome::Broken, broken(dialect, calls / 20)) } else { (Outcome::Answered, whole) }
    })
    .await
}

fn broken(dialect: Dialect, way: usize) -> Reply {
    let begun = dialect.events(&[Say::Start, Say::Text("# ")]);
    match way % 4 {
        0 => Reply::events(begun).then_cut(),
        1 => Reply::events(begun).until_close(),
        2 => Reply::events(begun + &dialect.events(&[Say::Error("overloaded_error")])),
        _ => Reply::events(begun + "data: {\"choices\": [\n\n"),
    }
}

/// Runs the councils, and returns the provider. Only the calls that broke are made again.
pub(crate) async fn check(dialect: Dialect, runs: usize) -> Provider {
    let provider = provider(dialect).await;
    run_all(&council(&provider, RateLimits::default()), runs).await;
    provider.check_answers(runs);
    let (broken, all) = (provider.count(Outcome::Broken), 3 * runs + provider.count(Outcome::Broken));
    assert_eq!((broken, provider.count(Outcome::Refused)), (all / 20, 0), "{}", provider.figures());
    provider
}

#[tokio::test]
async fn only_broken_calls_are_made_again() {
    for dialect in Dialect::BOTH {
        on_a_fast_clock(check(dialect, 100)).await;
    }
}
