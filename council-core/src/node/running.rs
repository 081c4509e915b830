//! The future of a node, whatever it does as it is dropped.

use crate::types::panic;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

/// A node's future. What it does as it is dropped, after a failure or as it is cancelled, changes nothing: a panic there goes to
/// the panic hook, and would otherwise hide why the node or a sibling failed, or end the process if a sibling panicked.
pub(crate) struct Running<'a, T>(Option<Pin<Box<dyn Future<Output = T> + Send + 'a>>>);

impl<'a, T> Running<'a, T> {
    #[inline]
    pub(crate) fn new(future: Pin<Box<dyn Future<Output = T> + Send + 'a>>) -> Self {
        Self(Some(future))
    }

    #[inline]
    pub(crate) fn poll(&mut self, waker: &mut task::Context<'_>) -> Poll<T> {
        self.0.as_mut().map_or(Poll::Pending, |future| future.as_mut().poll(waker))
    }

    /// Drops it after its good end. A panic there is as good as one before: the node's.
    #[inline]
    pub(crate) fn end(&mut self) {
        drop(self.0.take());
    }

    pub(crate) fn cancel(&mut self) {
        if let Some(future) = self.0.take() {
            let _ = panic::catch(|| drop(future));
        }
    }
}

impl<T> Drop for Running<'_, T> {
    #[inline]
    fn drop(&mut self) {
        self.cancel();
    }
}
