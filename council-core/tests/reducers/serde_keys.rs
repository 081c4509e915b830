//! The serde attributes that say under which keys a field is stored: the keys of an update are those of the state.

use std::collections::BTreeSet;

use council_core::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The keys of the JSON of a value.
fn keys(value: &impl Serialize) -> BTreeSet<String> {
    let Value::Object(object) = serde_json::to_value(value).unwrap() else { panic!("it is not an object") };
    object.into_iter().map(|(key, _)| key).collect()
}

macro_rules! all_cases {
    ($($module:ident: $rule:literal),*) => {
        $(mod $module {
            use council_core::State;
            use serde::{Deserialize, Serialize};

            #[derive(State, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(rename_all = $rule)]
            struct Names {
                a: u8,
                two_words: u8,
                _led: u8,
                double_r_bar: u8,
                r#type: u8,
                x1_y2: u8,
                trailing_: u8,
            }

            #[test]
            fn an_update_has_the_keys_of_the_state() {
                let update = Names::update().a(1).two_words(2)._led(3).double_r_bar(4).r#type(5).x1_y2(6).trailing_(7);
                assert_eq!(super::keys(&update), super::keys(&Names::default()));
                let mut names = Names::default();
                names.apply(serde_json::from_value(serde_json::to_value(update).unwrap()).unwrap());
                let all = Names { a: 1, two_words: 2, _led: 3, double_r_bar: 4, r#type: 5, x1_y2: 6, trailing_: 7 };
                assert_eq!(names, all);
            }
        })*
    };
}

all_cases! {
    lower: "lowercase", upper: "UPPERCASE", pascal: "PascalCase", camel: "camelCase", snake: "snake_case",
    screaming: "SCREAMING_SNAKE_CASE", kebab: "kebab-case", screaming_kebab: "SCREAMING-KEBAB-CASE"
}

#[derive(State, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase", deserialize = "camelCase"), rename = "Renamed", tag = "kind")]
struct Renamed {
    #[serde(rename = "text", alias = "body", alias = "content")]
    draft_text: String,
    #[state(append)]
    #[serde(rename(serialize = "remarks", deserialize = "notes"), alias = "remarks")]
    note_list: Vec<String>,
    #[serde(rename(deserialize = "places"), alias = "howMany")]
    how_many: u8,
    plain_one: u8,
}

#[test]
fn fields_keep_their_names_in_rust() {
    assert_eq!(Renamed::FIELDS, ["draft_text", "note_list", "how_many", "plain_one"]);
    let update = Renamed::update().draft_text("t").note_list("n").how_many(3).plain_one(4);
    assert_eq!(format!("{update:?}"), "RenamedUpdate(draft_text, note_list, how_many, plain_one)");
    let text = serde_json::to_string(&update).unwrap();
    assert_eq!(text, r#"{"text":"t","remarks":["n"],"howMany":3,"plainOne":4}"#);
    let overwritten = serde_json::to_string(&Renamed::update().overwrite_note_list(["n".into()])).unwrap();
    assert_eq!(overwritten, r#"{"=remarks":["n"]}"#);

    let mut state = Renamed::default();
    state.apply(serde_json::from_str(&text).unwrap());
    let written = serde_json::to_value(&state).unwrap();
    assert_eq!(written, json!({"kind":"Renamed","text":"t","remarks":["n"],"howMany":3,"plainOne":4}));
    assert_eq!(serde_json::from_value::<Renamed>(written).unwrap(), state);
}

/// What serde reads for a state, it reads for an update.
#[test]
fn every_key_that_serde_reads_is_read() {
    for key in ["text", "body", "content"] {
        let state: Renamed = serde_json::from_value(json!({key:"t","notes":["a"],"places":1,"plainOne":2})).unwrap();
        let mut updated = Renamed::default();
        updated.apply(serde_json::from_value(json!({key:"t","notes":["a"],"places":1,"plainOne":2})).unwrap());
        assert_eq!(updated, state);
    }
    for key in ["=notes", "=remarks"] {
        let mut updated = Renamed { note_list: vec!["old".into()], ..Renamed::default() };
        updated.apply(serde_json::from_value(json!({key:["new"]})).unwrap());
        assert_eq!(updated.note_list, ["new"]);
    }
}

#[derive(State, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    text: String,
    #[serde(skip)]
    handle: u8,
}

/// A key that no field has is ignored where serde ignores it, and refused where serde refuses it.
#[test]
fn an_unknown_key_is_treated_as_in_the_state() {
    let mut renamed = Renamed::default();
    renamed.apply(serde_json::from_str(r#"{"=gone":[1,{"a":2}],"text":"t","other":null}"#).unwrap());
    assert_eq!(renamed.draft_text, "t");

    let mut strict = Strict::default();
    strict.apply(serde_json::from_str(&serde_json::to_string(&Strict::update().text("t").handle(1)).unwrap()).unwrap());
    assert_eq!(strict, Strict { text: "t".into(), handle: 0 });
    for json in [r#"{"txt":"t"}"#, r#"{"handle":1}"#, r#"{"+text":"t"}"#] {
        let error = serde_json::from_str::<StrictUpdate>(json).unwrap_err().to_string();
        assert!(error.starts_with("unknown field `") && error.contains(", expected `text`"), "{error}");
    }
}

#[test]
fn a_field_that_is_written_twice_is_refused() {
    for (json, field) in [
        (r#"{"text":"a","text":"b"}"#, "text"),
        (r#"{"text":"a","body":"b"}"#, "text"),
        (r#"{"notes":["a"],"=notes":["b"]}"#, "notes"),
    ] {
        let error = serde_json::from_str::<RenamedUpdate>(json).unwrap_err().to_string();
        assert!(error.starts_with(&format!("duplicate field `{field}`")), "{error}");
    }
}
