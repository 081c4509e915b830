//! The limiter of a provider: its slots, rates and quotas, shared by all calls with the same address and key.

mod gate;
pub(crate) mod lessons;
mod line;
pub(crate) mod permit;
mod queue;
mod quotas;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
mod wait;
mod window;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use self::permit::{Permit, Place, SharedQueue};
use self::queue::Queue;
use self::settings::RateLimits;
use self::wait::Wait;
use super::error::ChatError;
use super::event::ChatEvent;
use super::model::ChatStream;
use super::request::ChatRequest;
use crate::lock::Lock;

/// Limits the calls to one provider. Clones share the limits, the queue, and everything that answers reveal.
///
/// Runs take turns: one call of each run that waits, then the next of each, so a run with a hundred calls at once holds no other run back.
/// [`ChatRequest::run`] says for which run a call is made. The agents of a council set it. A call without it counts as a run of its own.
/// The calls of one run keep their order.
///
/// The stream of a call that has to wait begins with [`ChatEvent::Waiting`], and [`ChatEvent::Sent`] says that the call is sent. Dropping the
/// stream gives its place in the queue back. A stream that is not read keeps its place, and the calls behind it wait too.
///
/// Besides its [`RateLimits`] a limiter obeys the provider:
///
/// - If a provider reports that its quota of calls or tokens is spent (`x-ratelimit-*`, `anthropic-ratelimit-*`), no call is sent before
///   the time at which it is full again, for at most a day. Providers count per model, so calls to other models go on. A report without
///   a unit in its name (`x-ratelimit-remaining`) counts for all models together.
/// - No call is sent before the time of a `Retry-After`, which counts for at most a day: with status 429 for this model, with another
///   status for all models.
/// - If a provider refuses a call with status 429 and names no time, no call to this model is sent for a second. Each further refusal
///   doubles the pause, up to a minute, and after a pause one call at a time tries again.
/// - If a server on this machine refuses a call because it is busy, it gets at most as many calls at the same time as it had then, for
///   10 minutes. If it had other calls, the call goes back to its place and waits for them.
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

    /// Obeys these limits too: the smaller of each two counts.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(crate) fn restrict(&self, limits: RateLimits) {
        self.queue.lock().restrict(limits);
    }

    /// Whether there is another clone of it, or a call.
    #[cfg(any(feature = "anthropic", feature = "openai"))]
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(&self.queue) > 1
    }

    /// Makes a call when it is its turn. If it has to wait, the stream begins with [`ChatEvent::Waiting`], and the call is made in it.
    ///
    /// `send` is called again if the server refuses the call because it is busy with others.
    pub(crate) async fn call<F, A>(&self, model: &str, request: ChatRequest, send: F) -> Result<ChatStream, ChatError>
    where
        F: Fn(ChatRequest, Arc<Permit>) -> A + Send + Sync + 'static,
        A: Future<Output = Result<ChatStream, ChatError>> + Send + 'static,
    {
        let place = Place::new(Arc::clone(&self.queue), model, request.run.as_deref(), tokens(&request));
        let mut call = Box::new(Call { place, request, send });
        let announced = match call.place.try_begin() {
            Ok(permit) => match call.send(permit).await {
                Ok(answer) => return answer,
                Err(wait) => wait,
            },
            Err(wait) => wait,
        };
        Ok(waiting(call, announced))
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

/// A call, and how it is sent.
struct Call<F> {
    place: Place,
    request: ChatRequest,
    send: F,
}

impl<F, A> Call<F>
where
    F: Fn(ChatRequest, Arc<Permit>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<ChatStream, ChatError>> + Send + 'static,
{
    /// Waits until the call may be sent. Returns the new wait if its reason or time has changed.
    async fn wait_for_turn(&mut self, announced: Wait) -> Result<Permit, Wait> {
        loop {
            self.place.wait(announced).await;
            match self.place.try_begin() {
                Err(next) if next == announced => {}
                other => return other,
            }
        }
    }

    /// Sends the call, and returns the answer. If the server is busy with other calls, the call waits for them.
    async fn send(&mut self, permit: Permit) -> Result<Result<ChatStream, ChatError>, Wait> {
        let permit = Arc::new(permit);
        match (self.send)(self.request.clone(), Arc::clone(&permit)).await {
            Ok(items) => Ok(Ok(permit.hold(items))),
            Err(_) if permit.has_to_wait() => {
                self.place.take();
                Err(Wait::SLOT)
            }
            Err(error) => Ok(Err(error)),
        }
    }
}

/// The stage of a call that had to wait.
enum Stage<F> {
    Waiting { call: Box<Call<F>>, announced: Wait },
    Sending { call: Box<Call<F>>, permit: Permit },
    Answering(ChatStream),
}

/// The stream of a call that has to wait.
fn waiting<F, A>(call: Box<Call<F>>, announced: Wait) -> ChatStream
where
    F: Fn(ChatRequest, Arc<Permit>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<ChatStream, ChatError>> + Send + 'static,
{
    let first = stream::iter([Ok(event(announced))]);
    let rest = stream::unfold(Some(Stage::Waiting { call, announced }), async |stage| {
        let mut items = match stage? {
            Stage::Waiting { mut call, announced } => {
                return Some(match call.wait_for_turn(announced).await {
                    Ok(permit) => (Ok(ChatEvent::Sent), Some(Stage::Sending { call, permit })),
                    Err(next) => (Ok(event(next)), Some(Stage::Waiting { call, announced: next })),
                });
            }
            Stage::Sending { mut call, permit } => match call.send(permit).await {
                Ok(Ok(items)) => items,
                Ok(Err(error)) => return Some((Err(error), None)),
                Err(next) => return Some((Ok(event(next)), Some(Stage::Waiting { call, announced: next }))),
            },
            Stage::Answering(items) => items,
        };
        let item = items.next().await?;
        Some((item, Some(Stage::Answering(items))))
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
