//! The range of a number.

use std::fmt;
use std::ops::{Bound, RangeBounds};

/// The range of a number, and what it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    /// The end of `a number`, such as ` of seconds`.
    what: &'static str,
    least: Bound<f64>,
    most: f64,
}

impl Range {
    /// The numbers from `least` to `most`.
    pub(crate) const fn new(what: &'static str, least: u32, most: u32) -> Self {
        Self { what, least: Bound::Included(least as f64), most: most as f64 }
    }

    /// The numbers above 0.
    pub(crate) const fn above_zero(what: &'static str) -> Self {
        Self { what, least: Bound::Excluded(0.0), most: MOST as f64 }
    }

    pub(crate) fn contains(&self, number: f64) -> bool {
        (self.least, Bound::Included(self.most)).contains(&number)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, least, most } = self;
        match least {
            Bound::Included(least) => write!(f, "number{what} from {least} to {most}"),
            Bound::Excluded(least) => write!(f, "number{what} above {least} and up to {most}"),
            Bound::Unbounded => write!(f, "number{what} up to {most}"),
        }
    }
}

/// The largest number of a setting that needs no smaller limit: 4294967295, which is 136 years in seconds.
pub(crate) const MOST: u32 = u32::MAX;
