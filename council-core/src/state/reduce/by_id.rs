//! The reducer `by_id`, for lists whose items have an id.

use std::borrow::Borrow;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::Reducer;

/// An item with an id, for `#[state(by_id)]`.
///
/// If the id is a `String`, use `str` as its type, so that a literal is an id:
///
/// ```
/// use council_core::Identified;
///
/// struct Message {
///     id: String,
///     text: String,
/// }
///
/// impl Identified for Message {
///     type Id = str;
///
///     fn id(&self) -> &str {
///         &self.id
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no id for `#[state(by_id)]`",
    label = "items are found by their id",
    note = "implement `Identified` for `{Self}`"
)]
pub trait Identified {
    /// The type of the id: `u64`, `str`, or a type of your own.
    type Id: Eq + Hash + ToOwned<Owned: Eq + Hash + Clone + Send + Sync> + ?Sized;

    /// The id of this item.
    fn id(&self) -> &Self::Id;
}

/// The id of an item as an owned value: `String` for a `str`, a copy for a number.
///
/// ```
/// # use council_core::*;
/// # struct Source(String); impl Identified for Source { type Id = str; fn id(&self) -> &str { &self.0 } }
/// let id: reduce::OwnedId<Source> = String::from("a");
/// ```
pub type OwnedId<I> = <<I as Identified>::Id as ToOwned>::Owned;

/// One write to a `by_id` field. An update keeps its writes in the order in which they were made.
///
/// ```
/// use council_core::reduce::IdWrite;
///
/// let writes: [IdWrite<&str, u64>; 2] = [IdWrite::Put("an item"), IdWrite::Remove(7)];
/// assert_eq!(serde_json::to_string(&writes).unwrap(), r#"[{"put":"an item"},{"remove":7}]"#);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum IdWrite<I, Id> {
    /// Replaces the item with the same id in its place, or adds the item at the end.
    Put(I),
    /// Removes the item with this id, if there is one.
    Remove(Id),
}

/// `#[state(by_id)]`: puts items into a list by their ids, and removes them.
///
/// A put replaces the item with the same id in its place, or adds the item at the end. Removing an unknown id changes nothing.
/// Writes take effect in their order, within an update and among nodes. So an item that is removed and then put is at the end;
/// an item that is put and then removed is gone.
///
/// On a [`Vec`], a put searches the list from the end, where an unfinished message usually is. A new item costs one comparison
/// for each item of the list. On an [`IdList`](crate::IdList), an item is found by the hash of its id.
///
/// ```
/// # use council_core::Identified;
/// # #[derive(Clone, Debug, PartialEq)]
/// # struct Message { id: String, text: String }
/// # impl Identified for Message { type Id = str; fn id(&self) -> &str { &self.id } }
/// # impl Message { fn new(id: &str, text: &str) -> Self { Self { id: id.into(), text: text.into() } } }
/// use council_core::{IdList, State};
///
/// #[derive(State, Default)]
/// struct Chat {
///     #[state(by_id)]
///     messages: IdList<Message>,
/// }
///
/// let mut chat = Chat::default();
/// chat.apply(Chat::update().messages(Message::new("a", "hello")).messages(Message::new("b", "who is")));
/// chat.apply(Chat::update().messages(Message::new("b", "who is there?")).remove_messages("a"));
/// assert_eq!(*chat.messages, [Message::new("b", "who is there?")]);
/// ```
#[derive(Debug)]
pub struct ById;

impl<I: Identified> Reducer<Vec<I>> for ById {
    type Write = Vec<IdWrite<I, OwnedId<I>>>;

    fn combine(earlier: &mut Self::Write, later: Self::Write) {
        earlier.extend(later);
    }

    fn reduce(field: &mut Vec<I>, writes: Self::Write) {
        for write in writes {
            match write {
                IdWrite::Put(item) => match field.iter().rposition(|known| known.id() == item.id()) {
                    Some(place) => field[place] = item,
                    None => field.push(item),
                },
                IdWrite::Remove(id) => field.retain(|item| item.id() != id.borrow()),
            }
        }
    }
}
