//! Reducers: rules for how a field takes a write.

pub(crate) mod by_id;
pub(crate) mod id_list;

pub use by_id::{ById, IdWrite, Identified, OwnedId};
pub use id_list::IdList;

/// The value of an update for a field with a reducer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FieldUpdate<W, T> {
    /// The field does not change.
    #[default]
    Keep,
    /// The reducer applies this write to the field.
    Reduce(W),
    /// This value replaces the value of the field.
    Overwrite(T),
}

impl<W, T> FieldUpdate<W, T> {
    /// Whether the field is overwritten.
    pub fn is_overwrite(&self) -> bool {
        matches!(self, Self::Overwrite(_))
    }

    /// Whether the field does not change.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Removes a write that goes through the reducer.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut change = FieldUpdate::<u32, u32>::Reduce(1);
    /// change.drop_reducing();
    /// assert!(change.is_keep());
    /// ```
    pub fn drop_reducing(&mut self) {
        if matches!(self, Self::Reduce(_)) {
            *self = Self::Keep;
        }
    }

    /// Adds a write after the earlier writes of the update.
    ///
    /// ```
    /// # use council_core::reduce::{Add, FieldUpdate};
    /// let mut change = FieldUpdate::Reduce(2);
    /// change.write::<Add>(3);
    /// assert_eq!(change, FieldUpdate::Reduce(5));
    /// ```
    pub fn write<R: Reducer<T, Write = W>>(&mut self, write: W) {
        match self {
            Self::Keep => *self = Self::Reduce(write),
            Self::Reduce(earlier) => R::combine(earlier, write),
            Self::Overwrite(value) => R::reduce(value, write),
        }
    }

    /// Applies the change to the field.
    ///
    /// ```
    /// # use council_core::reduce::{Append, FieldUpdate};
    /// let mut notes = vec!["one"];
    /// FieldUpdate::Reduce(vec!["two"]).apply::<Append>(&mut notes);
    /// assert_eq!(notes, ["one", "two"]);
    /// ```
    pub fn apply<R: Reducer<T, Write = W>>(self, field: &mut T) {
        match self {
            Self::Keep => {}
            Self::Reduce(write) => R::reduce(field, write),
            Self::Overwrite(value) => *field = value,
        }
    }
}

impl<T> FieldUpdate<Vec<T>, T> {
    /// [`write`](Self::write) for a reducer that is a function.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut change = FieldUpdate::Overwrite(2);
    /// change.write_with(|field, write| *field *= write, 3);
    /// assert_eq!(change, FieldUpdate::Overwrite(6));
    /// ```
    pub fn write_with(&mut self, reduce: impl FnOnce(&mut T, T), write: T) {
        match self {
            Self::Keep => *self = Self::Reduce(vec![write]),
            Self::Reduce(earlier) => earlier.push(write),
            Self::Overwrite(value) => reduce(value, write),
        }
    }

    /// [`apply`](Self::apply) for a reducer that is a function.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut field = 2;
    /// FieldUpdate::Reduce(vec![3, 4]).apply_with(|field, write| *field *= write, &mut field);
    /// assert_eq!(field, 24);
    /// ```
    pub fn apply_with(self, reduce: impl Fn(&mut T, T), field: &mut T) {
        match self {
            Self::Keep => {}
            Self::Reduce(writes) => writes.into_iter().for_each(|write| reduce(field, write)),
            Self::Overwrite(value) => *field = value,
        }
    }
}

/// A rule that combines a field of type `T` with a write.
///
/// ```
/// use council_core::reduce::{Max, Reducer};
///
/// let mut best = 6.5;
/// Max::reduce(&mut best, 8.0);
/// Max::reduce(&mut best, 7.0);
/// assert_eq!(best, 8.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "the reducer `{Self}` does not fit a field of type `{T}`",
    label = "this field cannot take such writes",
    note = "`append` needs a list or a set, `add` a number, `max` and `min` an ordered value, `merge` a map, `by_id` a \
            `Vec` or an `IdList` of items that implement `Identified`"
)]
pub trait Reducer<T> {
    /// The type that an update collects for the field.
    type Write;

    /// Adds a later write of the same update to an earlier one.
    fn combine(earlier: &mut Self::Write, later: Self::Write);

    /// Applies a write to the field.
    fn reduce(field: &mut T, write: Self::Write);
}

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

    fn combine(earlier: &mut Self::Write, later: Self::Write) {
        earlier.extend(later);
    }

    fn reduce(field: &mut T, write: Self::Write) {
        field.extend(write);
    }
}

/// `#[state(merge)]`: inserts entries into a map. A later entry replaces an earlier one with the same key.
///
/// ```
/// # use council_core::State; use std::collections::BTreeMap;
/// #[derive(State, Default)]
/// struct Trip {
///     #[state(merge)]
///     prices: BTreeMap<&'static str, u32>,
/// }
/// let mut trip = Trip::default();
/// trip.apply(Trip::update().prices([("bus", 35), ("train", 89)]).prices([("bus", 30)]));
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
/// `f64::INFINITY`.
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
