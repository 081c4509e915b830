//! The range of a number.

use std::fmt;

/// The range of a number, and what it counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    /// The end of `a number`, such as ` of runs`.
    what: &'static str,
    least: f64,
    most: f64,
}

impl Range {
    /// The numbers from `least` to `most`.
    pub(crate) const fn new(what: &'static str, least: u32, most: u32) -> Self {
        Self { what, least: least as f64, most: most as f64 }
    }

    pub(crate) fn contains(&self, number: f64) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, least, most } = self;
        write!(f, "number{what} from {least} to {most}")
    }
}

/// The largest number of a setting that needs no smaller limit.
pub(crate) const MOST: u32 = u32::MAX;
