//! The events of a run on their way to a reader.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context as Waker, Poll, ready};

use futures_util::Stream;
use tokio::sync::{Semaphore, mpsc};

use crate::event::{Event, EventKind};
use crate::{Detail, State};

/// The events of a run, to be read: a stream that ends after the last one. Given by
/// [`RunBuilder::channel`](crate::RunBuilder::channel).
pub struct Events<S: State> {
    events: mpsc::Receiver<Event<S>>,
    over: bool,
}

impl<S: State> Events<S> {
    /// The next event, or `None` after the last.
    pub async fn next(&mut self) -> Option<Event<S>> {
        std::future::poll_fn(|waker| Pin::new(&mut *self).poll_next(waker)).await
    }
}

impl<S: State> Stream for Events<S> {
    type Item = Event<S>;

    fn poll_next(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Option<Event<S>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let event = ready!(self.events.poll_recv(waker));
        // A node may have handed its context to a task that outlives the run; what that says comes too late.
        self.over = event.as_ref().is_none_or(|event| event.kind.is_last());
        Poll::Ready(event)
    }
}

impl<S: State> std::fmt::Debug for Events<S> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Events").field("over", &self.over).finish_non_exhaustive()
    }
}

/// The run's end of a bounded queue that never makes it wait.
pub(crate) struct Queue<S: State> {
    sender: mpsc::Sender<Event<S>>,
    updates: bool,
    /// Held while an event goes in, so that no other takes the places that are kept for the last.
    lost: Mutex<u64>,
}

impl<S: State> Queue<S> {
    /// A queue for so many events, and its reader's end.
    pub(crate) fn new(events: usize, detail: Detail) -> (Self, Events<S>) {
        let places = events.min(Semaphore::MAX_PERMITS - KEPT_PLACES) + KEPT_PLACES;
        let (sender, receiver) = mpsc::channel(places);
        let queue = Self { sender, updates: detail.has(Detail::UPDATES), lost: Mutex::new(0) };
        (queue, Events { events: receiver, over: false })
    }

    /// Puts an event in, or counts it as lost where there is no place.
    pub(crate) fn push(&self, event: &Event<S>) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if self.sender.capacity() <= KEPT_PLACES && !event.kind.is_last() {
            *lost += 1;
            return;
        }
        // There is a place: sending fails only when the reader is gone.
        if *lost > 0 {
            let kind = EventKind::Lost { count: std::mem::take(&mut *lost) };
            let _ = self.sender.try_send(event.with(kind));
        }
        let _ = self.sender.try_send(match &event.kind {
            EventKind::NodeCompleted { task, duration, cached, .. } if !self.updates => {
                let (task, duration, cached) = (task.clone(), *duration, *cached);
                event.with(EventKind::NodeCompleted { task, update: None, duration, cached })
            }
            kind => event.with(kind.clone()),
        });
    }
}

/// Places in the queue beside those of ordinary events: for the last event and the count of lost ones before it, and for the
/// count of lost ones before an ordinary event.
const KEPT_PLACES: usize = 3;
