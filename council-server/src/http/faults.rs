//! The faults and the warnings of one request: the first 100 of each, and the number of the others.

use serde_json::Value;

use crate::wire::check::Warning;
use crate::wire::fault::{Location, RequestFault};

/// The faults that have been noted while a request is read. The list is bounded, so a body that consists of faults cannot make a huge answer.
#[derive(Default)]
pub(crate) struct Faults {
    first: Vec<RequestFault>,
    more: usize,
    first_warnings: Vec<Warning>,
    more_warnings: usize,
}

impl Faults {
    /// Notes a fault. It is not built if it is only counted.
    pub(crate) fn add(&mut self, fault: impl FnOnce() -> RequestFault) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.first.push(fault());
        }
    }

    /// Notes a warning. It is not built if it is only counted.
    pub(crate) fn warn(&mut self, warning: impl FnOnce() -> Warning) {
        if self.first_warnings.len() >= MOST {
            self.more_warnings += 1;
        } else {
            self.first_warnings.push(warning());
        }
    }

    /// Counts faults that are not listed.
    pub(crate) fn count(&mut self, more: usize) {
        self.more += more;
    }

    /// Whether further faults are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.first.len() >= MOST
    }

    /// The faults that are listed.
    pub(crate) fn listed(&self) -> &[RequestFault] {
        &self.first
    }

    /// The warnings, with the number of the others as the last item if there are any.
    pub(crate) fn into_warnings(mut self) -> Vec<Warning> {
        if self.more_warnings > 0 {
            self.first_warnings.push(Warning::more(self.more_warnings));
        }
        self.first_warnings
    }

    /// The faults, with the number of the others as its last item if there are any.
    pub(crate) fn into_list(mut self) -> Vec<RequestFault> {
        if self.more > 0 {
            let msg = format!("and {} more", self.more);
            self.first.push(RequestFault::wrong_value(Location::body(), &Value::Null, msg));
        }
        self.first
    }
}

const MOST: usize = 100;
