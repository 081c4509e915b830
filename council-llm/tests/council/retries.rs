//! Models that fail and are called again: the council completes.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use council_core::{async_trait, error_chain};
use council_llm::{
    ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, Council, CouncilBuilder, Limiter, RateLimited,
    RateLimits, ScriptedAnswer, ScriptedModel, WaitReason,
};
use expect_test::expect;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use crate::picture::{exact, role, watched};

const ANSWERS: [&str; 5] = ["Draft one.", "SCORE: 5\nFEEDBACK: More.", "Draft two.", "SCORE: 9", "The document."];

#[tokio::test(start_paused = true)]
async fn a_failed_call_is_made_again_from_its_beginning_and_the_others_are_not() {
    let broken = ScriptedAnswer::from("Draft t").then_error(|| ChatError::Truncated);
    let overloaded = ScriptedAnswer::error(|| ChatError::status("anthropic", 529, "Overloaded", None));
    let [one, five, two, nine, document] = ANSWERS.map(ScriptedAnswer::from);
    let model = ScriptedModel::new("claude", [one, five, broken, overloaded, " ".into(), two, nine, document]);
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let (events, ended) = watched(graph.run(Council::new("Rust"))).await;
    expect![[r#"
        superstep 1: master_agent #1 completed
        superstep 2: critic_agent #1 completed
        superstep 3: master_agent #2 failed, tried again in 500ms: the answer of model `claude` broke off after 7 characters: the answer was cut off before the model had finished it
        superstep 3: master_agent #2 (attempt 2) failed, tried again in 1s: model `claude` gave no answer: anthropic answered HTTP 529: Overloaded
        superstep 3: master_agent #2 (attempt 3) failed, tried again in 2s: model `claude` gave an empty answer
        superstep 3: master_agent #2 (attempt 4) completed
        superstep 4: critic_agent #2 completed
        superstep 5: writer_agent #1 completed
        finished after 5 supersteps
    "#]].assert_eq(&events);
    let council = ended.unwrap().into_state();
    assert_eq!((council.document.as_deref(), council.calls.len()), (Some("The document."), 7));
    let roles = model.requests().iter().map(role).collect::<Vec<_>>();
    assert_eq!(
        roles,
        ["Master AI", "Critic AI", "Master AI", "Master AI", "Master AI", "Master AI", "Critic AI", "Writer AI"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_council_completes_whichever_call_fails_and_however_it_fails_in_passing() {
    let failures: [fn() -> ChatError; 7] = [
        || ChatError::Truncated,
        || ChatError::connection("openai", "gpu:1", io::Error::other("reset")),
        || ChatError::timeout("openai", "wrote nothing", Duration::from_secs(300)),
        || ChatError::malformed("openai", "the JSON contains no answer"),
        || ChatError::status("openai", 503, "busy", None),
        || ChatError::status("openai", 429, "slow down", Duration::from_secs(3600)),
        || ChatError::in_stream("openai", "overloaded_error", "too many calls"),
    ];
    for place in 0..ANSWERS.len() {
        for failure in failures {
            let mut answers = ANSWERS.map(ScriptedAnswer::from).to_vec();
            answers.insert(place, ScriptedAnswer::from("Part").then_error(failure));
            let model = ScriptedModel::new("gpt", answers);
            let began = Instant::now();
            let council = CouncilBuilder::new(model).retry(exact()).build().unwrap().run(Council::new("Rust")).await;
            let council = council.unwrap().into_state();
            assert_eq!(council.document.as_deref(), Some("The document."), "call {place}: {}", failure());
            let pause = failure().retry_after().unwrap_or_default() + Duration::from_millis(500);
            assert_eq!(began.elapsed(), pause, "call {place}: {}", failure());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_absent_model_is_called_for_a_day() {
    let away = ScriptedAnswer::error(|| ChatError::connection("openai", "gpu:1", io::Error::other("refused")));
    let model = ScriptedModel::new("gpt", [away]).repeating();
    let began = Instant::now();
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    assert_eq!(
        error.failure().cause(),
        "model `gpt` gave no answer (the agent's patience of 24 h is over: start again, or retry a stored run, or raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint): the connection to openai at gpu:1 failed: refused"
    );
    assert_eq!(began.elapsed(), Duration::from_secs(24 * 3600));
    // A minute apart, but for the first pauses and the last.
    assert_eq!(model.requests().len(), 1_447);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_to_wait_for_a_day_or_longer_is_called_again_after_a_day() {
    let day = Duration::from_secs(24 * 3600);
    for asked in [day, 30 * day] {
        let refused = ScriptedAnswer::error(move || ChatError::status("openai", 429, "slow down", asked));
        let answers = [refused].into_iter().chain(ANSWERS.map(ScriptedAnswer::from));
        let model = RateLimited::new(ScriptedModel::new("gpt", answers), &Limiter::default());
        let began = Instant::now();
        let council = CouncilBuilder::new(model).build().unwrap().run(Council::new("Rust")).await.unwrap().into_state();
        assert_eq!((council.document.as_deref(), began.elapsed()), (Some("The document."), day));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_used_is_asked_for_five_times() {
    let model = ScriptedModel::new("gpt", [" "]).repeating();
    let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
    let error = graph.run(Council::new("Rust")).id("r").await.unwrap_err();
    let expected = "run `r`: node `master_agent` failed in superstep 1, attempt 5: model `gpt` gave an empty answer \
                    (asked 5 times: start again, or retry a stored run, or choose another model for the agent)";
    assert_eq!(error_chain(&error), expected);
    assert_eq!(model.requests().len(), 5);
}

/// A model that thinks for longer than its limit is likely to do so again, and each call may be charged.
#[tokio::test(start_paused = true)]
async fn a_call_that_timed_out_is_repeated_once_and_counts_as_three_paid_answers() {
    let late = |what: &'static str| {
        ScriptedAnswer::error(move || ChatError::timeout("openai", what, Duration::from_secs(600)).paid())
    };
    let (broken, no_first_token) = (|| ScriptedAnswer::error(|| ChatError::Truncated), "sent no first token");
    let stalled = || late("sent no further token");
    for (answers, calls) in [
        (vec![late(no_first_token), late(no_first_token)], 2),
        (vec![late("did not finish"), late(no_first_token)], 2),
        (vec![broken(), late(no_first_token), broken()], 3),
        (vec![stalled(), stalled(), stalled(), stalled(), stalled()], 5),
    ] {
        let answers = answers.into_iter().chain(ANSWERS.map(ScriptedAnswer::from));
        let model = ScriptedModel::new("gpt", answers);
        let graph = CouncilBuilder::new(model.clone()).retry(exact()).build().unwrap();
        graph.run(Council::new("Rust")).await.unwrap_err();
        assert_eq!(model.requests().len(), calls);
    }
    let model = ScriptedModel::new("gpt", [late(no_first_token)].into_iter().chain(ANSWERS.map(ScriptedAnswer::from)));
    let council = CouncilBuilder::new(model).retry(exact()).build().unwrap().run(Council::new("Rust")).await.unwrap();
    assert_eq!(council.into_state().document.as_deref(), Some("The document."));
}

#[tokio::test]
async fn a_refused_key_and_a_bad_request_fail_at_once() {
    for status in [400, 401, 402, 403, 404, 413, 422] {
        let refused = ScriptedAnswer::error(move || ChatError::status("openai", status, "no", None));
        let model = ScriptedModel::new("gpt", [refused]).repeating();
        let graph = CouncilBuilder::new(model.clone()).build().unwrap();
        graph.run(Council::new("Rust")).await.unwrap_err();
        assert_eq!(model.requests().len(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_cost_nothing_does_not_count_as_an_answer_that_was_paid_for() {
    let away = || ScriptedAnswer::error(|| ChatError::connection("openai", "gpu:1", io::Error::other("refused")));
    let broken = || {
        ScriptedAnswer::from("Part").then_error(|| ChatError::connection("openai", "gpu:1", io::Error::other("reset")))
    };
    let answers = (0..9).map(|_| away()).chain((0..4).map(|_| broken())).chain(ANSWERS.map(ScriptedAnswer::from));
    let model = ScriptedModel::new("gpt", answers);
    let council = CouncilBuilder::new(model).retry(exact()).build().unwrap().run(Council::new("Rust")).await;
    assert_eq!(council.unwrap().into_state().document.as_deref(), Some("The document."));

    let model = ScriptedModel::new("gpt", (0..5).map(|_| broken()).chain(ANSWERS.map(ScriptedAnswer::from)));
    let graph = CouncilBuilder::new(model).retry(exact()).build().unwrap();
    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    let council = graph.resume(error.into_position()).await.unwrap().into_state();
    assert_eq!(council.document.as_deref(), Some("The document."));
}

/// A model that has to wait at first, and answers afterwards.
struct Waits(ScriptedModel, AtomicBool);

#[async_trait]
impl ChatModel for Waits {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        if self.1.swap(false, Ordering::Relaxed) {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
            let until = u64::try_from(now).unwrap() + 3_600_000;
            return Ok(stream::iter([Ok(ChatEvent::waiting(WaitReason::Quota, until))])
                .chain(stream::pending())
                .boxed());
        }
        self.0.stream(request).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_to_wait_for_long_is_a_retry_of_the_run() {
    let model = Waits(ScriptedModel::new("gpt", ANSWERS), AtomicBool::new(true));
    let began = Instant::now();
    let (events, ended) =
        watched(CouncilBuilder::new(model).retry(exact()).build().unwrap().run(Council::new("Rust"))).await;
    assert!(ended.unwrap().is_finished());
    let first = events.lines().next().unwrap();
    assert!(first.starts_with("superstep 1: master_agent #1 failed, tried again in 360"), "{first}");
    assert!(first.ends_with("a call of model `gpt` waits for the quota, as its provider has asked"), "{first}");
    assert!(began.elapsed() > Duration::from_secs(3_590));
}

/// A provider that asks for a longer wait than the patience allows ends the run at once, and says why. So does the pause that another run
/// has learnt from the provider.
#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_patience_is_told_to_every_run() {
    let spent =
        ScriptedAnswer::error(|| ChatError::status("openai", 429, "the quota is spent", Duration::from_secs(10_800)));
    let told = |model: ScriptedModel, patience: u64| {
        let limiter = Limiter::default();
        async move {
            let mut told = String::new();
            for _ in 0..2 {
                let retry = exact().total(Duration::from_secs(patience));
                let model = RateLimited::new(model.clone(), &limiter);
                let graph = CouncilBuilder::new(model).retry(retry).build().unwrap();
                let began = Instant::now();
                let error = graph.run(Council::new("Rust")).await.unwrap_err();
                assert_eq!(began.elapsed(), Duration::ZERO);
                told += &format!("{}\n", error.failure().cause());
            }
            told
        }
    };
    let hour = told(ScriptedModel::new("gpt", [spent]).repeating(), 3_600).await;
    let busy = ScriptedAnswer::error(|| ChatError::status("openai", 503, "busy", Duration::from_secs(60)));
    let seconds = told(ScriptedModel::new("gpt", [busy]).repeating(), 30).await;
    expect![[r#"
        model `gpt` gave no answer (the next call can be made in 3 h, and the agent's patience is 1 h: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run): openai answered HTTP 429: the quota is spent
        a call of model `gpt` waits for the quota, as its provider has asked (the next call can be made in 3 h, and the agent's patience is 1 h: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run)
        model `gpt` gave no answer (the next call can be made in 1 min, and the agent's patience is 30 s: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run): openai answered HTTP 503: busy
        a call of model `gpt` waits for an overloaded provider, as its provider has asked (the next call can be made in 1 min, and the agent's patience is 30 s: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run)
    "#]].assert_eq(&format!("{hour}{seconds}"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_rest_of_the_patience_says_how_much_is_over() {
    let spent =
        ScriptedAnswer::error(|| ChatError::status("openai", 429, "the quota is spent", Duration::from_secs(2_400)));
    let model = ScriptedModel::new("gpt", [spent]).repeating();
    let retry = exact().total(Duration::from_secs(5_400));
    let graph = CouncilBuilder::new(model.clone()).retry(retry).build().unwrap();
    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    assert_eq!(model.requests().len(), 3);
    expect!["model `gpt` gave no answer (the next call can be made in 40 min, but 1 h 20 min of the agent's patience of 1 h 30 min have passed: raise `agent_retry().total(..)` (`--model-patience` at the command line), or the `patience` of the agent in its blueprint, then start again, or retry a stored run): openai answered HTTP 429: the quota is spent"].assert_eq(&error.failure().cause());
}

/// The operator's own limit fails no run: the provider has asked for nothing.
#[tokio::test(start_paused = true)]
async fn the_quota_of_a_minute_is_waited_for_whatever_the_patience_is() {
    for patience in [Duration::ZERO, Duration::from_secs(30)] {
        let limiter = Limiter::new(RateLimits::default().requests_per_minute(1));
        let model = RateLimited::new(ScriptedModel::new("gpt", ANSWERS), &limiter);
        let graph = CouncilBuilder::new(model).retry(exact().total(patience)).build().unwrap();
        let began = Instant::now();
        let council = graph.run(Council::new("Rust")).await.unwrap().into_state();
        assert_eq!(council.document.as_deref(), Some("The document."));
        assert!(began.elapsed() > Duration::from_secs(230), "{:?}", began.elapsed());
    }
}
