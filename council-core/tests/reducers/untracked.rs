//! Untracked fields, which are not stored.

use std::collections::BTreeMap;

use council_core::{FieldSet, State, Update};

fn keep_if_empty(field: &mut String, new: String) {
    if !new.is_empty() {
        *field = new;
    }
}

#[derive(State, Clone, Debug, Default, PartialEq)]
struct Search {
    query: String,
    #[state(untracked)]
    socket: Option<u32>,
    #[state(append)]
    found: Vec<String>,
    #[state(append, untracked)]
    pages: Vec<u64>,
    #[state(untracked)]
    #[state(merge)]
    cache: BTreeMap<u8, u8>,
    #[state(untracked, keep_if_empty)]
    scratch: String,
}

fn everything() -> SearchUpdate {
    Search::update().query("q").socket(Some(7)).found("f").pages(1).cache(1, 2).scratch("s")
}

#[test]
fn a_state_lists_its_untracked_fields() {
    let untracked: Vec<_> =
        Search::FIELDS.iter().enumerate().filter(|(at, _)| Search::UNTRACKED.contains(*at)).map(|(_, f)| *f).collect();
    assert_eq!(untracked, ["socket", "pages", "cache", "scratch"]);
    assert_eq!(Plain::UNTRACKED, FieldSet::EMPTY);
}

#[derive(State)]
struct Plain {
    #[allow(dead_code, reason = "only what the derive says of it matters")]
    text: String,
}

#[test]
fn an_untracked_field_is_written_like_other_fields() {
    let mut search = Search::default();
    search.apply(everything());
    assert_eq!((search.socket, search.pages.as_slice(), search.scratch.as_str()), (Some(7), [1].as_slice(), "s"));
    assert_eq!(search.cache, BTreeMap::from([(1, 2)]));
    assert!(everything().sets().contains(1), "two nodes that set an untracked field conflict");
}

#[test]
fn a_journal_forgets_every_kind_of_write_to_it() {
    for update in [everything(), everything().overwrite_pages([2]).overwrite_cache([]).overwrite_scratch("o")] {
        assert_eq!(serde_json::to_string(&update).unwrap(), r#"{"query":"q","found":["f"]}"#);
    }
    let read: SearchUpdate = serde_json::from_str(r#"{"socket":7,"found":["f"]}"#).unwrap();
    assert_eq!(format!("{read:?}"), "SearchUpdate(found)", "a write that is not stored is not read either");
}
