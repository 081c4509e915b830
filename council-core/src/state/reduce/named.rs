//! The reducers `append`, `merge`, `add`, `max` and `min`.

use super::Reducer;

/// `#[state(append)]`: adds items to a list or a set.
///
/// ```
/// # use council_core::*;
/// #[derive(State, Default)]
/// struct Essay {
///     #[state(append)]
///     notes: Vec<String>,
/// }
/// let mut essay = Essay::default();
/// essay.apply(Essay::update().notes("one").extend_notes(["two".into(), "three".into()]));
/// assert_eq!(essay.notes, ["one", "two", "three"]);
/// ```
#[derive(Debug)]
pub struct Append;

impl<T: IntoIterator + Extend<T::Item>> Reducer<T> for Append {
    type Write = Vec<T::Item>;
    const KEEPS_EARLIER: bool = true;

    fn combine(earlier: &mut Self::Write, later: Self::Write) {
        earlier.extend(later);
    }

    fn reduce(field: &mut T, write: Self::Write) {
        field.extend(write);
    }
}

/// `#[state(merge)]`: inserts entries into a map. A later entry replaces an earlier one with the same key. A journal stores only keys
/// that JSON can have: texts, numbers, booleans and variants without data.
///
/// ```
/// # use council_core::State; use std::collections::BTreeMap;
/// #[derive(State, Default)]
/// struct Trip {
///     #[state(merge)]
///     prices: BTreeMap<&'static str, u32>,
/// }
/// let mut trip = Trip::default();
/// trip.apply(Trip::update().extend_prices([("bus", 35), ("train", 89)]).prices("bus", 30));
/// assert_eq!(trip.prices, BTreeMap::from([("bus", 30), ("train", 89)]));
/// ```
#[derive(Debug)]
pub struct Merge;

impl<K, V, T: IntoIterator<Item = (K, V)> + Extend<(K, V)>> Reducer<T> for Merge {
    type Write = Vec<T::Item>;

    fn combine(earlier: &mut Self::Write, later: Self::Write) {
        earlier.extend(later);
    }

    fn reduce(field: &mut T, write: Self::Write) {
        field.extend(write);
    }
}

/// `#[state(add)]`: adds to a number. It overflows like `+=`: with a panic in debug builds, which ends the run with an error.
///
/// ```
/// # use council_core::*;
/// #[derive(State, Default)]
/// struct Essay {
///     #[state(add)]
///     round: u32,
/// }
/// let mut essay = Essay::default();
/// essay.apply(Essay::update().round(1).round(1));
/// assert_eq!(essay.round, 2);
/// ```
#[derive(Debug)]
pub struct Add;

impl<T: std::ops::AddAssign> Reducer<T> for Add {
    type Write = T;
    const KEEPS_EARLIER: bool = true;

    fn combine(earlier: &mut T, later: T) {
        *earlier += later;
    }

    fn reduce(field: &mut T, write: T) {
        *field += write;
    }
}

/// `#[state(max)]`: keeps the greater value. A value that cannot be compared, such as NaN, changes nothing.
///
/// ```
/// # use council_core::*;
/// #[derive(State, Default)]
/// struct Essay {
///     #[state(max)]
///     best: f64,
/// }
/// let mut essay = Essay::default();
/// essay.apply(Essay::update().best(6.5).best(f64::NAN).best(5.0));
/// assert_eq!(essay.best, 6.5);
/// ```
#[derive(Debug)]
pub struct Max;

impl<T: PartialOrd> Reducer<T> for Max {
    type Write = T;
    const KEEPS_EARLIER: bool = true;

    fn combine(earlier: &mut T, later: T) {
        if cannot_be_compared(earlier) {
            *earlier = later;
        } else {
            Self::reduce(earlier, later);
        }
    }

    fn reduce(field: &mut T, write: T) {
        if write > *field {
            *field = write;
        }
    }
}

/// `#[state(min)]`: keeps the smaller value. A value that cannot be compared, such as NaN, changes nothing.
///
/// The field starts with the value of the input, and a default of zero is the smallest value. So start with `u32::MAX` or
/// `f64::MAX`. A journal cannot store `f64::INFINITY`.
///
/// ```
/// # use council_core::*;
/// #[derive(State)]
/// struct Trip {
///     #[state(min)]
///     cheapest: u32,
/// }
/// let mut trip = Trip { cheapest: u32::MAX };
/// trip.apply(Trip::update().cheapest(89).cheapest(35));
/// assert_eq!(trip.cheapest, 35);
/// ```
#[derive(Debug)]
pub struct Min;

impl<T: PartialOrd> Reducer<T> for Min {
    type Write = T;
    const KEEPS_EARLIER: bool = true;

    fn combine(earlier: &mut T, later: T) {
        if cannot_be_compared(earlier) {
            *earlier = later;
        } else {
            Self::reduce(earlier, later);
        }
    }

    fn reduce(field: &mut T, write: T) {
        if write < *field {
            *field = write;
        }
    }
}

/// Whether a value cannot be compared, such as NaN. As an earlier write it would hide all later writes of its update.
fn cannot_be_compared<T: PartialOrd>(value: &T) -> bool {
    value.partial_cmp(value).is_none()
}
