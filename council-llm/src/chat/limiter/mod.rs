//! The limiter of a provider: its slots, rates and quotas, shared by all calls with the same address and key.

mod gate;
pub(crate) mod lessons;
pub(crate) mod permit;
mod queue;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
mod window;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use self::gate::Wait;
use self::permit::{Permit, Place, SharedQueue};
use self::queue::Queue;
use self::settings::RateLimits;
use super::error::ChatError;
use super::event::ChatEvent;
use super::model::ChatStream;
use super::request::ChatRequest;
use crate::lock::Lock;

/// Limits the calls to one provider. Clones share the limits, the queue, and everything that answers reveal.
///
/// Calls are served in the order in which they come. The stream of a call that has to wait begins with [`ChatEvent::Waiting`]; dropping
/// the stream gives its place in the queue back. A stream that is not read keeps its place, and the calls behind it wait too.
///
/// Besides its [`RateLimits`] a limiter obeys the provider, for all calls:
///
/// - No call is sent before the time of a `Retry-After`, which counts for at most a day.
/// - If a provider reports that its quota of calls or tokens is spent (`x-ratelimit-*`, `anthropic-ratelimit-*`), no call is sent before
///   the time at which it is full again, for at most a day.
/// - If a server on this machine refuses a call because it is busy, it gets at most as many calls at the same time as it had then, for
///   10 minutes.
///
/// [`Models`](crate::Models) and [`Environment`](crate::Environment) share one limiter between all models with the same address and key.
/// [`RateLimited`](crate::RateLimited) limits a model of your own.
///
/// ```
/// use council_llm::{ChatModel, ChatRequest, Limiter, RateLimited, RateLimits, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), council_llm::ChatError> {
/// let limiter = Limiter::new(RateLimits::default().requests_per_minute(1));
/// let fast = RateLimited::new(ScriptedModel::new("fast", ["One."]), &limiter);
/// let good = RateLimited::new(ScriptedModel::new("good", ["Two."]), &limiter);
///
/// let begin = tokio::time::Instant::now();
/// fast.complete(ChatRequest::user("Count.")).await?;
/// good.complete(ChatRequest::user("Count.")).await?;
/// assert_eq!(begin.elapsed().as_secs(), 60);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Limiter {
    queue: SharedQueue,
}

impl Limiter {
    /// A limiter with these limits.
    ///
    /// ```
    /// use council_llm::{Limiter, RateLimits};
    ///
    /// let limiter = Limiter::new(RateLimits::default().concurrency(1));
    /// ```
    #[must_use]
    pub fn new(limits: RateLimits) -> Self {
        Self { queue: Arc::new(Lock::new(Queue::new(limits))) }
    }

    /// Whether there is another clone of it, or a call.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.queue) > 1
    }

    /// Makes a call when it is its turn. If it has to wait, the stream begins with [`ChatEvent::Waiting`], and the call is made in it.
    pub(crate) async fn call<F, A>(&self, request: &ChatRequest, call: F) -> Result<ChatStream, ChatError>
    where
        F: FnOnce(Permit) -> A + Send + 'static,
        A: Future<Output = Result<ChatStream, ChatError>> + Send + 'static,
    {
        let mut place = Place::last(Arc::clone(&self.queue), tokens(request));
        match place.try_begin() {
            Ok(permit) => call(permit).await,
            Err(wait) => Ok(waiting(place, wait, call)),
        }
    }
}

impl Default for Limiter {
    /// A limiter that obeys the provider only.
    fn default() -> Self {
        Self::new(RateLimits::default())
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").finish_non_exhaustive()
    }
}

/// The stage of a call that had to wait.
enum Stage<F> {
    Waiting { place: Place, next: Wait, call: F },
    Answering(ChatStream),
}

/// The stream of a call that has to wait.
fn waiting<F, A>(place: Place, next: Wait, call: F) -> ChatStream
where
    F: FnOnce(Permit) -> A + Send + 'static,
    A: Future<Output = Result<ChatStream, ChatError>> + Send + 'static,
{
    let first = stream::iter([Ok(event(next))]);
    let rest = stream::unfold(Some(Stage::Waiting { place, next, call }), async |stage| {
        let (mut place, told, call) = match stage? {
            Stage::Waiting { place, next, call } => (place, next, call),
            Stage::Answering(mut items) => {
                let item = items.next().await?;
                return Some((item, Some(Stage::Answering(items))));
            }
        };
        let permit = loop {
            place.wait(told).await;
            match place.try_begin() {
                Ok(permit) => break permit,
                Err(next) if next != told => {
                    return Some((Ok(event(next)), Some(Stage::Waiting { place, next, call })));
                }
                Err(_) => {}
            }
        };
        drop(place);
        match call(permit).await {
            Ok(mut items) => {
                let item = items.next().await?;
                Some((item, Some(Stage::Answering(items))))
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    first.chain(rest).boxed()
}

fn event(wait: Wait) -> ChatEvent {
    let until = wait.until.map(|until| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let until = now.saturating_add(until.saturating_duration_since(Instant::now()));
        u64::try_from(until.as_millis()).unwrap_or(u64::MAX)
    });
    ChatEvent::waiting(wait.reason, until)
}

/// About the number of tokens of a request: four bytes each.
fn tokens(request: &ChatRequest) -> u64 {
    let messages = request.messages.iter().map(|message| message.content.len());
    let bytes: usize = messages.chain(request.system.as_ref().map(String::len)).sum();
    bytes.div_ceil(4) as u64
}
