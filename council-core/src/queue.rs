//! The events of a started run on their way to its reader.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, mpsc};

use crate::State;
use crate::event::{Event, is_last};

/// A bounded queue that never makes the run wait.
pub(crate) struct Queue<S: State> {
    sender: mpsc::Sender<Event<S>>,
    /// Held while an event goes in, so that no other takes the places that are kept for the last.
    lost: Mutex<u64>,
}

impl<S: State> Queue<S> {
    /// A queue for so many events, and its reader's end.
    pub(crate) fn new(events: usize) -> (Self, mpsc::Receiver<Event<S>>) {
        let places = events.min(Semaphore::MAX_PERMITS - KEPT_PLACES) + KEPT_PLACES;
        let (sender, receiver) = mpsc::channel(places);
        (Self { sender, lost: Mutex::new(0) }, receiver)
    }

    /// Puts an event in, or counts it as lost where there is no place.
    pub(crate) fn push(&self, event: &Event<S>) {
        let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if self.sender.capacity() <= KEPT_PLACES && !is_last(event) {
            *lost += 1;
            return;
        }
        // There is a place: sending fails only when the reader is gone.
        if *lost > 0 {
            let _ = self.sender.try_send(Event::Lost { count: std::mem::take(&mut *lost) });
        }
        let _ = self.sender.try_send(event.clone());
    }
}

/// Places in the queue beside those of ordinary events: for the last event and the count of lost ones before it, and for the
/// count of lost ones before an ordinary event.
const KEPT_PLACES: usize = 3;
