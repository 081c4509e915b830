//! Permits: a fair semaphore that needs no runtime.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::lock::Lock;

/// A number of permits. A task holds one permit while it runs. Permits are given in the order of the requests.
#[derive(Debug)]
pub(crate) struct Permits(Lock<Queue>);

#[derive(Debug)]
struct Queue {
    /// The number of free permits; 0 while a future waits.
    free: usize,
    /// The wakers of the waiting futures by their tickets, in the order of their requests. A future whose ticket was removed by
    /// another has a permit.
    waiting: BTreeMap<u64, Waker>,
    next_ticket: u64,
}

impl Permits {
    pub(crate) fn new(free: usize) -> Self {
        Self(Lock::new(Queue { free, waiting: BTreeMap::new(), next_ticket: 0 }))
    }

    /// A permit, if one is free now.
    pub(crate) fn try_acquire(&self) -> Option<Permit<'_>> {
        let mut queue = self.0.lock();
        queue.free = queue.free.checked_sub(1)?;
        Some(Permit(self))
    }

    /// Waits for a permit.
    pub(crate) fn acquire(&self) -> Acquire<'_> {
        Acquire { permits: self, ticket: None }
    }

    /// Gives a permit to the first waiting future. If no future waits, the permit is free.
    fn release(&self) {
        let mut queue = self.0.lock();
        match queue.waiting.pop_first() {
            Some((_, waker)) => {
                drop(queue);
                waker.wake();
            }
            None => queue.free += 1,
        }
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
    /// The ticket, from the first poll that found no permit until the permit is returned by a poll.
    ticket: Option<u64>,
}

impl<'a> Future for Acquire<'a> {
    type Output = Permit<'a>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Permit<'a>> {
        let permits = self.permits;
        let mut queue = permits.0.lock();
        if let Some(ticket) = self.ticket {
            let Some(waker) = queue.waiting.get_mut(&ticket) else {
                self.ticket = None;
                return Poll::Ready(Permit(permits));
            };
            let earlier = std::mem::replace(waker, task.waker().clone());
            drop(queue);
            // Dropped without the lock, because the drop of a waker may call this code again.
            drop(earlier);
            return Poll::Pending;
        }
        if let Some(free) = queue.free.checked_sub(1) {
            queue.free = free;
            return Poll::Ready(Permit(permits));
        }
        let ticket = queue.next_ticket;
        queue.next_ticket += 1;
        queue.waiting.insert(ticket, task.waker().clone());
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl Drop for Acquire<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let waker = self.permits.0.lock().waiting.remove(&ticket);
        // A future that was given a permit and was not polled since returns it.
        if waker.is_none() {
            self.permits.release();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Permits;

    #[test]
    fn a_cancelled_future_leaves_the_queue_at_once() {
        let permits = Permits::new(1);
        let held = permits.try_acquire();
        let [mut cancelled, mut waiting] = [Box::pin(permits.acquire()), Box::pin(permits.acquire())];
        assert!(cancelled.as_mut().now_or_never().is_none() && waiting.as_mut().now_or_never().is_none());
        drop(cancelled);
        assert_eq!(permits.0.lock().waiting.len(), 1);
        drop(held);
        assert!(waiting.now_or_never().is_some());
        assert!(permits.try_acquire().is_some(), "both permits were returned");
    }

    #[test]
    fn a_future_that_is_cancelled_with_a_permit_gives_it_to_the_next() {
        let permits = Permits::new(1);
        let held = permits.try_acquire();
        let [mut first, mut second] = [Box::pin(permits.acquire()), Box::pin(permits.acquire())];
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        drop(held);
        assert!(second.as_mut().now_or_never().is_none(), "the first future has the permit");
        drop(first);
        assert!(second.now_or_never().is_some());
    }
}
