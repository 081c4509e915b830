//! The semaphore and the signal on threads. A lost wake would block a thread for ever.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::Waiter;
use crate::permits::Permits;
use crate::signal::Signal;

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn threads_share_permits() {
    const PERMITS: usize = 3;
    let permits = Permits::new(PERMITS);
    let (running, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for number in 0..8 {
            let (permits, running, done) = (&permits, &running, &done);
            scope.spawn(move || {
                for round in 0..200 {
                    if (number + round) % 3 == 0 {
                        // A future that is cancelled, with or without a permit.
                        let mut cancelled = Waiter::new(permits.acquire());
                        drop(cancelled.poll());
                    }
                    let permit = block_on(permits.acquire());
                    assert!(running.fetch_add(1, Ordering::SeqCst) < PERMITS);
                    thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                    done.fetch_add(1, Ordering::SeqCst);
                    drop(permit);
                }
            });
        }
    });
    assert_eq!(done.into_inner(), 8 * 200);
    let free: Vec<_> = std::iter::from_fn(|| permits.try_acquire()).collect();
    assert_eq!(free.len(), PERMITS);
}

#[test]
fn threads_wait_for_a_signal() {
    const LEVELS: usize = 200;
    let (signal, level) = (Signal::default(), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for least in 1..=LEVELS {
                    block_on(signal.until(|| level.load(Ordering::SeqCst) >= least));
                }
            });
        }
        for _ in 0..LEVELS {
            level.fetch_add(1, Ordering::SeqCst);
            signal.wake_all();
            thread::yield_now();
        }
    });
    assert_eq!(level.into_inner(), LEVELS);
}
