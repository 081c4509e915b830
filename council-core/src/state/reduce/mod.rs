//! How one field takes a write.

pub(crate) mod by_id;
pub(crate) mod id_list;

pub use by_id::{ById, IdWrite, Identified, OwnedId};
pub use id_list::IdList;

/// What an update holds for a field that has a reducer.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum FieldUpdate<W, T> {
    /// The field is left alone.
    #[default]
    Keep,
    /// The field takes this through its reducer.
    Reduce(W),
    /// The field becomes this, whatever it was.
    Overwrite(T),
}

impl<W, T> FieldUpdate<W, T> {
    /// Whether the field is overwritten.
    pub fn is_overwrite(&self) -> bool {
        matches!(self, Self::Overwrite(_))
    }

    /// Whether the field is left alone.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Forgets a write that goes through the reducer.
    pub fn drop_reducing(&mut self) {
        if matches!(self, Self::Reduce(_)) {
            *self = Self::Keep;
        }
    }

    /// Adds a write after those that the update holds already.
    pub fn write<R: Reducer<T, Write = W>>(&mut self, write: W) {
        match self {
            Self::Keep => *self = Self::Reduce(write),
            Self::Reduce(earlier) => R::combine(earlier, write),
            Self::Overwrite(value) => R::reduce(value, write),
        }
    }

    /// Puts the change into the field.
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
    pub fn write_with(&mut self, reduce: impl FnOnce(&mut T, T), write: T) {
        match self {
            Self::Keep => *self = Self::Reduce(vec![write]),
            Self::Reduce(earlier) => earlier.push(write),
            Self::Overwrite(value) => reduce(value, write),
        }
    }

    /// [`apply`](Self::apply) for a reducer that is a function.
    pub fn apply_with(self, reduce: impl Fn(&mut T, T), field: &mut T) {
        match self {
            Self::Keep => {}
            Self::Reduce(writes) => writes.into_iter().for_each(|write| reduce(field, write)),
            Self::Overwrite(value) => *field = value,
        }
    }
}

/// A rule by which a field of type `T` takes a write.
#[diagnostic::on_unimplemented(
    message = "the reducer `{Self}` does not fit a field of type `{T}`",
    label = "this field cannot take such writes",
    note = "`append` needs a list or a set, `add` a number, `max` and `min` an ordered value, `merge` a map, `by_id` a \
            `Vec` or an `IdList` of items that implement `Identified`"
)]
pub trait Reducer<T> {
    /// What an update collects for the field.
    type Write;

    /// Adds a later write of the same update to an earlier one.
    fn combine(earlier: &mut Self::Write, later: Self::Write);

    /// Puts a write into the field.
    fn reduce(field: &mut T, write: Self::Write);
}

/// `#[state(append)]`: adds items to a list or a set.
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

/// `#[state(merge)]`: puts entries into a map; a later entry wins over an earlier one with the same key.
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

/// `#[state(add)]`: adds to a number. It overflows as `+=` does: a panic in debug builds, which ends the run with an error.
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

/// `#[state(max)]`: keeps the greater value; a value that cannot be compared, such as NaN, changes nothing.
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

/// `#[state(min)]`: keeps the lesser value; a value that cannot be compared, such as NaN, changes nothing.
///
/// The field starts with what the input has, so a default of zero stays the least: start from `u32::MAX` or
/// `f64::INFINITY`.
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

/// Whether a value is like NaN, which would hide every later write of its update.
fn cannot_be_compared<T: PartialOrd>(value: &T) -> bool {
    value.partial_cmp(value).is_none()
}
