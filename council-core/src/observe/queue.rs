//! The bounded queue of events between a run and a reader.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard};
use std::task::{Context as Waker, Poll};

use futures_util::Stream;
use futures_util::task::AtomicWaker;

use super::detail::Detail;
use super::event::{Event, EventKind};
use super::observers::EventSink;
use crate::state::State;
use crate::types::lock::Lock;

/// A reader of the events of a run: a stream that ends after the last event. [`RunBuilder::channel`](crate::RunBuilder::channel)
/// returns it.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let (run, mut events): (_, Events<Essay>) = graph.run(Essay::default()).channel(Detail::END, 10);
/// run.await?;
/// assert_eq!(events.next().await.unwrap().to_string(), "finished after 1 supersteps");
/// # Ok(()) }
/// ```
pub struct Events<S: State> {
    buffer: Arc<EventBuffer<S>>,
    /// Events that were taken out of the queue together, so that it is locked seldom.
    taken: VecDeque<Event<S>>,
    over: bool,
}

// No field is pinned.
impl<S: State> Unpin for Events<S> {}

impl<S: State> Events<S> {
    /// The next event, or `None` after the last one.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let (run, mut events) = graph.run(Essay::default()).channel(Detail::TASKS, 10);
    /// run.await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{event}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Event<S>> {
        std::future::poll_fn(|waker| Pin::new(&mut *self).poll_next(waker)).await
    }
}

impl<S: State> Stream for Events<S> {
    type Item = Event<S>;

    fn poll_next(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Option<Event<S>>> {
        let Self { buffer, taken, over } = &mut *self;
        if *over {
            return Poll::Ready(None);
        }
        if taken.is_empty() && !buffer.take(taken) {
            buffer.reader.register(waker.waker());
            // An event that was emitted before the waker was registered has not woken the task.
            if !buffer.take(taken) {
                return Poll::Pending;
            }
        }
        let event = taken.pop_front();
        // A node may have passed its context to a task that outlives the run: events after the last one are dropped.
        *over = event.as_ref().is_none_or(|event| event.kind.is_last());
        Poll::Ready(event)
    }
}

impl<S: State> Drop for Events<S> {
    fn drop(&mut self) {
        self.buffer.left.store(true, Ordering::Relaxed);
        self.buffer.lock().events = VecDeque::new();
    }
}

impl<S: State> std::fmt::Debug for Events<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Events").field("over", &self.over).finish_non_exhaustive()
    }
}

/// The sending end of a bounded queue. The run never waits for it.
pub(crate) struct Queue<S: State> {
    buffer: Arc<EventBuffer<S>>,
    places: usize,
    updates: bool,
}

/// The state that both ends share.
struct EventBuffer<S: State> {
    buffered: Lock<Buffered<S>>,
    reader: AtomicWaker,
    /// Whether the reader was dropped.
    left: AtomicBool,
}

struct Buffered<S: State> {
    events: VecDeque<Event<S>>,
    /// The number of events that were dropped because the queue was full.
    lost: u64,
    /// Whether no more events will come.
    closed: bool,
}

impl<S: State> EventBuffer<S> {
    fn lock(&self) -> MutexGuard<'_, Buffered<S>> {
        self.buffered.lock()
    }

    /// Takes all queued events; `false` if there are none and more may come.
    fn take(&self, taken: &mut VecDeque<Event<S>>) -> bool {
        let mut buffered = self.lock();
        std::mem::swap(&mut buffered.events, taken);
        !taken.is_empty() || buffered.closed
    }
}

impl<S: State> Queue<S> {
    /// A queue with this capacity, and its reader.
    pub(crate) fn new(events: usize, detail: Detail) -> (Self, Events<S>) {
        let buffer = Arc::new(EventBuffer {
            buffered: Lock::new(Buffered { events: VecDeque::new(), lost: 0, closed: false }),
            reader: AtomicWaker::new(),
            left: AtomicBool::new(false),
        });
        let reader = Events { buffer: Arc::clone(&buffer), taken: VecDeque::new(), over: false };
        (Self { buffer, places: events, updates: detail.has(Detail::UPDATES) }, reader)
    }
}

impl<S: State> EventSink<S> for Queue<S> {
    /// Queues an event, or counts it as lost if the queue is full. The last event is always queued.
    fn emit(&self, event: &Event<S>) {
        if self.buffer.left.load(Ordering::Relaxed) {
            return;
        }
        let mut buffered = self.buffer.lock();
        if buffered.events.len() >= self.places && !event.kind.is_last() {
            buffered.lost += 1;
            return;
        }
        if buffered.lost > 0 {
            let kind = EventKind::Lost { count: std::mem::take(&mut buffered.lost) };
            // The number of the last lost event.
            buffered.events.push_back(Event { sequence: event.sequence - 1, ..event.with(kind) });
        }
        buffered.events.push_back(match &event.kind {
            EventKind::NodeCompleted { task, duration, cached, by, .. } if !self.updates => {
                let (task, duration, cached, by) = (task.clone(), *duration, *cached, by.clone());
                event.with(EventKind::NodeCompleted { task, update: None, duration, cached, by })
            }
            kind => event.with(kind.clone()),
        });
        drop(buffered);
        self.buffer.reader.wake();
    }

    fn close(&self) {
        self.buffer.lock().closed = true;
        self.buffer.reader.wake();
    }
}

impl<S: State> Drop for Queue<S> {
    fn drop(&mut self) {
        self.close();
    }
}
