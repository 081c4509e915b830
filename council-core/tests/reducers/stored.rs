//! Updates as JSON and back.

use council_core::{IdList, Identified, State, Update};
use expect_test::expect;
use serde::{Deserialize, Serialize};

use crate::{All, AllUpdate};

/// Reads the JSON of an update again. The result has the same JSON, sets the same fields, and changes a state in the same way.
fn again(update: &AllUpdate) -> String {
    let text = serde_json::to_string(update).unwrap();
    let read: AllUpdate = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    assert_eq!((read.sets(), read.overwrites()), (update.sets(), update.overwrites()));
    let mut states = [All { product: 1, ..All::default() }, All { product: 1, ..All::default() }];
    states[0].apply(update.clone());
    states[1].apply(read);
    assert_eq!(states[0], states[1]);
    text
}

#[test]
fn the_json_of_an_update_contains_only_its_writes() {
    let update = All::update().name("n").score(Some(8.5)).note(None).plain([1]).list("a").list("b").queue(1).set(2);
    let update = update.total(-1).peak(2.5).low(0.5).first("x".into()).ages("a", 1).index(1, 2);
    let text = again(&update.words("one").words("two").product(3).r#type(true));
    expect![[r#"{"name":"n","score":8.5,"note":null,"plain":[1],"list":["a","b"],"queue":[1],"set":[2],"total":-1,"peak":2.5,"low":0.5,"first":"x","ages":[["a",1]],"index":[[1,2]],"words":["one","two"],"product":[3],"type":true}"#]].assert_eq(&text);
    assert_eq!(again(&All::update()), "{}");
}

#[test]
fn an_overwrite_and_a_write_differ_in_json() {
    let update = All::update().overwrite_list(["a".to_owned()]).overwrite_total(1).overwrite_words("w");
    assert_eq!(again(&update), r#"{"=list":["a"],"=total":1,"=words":"w"}"#);
}

#[test]
fn json_that_does_not_fit_names_the_field() {
    let wrong = |text| serde_json::from_str::<AllUpdate>(text).unwrap_err().to_string();
    assert!(wrong(r#"{"count":"n"}"#).starts_with(r#"invalid type: string "n", expected u32"#));
    assert!(wrong("[]").starts_with("invalid type: sequence, expected an object with the fields of an update"));
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Message {
    id: String,
    text: String,
}

impl Identified for Message {
    type Id = str;

    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Chat {
    #[state(by_id)]
    list: Vec<Message>,
    #[state(by_id)]
    indexed: IdList<Message>,
}

#[test]
fn puts_and_removals_keep_their_order() {
    let message = |id: &str| Message { id: id.into(), text: "t".into() };
    let update = Chat::update().list(message("a")).remove_list("b").indexed(message("c")).remove_indexed("c");
    let text = serde_json::to_string(&update).unwrap();
    expect![[r#"{"list":[{"put":{"id":"a","text":"t"}},{"remove":"b"}],"indexed":[{"put":{"id":"c","text":"t"}},{"remove":"c"}]}"#]].assert_eq(&text);
    let mut chat = Chat::default();
    chat.apply(serde_json::from_str(&text).unwrap());
    assert_eq!(chat, Chat { list: vec![message("a")], indexed: IdList::new() });
}

/// A state whose fields are no JSON. It cannot be stored.
#[derive(State, Default)]
struct Handles {
    #[state(append)]
    open: Vec<std::sync::Arc<std::sync::Mutex<u8>>>,
}

#[test]
fn a_state_need_not_be_json() {
    let mut handles = Handles::default();
    handles.apply(Handles::update().open(std::sync::Mutex::new(1)));
    assert_eq!(handles.open.len(), 1);
}

#[derive(State, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Generic<T: Clone + Send + Sync + 'static> {
    one: Option<T>,
    #[state(append)]
    many: Vec<T>,
}

#[test]
fn a_generic_state_is_json_if_its_parameter_is() {
    let update = Generic::<u8>::update().one(1).many(2);
    let text = serde_json::to_string(&update).unwrap();
    assert_eq!(text, r#"{"one":1,"many":[2]}"#);
    let mut state = Generic::<u8>::default();
    state.apply(serde_json::from_str(&text).unwrap());
    assert_eq!(state, Generic { one: Some(1), many: vec![2] });
}
