//! `Limiter` and `RateLimited`: quotas, slots, and the order of calls. Time is paused.
#![expect(clippy::unwrap_used, reason = "the helpers of a test are a test, too")]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use council_llm::{
    ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, CustomError, End, Limiter, RateLimited, RateLimits,
    Retried, RetryPolicy, ScriptedAnswer, ScriptedModel, WaitReason,
};
use futures_util::{StreamExt, stream};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A provider that takes a number of calls in any minute and refuses the others with the time to wait. An answer takes a while.
#[derive(Clone)]
struct Provider {
    per_minute: usize,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    taken: VecDeque<Instant>,
    refused: usize,
    closed: Option<Instant>,
    too_early: usize,
    order: Vec<String>,
    at_work: usize,
    most_at_work: usize,
}

impl Provider {
    fn new(per_minute: usize) -> Self {
        Self { per_minute, seen: Arc::default() }
    }
}

#[async_trait]
impl ChatModel for Provider {
    fn name(&self) -> &'static str {
        "provider"
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        let now = Instant::now();
        {
            let mut seen = self.seen.lock().unwrap();
            seen.too_early += usize::from(seen.closed.is_some_and(|closed| now < closed));
            while seen.taken.front().is_some_and(|taken| *taken + MINUTE <= now) {
                seen.taken.pop_front();
            }
            if seen.taken.len() >= self.per_minute {
                let free = seen.taken[0] + MINUTE;
                (seen.refused, seen.closed) = (seen.refused + 1, Some(free));
                return Err(ChatError::status("provider", 429, "slow down", free - now));
            }
            seen.taken.push_back(now);
            seen.order.push(request.messages[0].content.clone());
            seen.at_work += 1;
            seen.most_at_work = seen.most_at_work.max(seen.at_work);
        }
        let seen = Arc::clone(&self.seen);
        let answer = stream::once(async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            seen.lock().unwrap().at_work -= 1;
            Ok(ChatEvent::Delta("Yes.".into()))
        });
        Ok(answer.chain(stream::iter([Ok(ChatEvent::Done(End::new("stop")))])).boxed())
    }
}

/// Lets `tasks` tasks make `calls` calls each, and returns the number of answers.
async fn run(model: impl ChatModel, tasks: usize, calls: usize) -> usize {
    let (model, answers) = (Arc::new(model), Arc::<AtomicUsize>::default());
    let mut set = JoinSet::new();
    for task in 0..tasks {
        let (model, answers) = (Arc::clone(&model), Arc::clone(&answers));
        set.spawn(async move {
            for _ in 0..calls {
                let reply = model.complete(ChatRequest::user(task.to_string())).await.unwrap();
                assert_eq!(reply.text, "Yes.");
                answers.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    while let Some(task) = set.join_next().await {
        task.unwrap();
    }
    answers.load(Ordering::Relaxed)
}

/// The next event of an answer.
async fn next(items: &mut ChatStream) -> ChatEvent {
    items.next().await.unwrap().unwrap()
}

fn delta(text: &str) -> ChatEvent {
    ChatEvent::Delta(text.into())
}

#[tokio::test(start_paused = true)]
async fn forty_tasks_share_a_quota_of_sixty_calls_a_minute_that_is_set() {
    let provider = Provider::new(60);
    let limiter = Limiter::new(RateLimits::default().requests_per_minute(60));
    let answers = run(RateLimited::new(provider.clone(), &limiter), 40, 6).await;
    let seen = provider.seen.lock().unwrap();
    assert_eq!((answers, seen.refused, seen.too_early), (240, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn forty_tasks_learn_a_quota_and_nobody_calls_before_its_time() {
    let provider = Provider::new(60);
    let limited = RateLimited::new(provider.clone(), &Limiter::default());
    let policy = RetryPolicy::default().attempts(u32::MAX).total(Duration::from_secs(86_400));
    let answers = run(Retried::new(limited).policy(policy), 40, 6).await;
    let seen = provider.seen.lock().unwrap();
    assert_eq!((answers, seen.too_early), (240, 0));
}

/// A provider that refuses all calls in its first minute, and names no time.
struct Closed {
    since: Instant,
    refused: Arc<AtomicUsize>,
}

#[async_trait]
impl ChatModel for Closed {
    fn name(&self) -> &'static str {
        "closed"
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ChatError> {
        if self.since.elapsed() < MINUTE {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return Err(ChatError::status("closed", 429, "slow down", None));
        }
        ScriptedModel::new("open", ["Yes."]).stream(request).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_a_time_pauses_all_calls_for_longer_each_time() {
    let refused = Arc::<AtomicUsize>::default();
    let closed = Closed { since: Instant::now(), refused: Arc::clone(&refused) };
    let policy = RetryPolicy::default().attempts(u32::MAX).total(Duration::from_secs(86_400));
    let model = Retried::new(RateLimited::new(closed, &Limiter::default())).policy(policy);
    assert_eq!(run(model, 40, 6).await, 240);
    // The first call, and one after each of the pauses of 1, 2, 4, 8 and 16 seconds. The pause of 32 seconds ends after the minute.
    assert_eq!(refused.load(Ordering::Relaxed), 6);
}

#[tokio::test(start_paused = true)]
async fn ten_calls_use_one_slot_in_their_order() {
    let provider = Provider::new(usize::MAX);
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let answers = run(RateLimited::new(provider.clone(), &limiter), 10, 1).await;
    let seen = provider.seen.lock().unwrap();
    let expected: Vec<String> = (0..10).map(|task| task.to_string()).collect();
    assert_eq!((answers, seen.most_at_work), (10, 1));
    assert_eq!(seen.order, expected);
}

#[tokio::test(start_paused = true)]
async fn a_run_with_a_hundred_calls_holds_no_other_run_back() {
    let provider = Provider::new(usize::MAX);
    let model = Arc::new(RateLimited::new(provider.clone(), &Limiter::new(RateLimits::default().concurrency(1))));
    let runs = std::iter::repeat_n("big", 100).chain(["small", "small", "other"]);
    let mut set = JoinSet::new();
    for run in runs {
        let model = Arc::clone(&model);
        set.spawn(async move { model.complete(ChatRequest::user(run).run(run)).await.unwrap() });
    }
    set.join_all().await;
    let order = &provider.seen.lock().unwrap().order;
    assert_eq!(order[..8], ["big", "big", "small", "other", "big", "small", "big", "big"]);
}

#[tokio::test]
async fn a_dropped_stream_gives_its_place_and_its_slot_back() {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let model = RateLimited::new(ScriptedModel::new("scripted", ["One.", "Two."]), &limiter);
    let call = async || model.stream(ChatRequest::user("Count.")).await.unwrap();
    let waiting = ChatEvent::waiting(WaitReason::Slot, None);

    let first = call().await;
    let (mut second, mut third) = (call().await, call().await);
    assert_eq!(next(&mut second).await, waiting);
    assert_eq!(next(&mut third).await, waiting);
    drop(second);
    drop(first);
    assert_eq!([next(&mut third).await, next(&mut third).await], [ChatEvent::Sent, delta("Two.")]);
}

#[tokio::test]
async fn a_slot_is_free_when_the_answer_has_ended() {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let model = RateLimited::new(ScriptedModel::new("scripted", ["One.", "Two."]), &limiter);
    let mut first = model.stream(ChatRequest::user("Count.")).await.unwrap();
    while first.next().await.is_some() {}
    let mut second = model.stream(ChatRequest::user("Count.")).await.unwrap();
    assert_eq!(next(&mut second).await, delta("Two."));
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_told_with_its_reason_and_its_time() {
    let limiter = Limiter::new(RateLimits::default().requests_per_minute(1));
    let model = RateLimited::new(ScriptedModel::new("scripted", ["One.", "Two."]), &limiter);
    model.complete(ChatRequest::user("Count.")).await.unwrap();
    let mut second = model.stream(ChatRequest::user("Count.")).await.unwrap();
    let event = next(&mut second).await;
    assert!(matches!(event, ChatEvent::Waiting { reason: WaitReason::Quota, until: Some(_), .. }), "{event:?}");
    assert_eq!([next(&mut second).await, next(&mut second).await], [ChatEvent::Sent, delta("Two.")]);
}

#[tokio::test(start_paused = true)]
async fn a_provider_closes_itself_for_a_day_at_most_and_the_wait_can_be_left() {
    for seconds in [86_400 * 365 * 100, i64::MAX.unsigned_abs() - 1_000_000_000, u64::MAX] {
        let refused = ScriptedAnswer::error(move || ChatError::status("p", 429, "no", Duration::from_secs(seconds)));
        let scripted = ScriptedModel::new("scripted", [refused, "One.".into()]);
        let model = RateLimited::new(scripted, &Limiter::default());
        model.complete(ChatRequest::user("Count.")).await.unwrap_err();
        let mut items = model.stream(ChatRequest::user("Count.")).await.unwrap();
        let event = next(&mut items).await;
        assert!(matches!(event, ChatEvent::Waiting { until: Some(_), .. }), "{event:?}");
        tokio::time::timeout(MINUTE, items.next()).await.unwrap_err();
        assert_eq!(tokio::time::timeout(DAY, next(&mut items)).await.unwrap(), ChatEvent::Sent);
        assert_eq!(next(&mut items).await, delta("One."));
    }
}

#[tokio::test(start_paused = true)]
async fn a_limiter_remembers_a_thousand_closed_models() {
    let limiter = Limiter::default();
    let call = async |number: u64| {
        let wait = MINUTE + Duration::from_secs(number);
        let refused = ScriptedAnswer::error(move || ChatError::status("p", 429, "no", wait));
        let model = RateLimited::new(ScriptedModel::new(&number.to_string(), [refused]), &limiter);
        let mut items = model.stream(ChatRequest::user("Count.")).await?;
        items.next().await.unwrap()
    };
    for number in 0..1_500 {
        call(number).await.unwrap_err();
    }
    let event = call(1_499).await.unwrap();
    assert!(matches!(event, ChatEvent::Waiting { .. }), "{event:?}");
    call(0).await.expect_err("the model that is closed for the shortest time is forgotten");
}

#[tokio::test(start_paused = true)]
async fn a_retry_shows_a_wait_at_once_and_does_not_count_it() {
    let limiter = Limiter::new(RateLimits::default().concurrency(1));
    let broken = ScriptedAnswer::error(|| ChatError::Truncated);
    let scripted = ScriptedModel::new("scripted", ["One.".into(), broken, "Two.".into()]);
    let policy = RetryPolicy::default().total(MINUTE);
    let model = Retried::new(RateLimited::new(scripted, &limiter)).policy(policy);
    let first = model.stream(ChatRequest::user("Count.")).await.unwrap();
    let mut second = model.stream(ChatRequest::user("Go on.")).await.unwrap();
    assert_eq!(next(&mut second).await, ChatEvent::waiting(WaitReason::Slot, None));
    let working = async {
        tokio::time::sleep(10 * MINUTE).await;
        drop(first);
    };
    let ((), event) = tokio::join!(working, next(&mut second));
    assert_eq!([event, next(&mut second).await], [ChatEvent::Sent, delta("Two.")]);
}

#[tokio::test(start_paused = true)]
async fn the_time_that_an_error_of_your_own_asks_for_is_kept() {
    let full = ScriptedAnswer::error(|| CustomError::new("the queue is full").retry_after(MINUTE).into());
    let model = RateLimited::new(ScriptedModel::new("scripted", [full, "One.".into()]), &Limiter::default());
    model.complete(ChatRequest::user("Count.")).await.unwrap_err();
    let begin = Instant::now();
    let mut second = model.stream(ChatRequest::user("Count.")).await.unwrap();
    let event = next(&mut second).await;
    assert!(matches!(event, ChatEvent::Waiting { reason: WaitReason::Quota, until: Some(_), .. }), "{event:?}");
    assert_eq!([next(&mut second).await, next(&mut second).await], [ChatEvent::Sent, delta("One.")]);
    assert!(begin.elapsed() >= MINUTE);
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
