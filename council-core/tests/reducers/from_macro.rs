//! A state that a macro of the user generates: its names, types and attributes come as fragments of `macro_rules!`.

use std::collections::BTreeMap;

use council_core::State;
use serde::{Deserialize, Serialize};

macro_rules! state {
    ($(#[$of_struct:meta])* $vis:vis struct $name:ident {
        $($(#[$meta:meta])* $field_vis:vis $field:ident: $ty:ty,)*
    }) => {
        #[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        $(#[$of_struct])*
        $vis struct $name {
            $($(#[$meta])* $field_vis $field: $ty,)*
        }
    };
}

fn longer(text: &mut String, other: String) {
    if other.len() > text.len() {
        *text = other;
    }
}

fn is_long(text: &str) -> bool {
    text.len() > 9
}

fn joined(text: &mut String, other: String) {
    text.extend([other]);
}

state! {
    /// A field of each kind.
    #[serde(rename_all = "camelCase")]
    pub(crate) struct Whole {
        /// A number, which takes a literal.
        pub(crate) count: u32,
        score: Option<f64>,
        #[serde(default, skip_serializing_if = "is_long")]
        title: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        maybe: Option<String>,
        #[state(append)]
        numbers: Vec<u64>,
        #[state(append)]
        pub(super) notes: Vec<String>,
        #[state(add)]
        total: i64,
        #[state(max, renamed = "highest")]
        most: f64,
        #[state(merge)]
        by_name: BTreeMap<String, u32>,
        #[state(longer)]
        text: String,
        #[state(concurrent(joined))]
        draft: String,
        #[serde(with = "super::serde_values::bracketed")]
        bracketed: u64,
    }
}

#[test]
fn a_macro_passes_names_types_and_attributes() {
    let update = Whole::update().count(3).score(Some(8.5)).title("a title").maybe("m".to_owned()).numbers(1).notes("n");
    let update = update.total(-1).most(2.5).by_name("a", 1).text("long").text("no").draft("d").bracketed(7);
    let text = serde_json::to_string(&update).unwrap();
    let mut whole = Whole::default();
    whole.apply(serde_json::from_str(&text).unwrap());
    let expected = Whole {
        count: 3,
        score: Some(8.5),
        title: "a title".into(),
        maybe: Some("m".into()),
        numbers: vec![1],
        notes: vec!["n".into()],
        total: -1,
        most: 2.5,
        by_name: [("a".into(), 1)].into(),
        text: "long".into(),
        draft: "d".into(),
        bracketed: 7,
    };
    assert_eq!(whole, expected);
    whole.apply(update.clone().overwrite_numbers([2]).overwrite_total(5));
    assert_eq!((whole.numbers, whole.total), (vec![2], 5));
}

/// The fragments are parts of types and of attributes.
macro_rules! parts {
    ($name:ident, $item:ty, $list:ident, $reducer:path, $function:path, $key:literal, $deps:ty, $engine:path) => {
        #[derive(State, Default, Serialize, Deserialize)]
        #[state(deps = $deps, crate = $engine)]
        struct $name {
            #[state($reducer)]
            #[serde(rename = $key)]
            list: $list<$item>,
            maybe: Option<$item>,
            #[state($function, renamed = "words")]
            #[serde(default)]
            text: String,
            #[state(formerly($reducer))]
            #[serde(default)]
            plain: ($item, [$item; 2]),
        }
    };
}

parts!(Parts, u16, Vec, append, self::longer, "items", Vec<u8>, ::council_core);

#[test]
fn a_macro_passes_parts_of_types_and_of_attributes() {
    fn deps<S: State<Deps = Vec<u8>>>(_: &S) {}
    let mut parts = Parts::default();
    deps(&parts);
    let update = Parts::update().list(1).maybe(Some(2)).text("t").plain((3, [4, 5]));
    let text = serde_json::to_string(&update).unwrap();
    assert_eq!(text, r#"{"items":[1],"maybe":2,"text":["t"],"plain":[3,[4,5]]}"#);
    parts.apply(update);
    assert_eq!((parts.list, parts.maybe, parts.text.as_str(), parts.plain), (vec![1], Some(2), "t", (3, [4, 5])));
}

/// The macro has the whole state, and its user only a name and a type.
macro_rules! counter {
    ($name:ident, $ty:ty) => {
        #[derive(State, Clone, Debug, Default)]
        #[state(crate = $crate::engine)]
        struct $name {
            #[state(add)]
            count: $ty,
            #[state(append)]
            all: Vec<$ty>,
            last: $ty,
        }
    };
}

counter!(Counter, u8);

#[test]
fn a_macro_passes_the_path_of_the_crate() {
    let mut counter = Counter::default();
    counter.apply(Counter::update().count(1).count(2).all(3).last(4));
    assert_eq!((counter.count, counter.all, counter.last), (3, vec![3], 4));
}
