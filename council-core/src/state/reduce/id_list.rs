//! `IdList`: a list with a hash index of its ids.

use std::borrow::{Borrow, ToOwned};
use std::collections::HashMap;
use std::ops::Deref;
use std::{fmt, mem, slice, vec};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Reducer;
use super::by_id::{ById, IdWrite, Identified, OwnedId};

/// A list of items with unique ids, and with a hash index that finds an item by its id.
///
/// It reads like a slice. A put to a field `#[state(by_id)]` of this type takes the same time for any length of the list. A
/// removal shifts the items behind it, as in a [`Vec`]. The cost is a map beside the list, with a copy of every id. The list is
/// stored as a plain list.
///
/// Like the key of a map, the id of an item must not change while the item is in the list.
///
/// ```
/// use council_core::{IdList, Identified};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct Source(&'static str, u32);
///
/// impl Identified for Source {
///     type Id = str;
///
///     fn id(&self) -> &str {
///         self.0
///     }
/// }
///
/// let mut sources = IdList::from(vec![Source("a", 1), Source("b", 2), Source("a", 3)]);
/// assert_eq!(*sources, [Source("a", 3), Source("b", 2)], "a later item takes the place of its namesake");
/// assert_eq!(sources.get("b"), Some(&Source("b", 2)));
/// assert_eq!(sources.remove("a"), Some(Source("a", 3)));
/// assert_eq!(sources.iter().map(|source| source.1).sum::<u32>(), 2);
/// ```
#[derive(Clone)]
pub struct IdList<I: Identified> {
    items: Vec<I>,
    places: HashMap<OwnedId<I>, usize>,
}

impl<I: Identified> IdList<I> {
    /// An empty list.
    ///
    /// ```
    /// # use council_core::*;
    /// # struct Source(u64); impl Identified for Source { type Id = u64; fn id(&self) -> &u64 { &self.0 } }
    /// assert!(IdList::<Source>::new().is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }

    /// The item with this id.
    ///
    /// ```
    /// # use council_core::*;
    /// # struct Source(u64); impl Identified for Source { type Id = u64; fn id(&self) -> &u64 { &self.0 } }
    /// let sources = IdList::from(vec![Source(7), Source(8)]);
    /// assert!(sources.get(&8).is_some() && sources.get(&9).is_none());
    /// ```
    pub fn get(&self, id: &I::Id) -> Option<&I> {
        self.places.get(id).map(|&place| &self.items[place])
    }

    /// Replaces the item with the same id and returns the old item, or adds the item at the end.
    ///
    /// ```
    /// # use council_core::*;
    /// # struct Source(u64); impl Identified for Source { type Id = u64; fn id(&self) -> &u64 { &self.0 } }
    /// let mut sources = IdList::from(vec![Source(7)]);
    /// assert!(sources.put(Source(8)).is_none());
    /// assert!(sources.put(Source(7)).is_some());
    /// assert_eq!(sources.len(), 2);
    /// ```
    pub fn put(&mut self, item: I) -> Option<I> {
        if let Some(&place) = self.places.get(item.id()) {
            return Some(mem::replace(&mut self.items[place], item));
        }
        self.places.insert(item.id().to_owned(), self.items.len());
        self.items.push(item);
        None
    }

    /// Removes the item with this id and returns it. The items behind it move forward.
    ///
    /// ```
    /// # use council_core::*;
    /// # struct Source(u64); impl Identified for Source { type Id = u64; fn id(&self) -> &u64 { &self.0 } }
    /// let mut sources = IdList::from(vec![Source(7), Source(8)]);
    /// assert!(sources.remove(&7).is_some());
    /// assert_eq!(sources.len(), 1);
    /// ```
    pub fn remove(&mut self, id: &I::Id) -> Option<I> {
        let removed = self.places.remove(id)?;
        if removed + 1 < self.items.len() {
            self.places.values_mut().filter(|place| **place > removed).for_each(|place| *place -= 1);
        }
        Some(self.items.remove(removed))
    }

    /// The items as a [`Vec`].
    ///
    /// ```
    /// # use council_core::*;
    /// # struct Source(u64); impl Identified for Source { type Id = u64; fn id(&self) -> &u64 { &self.0 } }
    /// let items: Vec<Source> = IdList::from(vec![Source(7)]).into_vec();
    /// assert_eq!(items.len(), 1);
    /// ```
    pub fn into_vec(self) -> Vec<I> {
        self.items
    }
}

impl<I: Identified> Reducer<IdList<I>> for ById {
    type Write = Vec<IdWrite<I, OwnedId<I>>>;

    fn combine(earlier: &mut Self::Write, later: Self::Write) {
        earlier.extend(later);
    }

    fn reduce(field: &mut IdList<I>, writes: Self::Write) {
        for write in writes {
            match write {
                IdWrite::Put(item) => drop(field.put(item)),
                IdWrite::Remove(id) => drop(field.remove(id.borrow())),
            }
        }
    }
}

impl<I: Identified> Deref for IdList<I> {
    type Target = [I];

    fn deref(&self) -> &[I] {
        &self.items
    }
}

impl<I: Identified> Default for IdList<I> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Identified> FromIterator<I> for IdList<I> {
    fn from_iter<Items: IntoIterator<Item = I>>(items: Items) -> Self {
        let items = items.into_iter();
        let (least, _) = items.size_hint();
        let mut list = Self { items: Vec::with_capacity(least), places: HashMap::with_capacity(least) };
        for item in items {
            list.put(item);
        }
        list
    }
}

impl<I: Identified> From<Vec<I>> for IdList<I> {
    fn from(items: Vec<I>) -> Self {
        items.into_iter().collect()
    }
}

impl<I: Identified> IntoIterator for IdList<I> {
    type Item = I;
    type IntoIter = vec::IntoIter<I>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'list, I: Identified> IntoIterator for &'list IdList<I> {
    type Item = &'list I;
    type IntoIter = slice::Iter<'list, I>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

// The map can be rebuilt from the items, so only the items are shown, compared and stored.
impl<I: Identified + fmt::Debug> fmt::Debug for IdList<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(formatter)
    }
}

impl<I: Identified + PartialEq> PartialEq for IdList<I> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<I: Identified + Eq> Eq for IdList<I> {}

impl<I: Identified + Serialize> Serialize for IdList<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<'de, I: Identified + Deserialize<'de>> Deserialize<'de> for IdList<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}
