//! Permits: a fair semaphore that needs no runtime.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::MutexGuard;
use std::task::{Context, Poll, Waker};

use super::lock::Lock;

/// A number of permits. A task holds one permit while it runs. Permits are given in the order of the requests.
#[derive(Debug)]
pub(crate) struct Permits(Lock<Queue>);

#[derive(Debug)]
struct Queue {
    /// The number of free permits; 0 while a future waits.
    free: usize,
    /// The slots of the waiting futures, in the order of their requests.
    waiting: VecDeque<usize>,
    slots: Vec<Slot>,
    /// The unused slots.
    unused: Vec<usize>,
}

#[derive(Debug)]
enum Slot {
    Waiting(Waker),
    /// The future has a permit and has not been polled since.
    Granted,
    /// The future was dropped before its turn.
    GivenUp,
}

impl Permits {
    pub(crate) fn new(free: usize) -> Self {
        Self(Lock::new(Queue { free, waiting: VecDeque::new(), slots: Vec::new(), unused: Vec::new() }))
    }

    /// A permit, if one is free now.
    pub(crate) fn try_acquire(&self) -> Option<Permit<'_>> {
        let mut queue = self.lock();
        queue.free = queue.free.checked_sub(1)?;
        Some(Permit(self))
    }

    /// Waits for a permit.
    pub(crate) fn acquire(&self) -> Acquire<'_> {
        Acquire { permits: self, slot: None }
    }

    fn release(&self) {
        let mut queue = self.lock();
        while let Some(slot) = queue.waiting.pop_front() {
            if let Slot::Waiting(waker) = std::mem::replace(&mut queue.slots[slot], Slot::Granted) {
                drop(queue);
                return waker.wake();
            }
            queue.unused.push(slot);
        }
        queue.free += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock()
    }
}

/// One permit. Dropping it returns it.
#[derive(Debug)]
pub(crate) struct Permit<'a>(&'a Permits);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// Waits for a permit.
pub(crate) struct Acquire<'a> {
    permits: &'a Permits,
    slot: Option<usize>,
}

impl<'a> Future for Acquire<'a> {
    type Output = Permit<'a>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Permit<'a>> {
        let permits = self.permits;
        let mut queue = permits.lock();
        if let Some(slot) = self.slot {
            if let Slot::Granted = queue.slots[slot] {
                queue.unused.push(slot);
                self.slot = None;
                return Poll::Ready(Permit(permits));
            }
            let earlier = std::mem::replace(&mut queue.slots[slot], Slot::Waiting(task.waker().clone()));
            drop(queue);
            // Dropped without the lock, because the drop of a waker may call this code again.
            drop(earlier);
            return Poll::Pending;
        }
        if let Some(free) = queue.free.checked_sub(1) {
            queue.free = free;
            return Poll::Ready(Permit(permits));
        }
        let waiting = Slot::Waiting(task.waker().clone());
        let slot = if let Some(slot) = queue.unused.pop() {
            queue.slots[slot] = waiting;
            slot
        } else {
            queue.slots.push(waiting);
            queue.slots.len() - 1
        };
        queue.waiting.push_back(slot);
        self.slot = Some(slot);
        Poll::Pending
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        let Some(slot) = self.slot else { return };
        let mut queue = self.permits.lock();
        let earlier = std::mem::replace(&mut queue.slots[slot], Slot::GivenUp);
        if let Slot::Granted = earlier {
            queue.unused.push(slot);
        }
        drop(queue);
        if let Slot::Granted = earlier {
            self.permits.release();
        }
    }
}
