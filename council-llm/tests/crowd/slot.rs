//! Ten councils in front of a local server with one slot.

use std::sync::Arc;

use council_llm::RateLimits;
use serde_json::json;

use crate::councils::{council, on_a_fast_clock, run_all};
use crate::dialect::Dialect;
use crate::provider::{Outcome, Provider};
use crate::server::Reply;

const RUNS: usize = 10;

/// A server that refuses a call while another one is at work.
async fn provider() -> Provider {
    let slot = Arc::new(());
    Provider::new(Dialect::OpenAi, move |_, whole| {
        if Arc::strong_count(&slot) == 1 {
            return (Outcome::Answered, whole.holding(Arc::clone(&slot)));
        }
        let busy = json!({ "error": { "code": 503, "message": "no slot available", "type": "unavailable_error" } });
        (Outcome::Refused, Reply::json(503, &busy))
    })
    .await
}

#[tokio::test]
async fn ten_runs_use_a_slot_in_turn_and_complete_in_order() {
    on_a_fast_clock(async {
        let provider = provider().await;
        let order = run_all(&council(&provider, RateLimits::default().concurrency(1)), RUNS).await;
        assert!(order.is_sorted(), "{order:?}");
        provider.check_answers(RUNS);
        assert_eq!(provider.count(Outcome::Refused), 0);
    })
    .await;
}

#[tokio::test]
async fn ten_runs_with_a_limit_of_four_calls_learn_that_there_is_one_slot() {
    on_a_fast_clock(async {
        let provider = provider().await;
        run_all(&council(&provider, RateLimits::default().concurrency(4)), RUNS).await;
        provider.check_answers(RUNS);
        assert_eq!(provider.count(Outcome::Refused), 3, "each call beside the first one is refused once");
    })
    .await;
}

#[tokio::test]
async fn ten_runs_learn_that_there_is_one_slot_and_complete_in_order() {
    on_a_fast_clock(async {
        let provider = provider().await;
        let order = run_all(&council(&provider, RateLimits::default()), RUNS).await;
        assert!(order.is_sorted(), "{order:?}");
        provider.check_answers(RUNS);
        assert_eq!(provider.count(Outcome::Refused), RUNS - 1, "each other run is refused once");
    })
    .await;
}
