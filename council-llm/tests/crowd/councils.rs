//! Councils that run at the same time.

use std::time::Duration;

use council_core::{Graph, Retry};
use council_llm::{Council, CouncilBuilder, Environment, ModelSpec, RateLimits, agent_retry};
use tokio::task::JoinSet;

use crate::clock::on_a_clock;
use crate::dialect::{Dialect, KEY};
use crate::provider::{DOCUMENT, Provider};

/// A council of three agents at `provider`, which share its limiter.
pub(crate) fn council(provider: &Provider, limits: RateLimits) -> Graph<Council> {
    council_with(provider, limits, agent_retry())
}

pub(crate) fn council_with(provider: &Provider, limits: RateLimits, retry: Retry) -> Graph<Council> {
    let environment = Environment::default().rate_limits(limits);
    let base_url = provider.base_url();
    let (environment, spec) = match provider.dialect {
        Dialect::Anthropic => (
            environment.anthropic_base_url(base_url).anthropic_api_key(KEY),
            ModelSpec::Anthropic("claude-test".to_owned()),
        ),
        _ => (environment.openai_base_url(base_url).openai_api_key(KEY), ModelSpec::OpenAi("gpt-test".to_owned())),
    };
    let model = || environment.model(&spec).unwrap();
    let council = CouncilBuilder::new(model()).critic_model(model()).writer_model(model());
    council.retry(retry).build().unwrap()
}

/// Runs councils on the topics `0`, `1`, ... Each has to complete. Returns the topics in the order in which they complete.
pub(crate) async fn run_all(graph: &Graph<Council>, runs: usize) -> Vec<usize> {
    let mut set = JoinSet::new();
    for topic in 0..runs {
        let run = graph.run(Council::new(topic.to_string())).id(format!("run-{topic}"));
        set.spawn(async move {
            let council = run.await.unwrap().into_state();
            assert_eq!(council.document.as_deref(), Some(DOCUMENT));
            topic
        });
    }
    let mut order = Vec::new();
    while let Some(topic) = set.join_next().await {
        order.push(topic.unwrap());
    }
    order
}

/// Runs a test on a clock that is a hundred times as fast as the real one. A test that takes an hour on it has failed.
pub(crate) async fn on_a_fast_clock<T>(test: impl Future<Output = T>) -> T {
    on_a_clock(Duration::from_millis(100), tokio::time::timeout(Duration::from_secs(3600), test)).await.unwrap()
}
