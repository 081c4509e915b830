//! `#[state(by_id)]`, on a `Vec` and on an `IdList`.

use council_core::reduce::{FieldUpdate, IdWrite};
use council_core::{IdList, Identified, State};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Message {
    id: String,
    text: u32,
}

impl Identified for Message {
    type Id = str;

    fn id(&self) -> &str {
        &self.id
    }
}

fn message(id: &str, text: u32) -> Message {
    Message { id: id.to_owned(), text }
}

#[derive(State, Clone, Debug, Default)]
struct Chat {
    #[state(by_id)]
    list: Vec<Message>,
    #[state(by_id)]
    indexed: IdList<Message>,
}

impl Chat {
    /// The items of both lists as text. The lists must agree.
    fn shown(&self) -> String {
        let show = |items: &[Message]| -> Vec<_> { items.iter().map(|it| format!("{}{}", it.id, it.text)).collect() };
        assert_eq!(show(&self.list), show(&self.indexed));
        show(&self.list).join(" ")
    }
}

fn put(update: ChatUpdate, id: &str, text: u32) -> ChatUpdate {
    update.list(message(id, text)).indexed(message(id, text))
}

fn remove(update: ChatUpdate, id: &str) -> ChatUpdate {
    update.remove_list(id).remove_indexed(id)
}

fn overwrite(update: ChatUpdate, list: Vec<Message>) -> ChatUpdate {
    update.overwrite_list(list.clone()).overwrite_indexed(list)
}

#[test]
fn a_put_replaces_in_place_or_adds() {
    let mut chat = Chat::default();
    let two = [message("a", 1), message("b", 2)];
    chat.apply(put(Chat::update().extend_list(two.clone()).extend_indexed(two), "a", 3));
    chat.apply(put(put(Chat::update(), "c", 4), "b", 5));
    assert_eq!(chat.shown(), "a3 b5 c4");
}

#[test]
fn a_removal_of_an_unknown_id_changes_nothing() {
    let mut chat = Chat::default();
    chat.apply(remove(put(Chat::update(), "a", 1), "z"));
    assert_eq!(chat.shown(), "a1");
}

#[test]
fn puts_and_removals_keep_their_order_within_an_update_and_among_nodes() {
    let mut begun = Chat::default();
    begun.apply(put(put(Chat::update(), "a", 1), "b", 1));

    let mut chat = begun.clone();
    chat.apply(put(remove(Chat::update(), "a"), "a", 2));
    assert_eq!(chat.shown(), "b1 a2", "put after remove adds at the end");
    chat.apply(remove(put(Chat::update(), "b", 3), "b"));
    assert_eq!(chat.shown(), "a2", "remove after put removes");

    let mut chat = begun;
    chat.apply(remove(Chat::update(), "a"));
    chat.apply(put(Chat::update(), "a", 2));
    assert_eq!(chat.shown(), "b1 a2");
}

#[test]
fn later_puts_and_removals_continue_from_an_overwrite() {
    let mut chat = Chat::default();
    let update = overwrite(put(Chat::update(), "lost", 1), vec![message("a", 1), message("b", 1)]);
    chat.apply(put(remove(update, "a"), "b", 2));
    assert_eq!(chat.shown(), "b2");
}

#[test]
fn a_removal_takes_every_item_with_the_id_from_a_list_that_began_with_several() {
    let mut chat = Chat { list: vec![message("a", 1), message("b", 1), message("a", 2)], ..Chat::default() };
    chat.apply(Chat::update().remove_list("a"));
    assert_eq!(chat.list, [message("b", 1)]);
}

#[test]
fn an_observer_can_read_the_writes() {
    let update = Chat::update().indexed(message("a", 1)).remove_indexed("a");
    assert_eq!(
        update.indexed,
        FieldUpdate::Reduce(vec![IdWrite::Put(message("a", 1)), IdWrite::Remove("a".to_owned())])
    );
}

#[test]
fn an_id_list_is_stored_as_a_plain_list() {
    let list = IdList::from(vec![message("a", 1), message("b", 2)]);
    let text = serde_json::to_string(&list).unwrap();
    assert_eq!(text, r#"[{"id":"a","text":1},{"id":"b","text":2}]"#);
    let read: IdList<Message> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, list);
    assert_eq!(read.get("b"), Some(&message("b", 2)), "a list that was read finds its items by id");
}

#[test]
fn an_id_list_converts_from_and_to_items() {
    let list: IdList<_> = [message("a", 1), message("b", 1), message("a", 2)].into_iter().collect();
    assert_eq!((&list).into_iter().map(|item| item.text).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(format!("{list:?}"), format!("{:?}", list.to_vec()));
    assert_eq!(list.clone().into_vec(), list.into_iter().collect::<Vec<_>>());
}

#[derive(Clone, Debug)]
enum Write {
    Put(u8, u32),
    Remove(u8),
    Overwrite(Vec<u8>),
}

fn writes() -> impl Strategy<Value = Vec<Vec<Write>>> {
    let id = 0..12_u8;
    let write = prop_oneof![
        6 => (id.clone(), any::<u32>()).prop_map(|(id, text)| Write::Put(id, text)),
        4 => id.clone().prop_map(Write::Remove),
        1 => prop::collection::hash_set(id, 0..8).prop_map(|ids| Write::Overwrite(ids.into_iter().collect())),
    ];
    prop::collection::vec(prop::collection::vec(write, 0..12), 0..12)
}

proptest! {
    /// The index does not change the result of any sequence of writes.
    #[test]
    fn an_id_list_behaves_like_a_vec(updates in writes()) {
        let mut chat = Chat::default();
        let mut at_once = Chat::default();
        for writes in &updates {
            let mut update = Chat::update();
            for write in writes {
                let one = |update| match write {
                    Write::Put(id, text) => put(update, &id.to_string(), *text),
                    Write::Remove(id) => remove(update, &id.to_string()),
                    Write::Overwrite(ids) => overwrite(update, ids.iter().map(|id| message(&id.to_string(), 0)).collect()),
                };
                update = one(update);
                at_once.apply(one(Chat::update()));
            }
            chat.apply(update);
            prop_assert_eq!(chat.shown(), at_once.shown(), "one update of many writes equals many updates of one write");
            for id in 0..12_u8 {
                let id = id.to_string();
                prop_assert_eq!(chat.indexed.get(&id), chat.list.iter().find(|item| item.id == id));
            }
        }
    }
}
