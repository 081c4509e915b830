//! A signal that wakes all waiting futures, without a runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::MutexGuard;
use std::task::{Context, Poll, Waker};

use super::lock::Lock;

/// The wakers of the waiting futures.
#[derive(Debug, Default)]
pub(crate) struct Signal(Lock<Wakers>);

#[derive(Debug, Default)]
struct Wakers {
    /// One slot for each waiting future. An empty slot is unused, or its future has been woken.
    slots: Vec<Option<Waker>>,
    /// The unused slots.
    unused: Vec<usize>,
}

impl Signal {
    /// Waits until the condition holds. It is checked at once, and after each [`wake_all`](Self::wake_all).
    pub(crate) fn until<F: Fn() -> bool + Unpin>(&self, holds: F) -> Until<'_, F> {
        Until { signal: self, holds, slot: None }
    }

    /// Wakes all waiting futures. Write the data of their conditions before.
    pub(crate) fn wake_all(&self) {
        let woken: Vec<_> = self.lock().slots.iter_mut().filter_map(Option::take).collect();
        woken.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Wakers> {
        self.0.lock()
    }
}

/// Waits for a [`Signal`] until a condition holds.
pub(crate) struct Until<'a, F> {
    signal: &'a Signal,
    holds: F,
    slot: Option<usize>,
}

impl<F: Fn() -> bool + Unpin> Future for Until<'_, F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        if (self.holds)() {
            return Poll::Ready(());
        }
        let mut wakers = self.signal.lock();
        let slot = self.slot.or_else(|| wakers.unused.pop()).unwrap_or_else(|| {
            wakers.slots.push(None);
            wakers.slots.len() - 1
        });
        let earlier = wakers.slots[slot].replace(task.waker().clone());
        drop(wakers);
        // Dropped without the lock, because the drop of a waker may call this code again.
        drop(earlier);
        self.slot = Some(slot);
        // Checked again, because a change before the waker was in its slot has woken no future.
        if (self.holds)() { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl<F> Drop for Until<'_, F> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            let mut wakers = self.signal.lock();
            let waker = wakers.slots[slot].take();
            wakers.unused.push(slot);
            drop(wakers);
            drop(waker);
        }
    }
}
