//! Whether the database can be written. A change is logged once, not with every request.

use std::sync::atomic::{AtomicBool, Ordering};

use council_core::error_chain;
use council_core::journal::JournalError;
use tracing::{error, info};

/// The last known state of the database.
#[derive(Debug, Default)]
pub(crate) struct StorageHealth {
    is_failing: AtomicBool,
}

impl StorageHealth {
    /// Something could not be written.
    pub(crate) fn failed(&self, fault: &JournalError) {
        if !self.is_failing.swap(true, Ordering::AcqRel) {
            error!(error = %error_chain(fault), "the database cannot be written: runs wait, and requests are refused");
        }
    }

    /// Something was written.
    pub(crate) fn succeeded(&self) {
        if self.is_failing.load(Ordering::Acquire) && self.is_failing.swap(false, Ordering::AcqRel) {
            info!("the database can be written again");
        }
    }
}
