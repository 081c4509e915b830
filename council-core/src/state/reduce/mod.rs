//! Reducers: rules for how a field takes a write.

pub(crate) mod by_id;
pub(crate) mod field_update;
pub(crate) mod id_list;
pub(crate) mod named;

pub use by_id::{ById, IdWrite, Identified, OwnedId};
pub use field_update::FieldUpdate;
pub use id_list::IdList;
pub use named::{Add, Append, Max, Merge, Min};

/// A rule that combines a field of type `T` with a write.
///
/// ```
/// use council_core::reduce::{Max, Reducer};
///
/// let mut best = 6.5;
/// Max::reduce(&mut best, 8.0);
/// Max::reduce(&mut best, 7.0);
/// assert_eq!(best, 8.0);
///
/// let mut earlier = 6.5;
/// <Max as Reducer<f64>>::combine(&mut earlier, 9.0);
/// assert_eq!(earlier, 9.0);
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

    /// Whether no write undoes an earlier one, as with `append` and `add`. A write of a task that has ended may then be applied after a
    /// later edit.
    const KEEPS_EARLIER: bool = false;

    /// Adds a later write of the same update to an earlier one.
    fn combine(earlier: &mut Self::Write, later: Self::Write);

    /// Applies a write to the field.
    fn reduce(field: &mut T, write: Self::Write);
}
