//! `Retried`: repeated calls, their delays, and calls that are given up. Time is paused.
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "helpers of tests may panic")]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use council_llm::{ChatError, ChatEvent, ChatModel, ChatRequest, ChatStream, End, Retried, RetryPolicy};
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

/// A scripted call of the fake model.
enum Call {
    /// Fails at once.
    Refused(ChatError),
    /// Begins, and yields these items.
    Begun(Vec<Result<ChatEvent, ChatError>>),
}

use Call::{Begun, Refused};

/// A model that follows its script, and notes the time of each call.
struct Fake {
    script: Mutex<VecDeque<Call>>,
    calls: Arc<Mutex<Vec<Instant>>>,
}

#[async_trait]
impl ChatModel for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    async fn stream(&self, _: ChatRequest) -> Result<ChatStream, ChatError> {
        self.calls.lock().unwrap().push(Instant::now());
        match self.script.lock().unwrap().pop_front().unwrap_or(Refused(status(503, None))) {
            Refused(error) => Err(error),
            Begun(items) => Ok(stream::iter(items).boxed()),
        }
    }
}

/// Streams through [`Retried`]: the text with how it ended, and the delay before each repetition.
async fn run(policy: RetryPolicy, script: impl IntoIterator<Item = Call>) -> (String, Vec<Duration>) {
    let calls = Arc::<Mutex<Vec<Instant>>>::default();
    let fake = Fake { script: Mutex::new(script.into_iter().collect()), calls: Arc::clone(&calls) };
    let mut text = String::new();
    match Retried::new(fake).policy(policy).stream(ChatRequest::default()).await {
        Err(error) => text += &format!("| {error}"),
        Ok(mut items) => {
            while let Some(item) = items.next().await {
                match item {
                    Ok(ChatEvent::Delta(delta)) => text += &delta,
                    Ok(ChatEvent::Done(_)) => text += " | done",
                    Ok(event) => panic!("unexpected event: {event:?}"),
                    Err(error) => text += &format!(" | {error}"),
                }
            }
        }
    }
    let times = calls.lock().unwrap();
    (text, times.windows(2).map(|pair| pair[1] - pair[0]).collect())
}

fn status(status: u16, retry_after: Option<Duration>) -> ChatError {
    ChatError::status("fake", status, "no", retry_after)
}

fn answer() -> Call {
    Begun(vec![Ok(delta("a")), Ok(delta("b")), Ok(ChatEvent::Done(End::default()))])
}

fn delta(text: &str) -> ChatEvent {
    ChatEvent::Delta(text.into())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// One second, two, four, ... and up to as much again.
fn policy() -> RetryPolicy {
    RetryPolicy::default().attempts(5).first_delay(seconds(1)).longest_delay(seconds(6)).total(seconds(60))
}

#[tokio::test(start_paused = true)]
async fn delays_double_with_jitter_up_to_the_longest() {
    let (text, delays) = run(policy(), []).await;
    assert_eq!(text, "| fake answered HTTP 503: no");
    assert_eq!(delays.len(), 4, "there are five attempts");
    for (delay, (least, most)) in delays.iter().zip([(1, 2), (2, 4), (4, 6), (6, 6)]) {
        assert!((seconds(least)..=seconds(most) + MILLISECOND).contains(delay), "{delays:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_before_its_first_text_is_repeated() {
    let script = [
        Refused(ChatError::connection("fake", "", "refused")),
        Begun(vec![Err(ChatError::Truncated)]),
        Begun(vec![]),
        answer(),
    ];
    let (text, delays) = run(policy(), script).await;
    assert_eq!((text.as_str(), delays.len()), ("ab | done", 3));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_text_is_an_answer() {
    let (text, delays) = run(policy(), [Begun(vec![Ok(ChatEvent::Done(End::default()))])]).await;
    assert_eq!((text.as_str(), delays.len()), (" | done", 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_after_its_first_text_is_not_repeated() {
    let broken = Begun(vec![Ok(delta("a")), Err(status(503, None))]);
    let (text, delays) = run(policy(), [broken, answer()]).await;
    assert_eq!((text.as_str(), delays.len()), ("a | fake answered HTTP 503: no", 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_without_streaming_is_repeated() {
    let broken = Begun(vec![Ok(delta("a")), Err(ChatError::Truncated)]);
    let fake = Fake { script: Mutex::new([broken, answer()].into()), calls: Arc::default() };
    let reply = Retried::new(fake).complete(ChatRequest::default()).await.unwrap();
    assert_eq!(reply.text, "ab");
}

#[tokio::test(start_paused = true)]
async fn a_final_error_is_not_repeated() {
    for number in [400, 401, 403, 404, 422] {
        let (_, delays) = run(policy(), [Refused(status(number, None)), answer()]).await;
        assert_eq!(delays, [], "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_delay_of_the_provider_is_the_minimum() {
    let (text, delays) = run(policy(), [Refused(status(429, Some(seconds(30)))), answer()]).await;
    assert_eq!(text, "ab | done");
    // The jitter of the backoff is added, so that callers do not return at the same time.
    assert!((seconds(31)..=seconds(32) + MILLISECOND).contains(&delays[0]), "{delays:?}");

    let (_, delays) = run(policy(), [Refused(status(429, Some(MILLISECOND))), answer()]).await;
    assert!(delays[0] >= seconds(1), "{delays:?}");
}

#[tokio::test(start_paused = true)]
async fn a_delay_longer_than_the_remaining_time_is_not_waited_for() {
    let begin = Instant::now();
    let (text, delays) = run(policy(), [Refused(status(429, Some(seconds(61)))), answer()]).await;
    assert_eq!((text.as_str(), delays.len()), ("| fake answered HTTP 429: no", 0));
    assert_eq!(begin.elapsed(), Duration::ZERO);

    let busy = || Refused(status(429, Some(seconds(25))));
    let (_, delays) = run(policy(), [busy(), busy(), busy(), answer()]).await;
    assert_eq!(delays.len(), 2, "a third wait would end after {:?}", policy().total);
}

#[tokio::test(start_paused = true)]
async fn a_delay_that_would_end_after_the_total_time_is_cut_to_its_rest() {
    let (_, delays) = run(policy().total(seconds(4)), []).await;
    let last: Duration = delays.iter().sum();
    assert!((seconds(4)..=seconds(4) + 4 * MILLISECOND).contains(&last), "{delays:?}");
}

#[tokio::test(start_paused = true)]
async fn there_is_at_least_one_attempt() {
    for attempts in [0, 1] {
        let (_, delays) = run(policy().attempts(attempts), [Refused(status(503, None)), answer()]).await;
        assert_eq!(delays, []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_behind_a_pointer_can_be_wrapped() {
    let fake = Fake { script: Mutex::new([answer()].into()), calls: Arc::default() };
    let shared: Arc<dyn ChatModel> = Arc::new(fake);
    let boxed: Box<dyn ChatModel> = Box::new(Retried::new(shared));
    let model = Retried::new(boxed);
    assert_eq!(model.name(), "fake");
    assert_eq!(model.complete(ChatRequest::default()).await.unwrap().text, "ab");
}

/// The resolution of tokio's timer.
const MILLISECOND: Duration = Duration::from_millis(1);
