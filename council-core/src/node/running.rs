//! The future of a node, with panics caught when it is dropped.

use crate::types::panic;
use std::future::Future;
use std::pin::Pin;
use std::task::{self, Poll};

/// The future of a node. If it panics while it is dropped, after a failure or a cancellation, only the panic hook reports it.
/// Otherwise that panic would hide the failure of the node or of a sibling, or abort the process if a sibling panicked.
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

    /// Drops the future after it has succeeded. A panic in this drop counts as a panic of the node.
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
