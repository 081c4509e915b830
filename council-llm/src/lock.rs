//! A mutex that a panic does not poison.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A [`Mutex`] that can still be locked after a thread panicked while it held the lock. All values in this crate stay usable then.
#[derive(Default)]
pub(crate) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Lock<T> {
    /// Shows no value, because it may be a prompt or a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lock").finish_non_exhaustive()
    }
}
