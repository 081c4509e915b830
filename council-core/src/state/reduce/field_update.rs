//! `FieldUpdate`: the value of an update for a field with a reducer.

use super::Reducer;

/// The value of an update for a field with a reducer. There is no fourth possibility, so a `match` may list all three.
///
/// ```
/// use council_core::reduce::FieldUpdate;
///
/// let overwrite = FieldUpdate::<Vec<u32>, Vec<u32>>::Overwrite(vec![1]);
/// assert!(overwrite.is_overwrite() && !overwrite.is_keep());
/// ```
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

    /// Yields to an edit that was made after this change, while the change waits for the end of its superstep. Returns the change that
    /// has to be applied before the edit.
    ///
    /// | this change | the edit | result |
    /// | --- | --- | --- |
    /// | any | overwrites | this change is removed |
    /// | overwrites | goes through the reducer | the edit is added to the value of this change |
    /// | goes through the reducer | goes through the reducer | the change is applied before the edit, unless the reducer [keeps earlier writes](Reducer::KEEPS_EARLIER) |
    ///
    /// ```
    /// # use council_core::reduce::{Append, FieldUpdate};
    /// let mut change = FieldUpdate::Overwrite(vec!["one"]);
    /// assert!(change.yield_to::<Append>(&FieldUpdate::Reduce(vec!["two"])).is_keep());
    /// assert_eq!(change, FieldUpdate::Overwrite(vec!["one", "two"]));
    ///
    /// assert!(change.yield_to::<Append>(&FieldUpdate::Overwrite(vec![])).is_keep());
    /// assert!(change.is_keep());
    /// ```
    #[must_use = "the change before the edit is lost if it is not applied"]
    pub fn yield_to<R: Reducer<T, Write = W>>(&mut self, edit: &Self) -> Self
    where
        W: Clone,
    {
        self.yield_by(edit, |value, edit| R::reduce(value, edit.clone()), R::KEEPS_EARLIER)
    }

    fn yield_by(&mut self, edit: &Self, reduce: impl FnOnce(&mut T, &W), keeps_earlier: bool) -> Self {
        match (&mut *self, edit) {
            (Self::Keep, _) | (_, Self::Keep) => {}
            (_, Self::Overwrite(_)) => *self = Self::Keep,
            (Self::Overwrite(value), Self::Reduce(edit)) => reduce(value, edit),
            (Self::Reduce(_), Self::Reduce(_)) if keeps_earlier => {}
            (Self::Reduce(_), Self::Reduce(_)) => return std::mem::replace(self, Self::Keep),
        }
        Self::Keep
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

    /// [`yield_to`](Self::yield_to) for a reducer that is a function.
    ///
    /// ```
    /// # use council_core::reduce::FieldUpdate;
    /// let mut change = FieldUpdate::Reduce(vec![3]);
    /// let earlier = change.yield_to_with(|field, write| *field *= write, &FieldUpdate::Reduce(vec![4]));
    /// assert_eq!((earlier, change), (FieldUpdate::Reduce(vec![3]), FieldUpdate::Keep));
    /// ```
    #[must_use = "the change before the edit is lost if it is not applied"]
    pub fn yield_to_with(&mut self, reduce: impl Fn(&mut T, T), edit: &Self) -> Self
    where
        T: Clone,
    {
        self.yield_by(edit, |value, writes| writes.iter().for_each(|write| reduce(value, write.clone())), false)
    }
}
