//! The semaphore and the signal that need no runtime. Both are private, so this program compiles their source files.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../../src/types/lock.rs"]
#[allow(dead_code, reason = "the engine uses more of it")]
mod lock;
#[path = "../../src/types/permits.rs"]
mod permits;
#[path = "../../src/types/signal.rs"]
mod signal;

mod permit_laws;
mod signal_laws;
mod threads;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

/// A future, with the waker of its last poll.
struct Waiter<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    wakes: Arc<Wakes>,
}

/// The number of calls of a waker.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl<'a, T> Waiter<'a, T> {
    fn new(future: impl Future<Output = T> + 'a) -> Self {
        Self { future: Box::pin(future), wakes: Arc::default() }
    }

    /// Polls with a new waker, so a later wake of an earlier waker is not counted.
    fn poll(&mut self) -> Option<T> {
        self.wakes = Arc::default();
        let waker = Waker::from(Arc::clone(&self.wakes));
        match self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    /// The number of wakes since the last poll.
    fn wakes(&self) -> usize {
        self.wakes.0.load(Ordering::Relaxed)
    }
}
