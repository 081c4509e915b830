//! JSON of values: it is the JSON that `serde_json` writes.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use council_core::journal::RawJson;
use proptest::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
enum Kind {
    Unit,
    One(String),
    Pair(String, u8),
    Named { text: String },
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Tagged {
    One { text: String },
}

#[derive(Serialize)]
struct Unit;

#[derive(Serialize)]
struct Wrapped(Box<str>);

#[derive(Serialize)]
struct Pair(String, Option<String>);

#[derive(Serialize)]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    none: Option<String>,
    some: Option<String>,
}

/// A struct with a field of the same name, as a `RawValue` has it.
#[derive(Serialize)]
#[serde(rename = "text")]
struct Namesake {
    text: String,
    other: String,
}

/// Bytes, and not a list.
struct Bytes(Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

fn check(value: &impl Serialize) {
    let json = RawJson::of(value).unwrap();
    assert_eq!(json.text(), serde_json::to_string(value).unwrap());
    assert_eq!(serde_json::to_string(&json).unwrap(), json.text(), "it is embedded as it is");
}

/// A value in which the text is at every place that serde knows.
fn everywhere(text: &str) -> impl Serialize {
    let own = || text.to_owned();
    let kinds = (Kind::Unit, Kind::One(own()), Kind::Pair(own(), 1), Kind::Named { text: own() });
    let structs = (Tagged::One { text: own() }, Unit, Wrapped(text.into()), Pair(own(), Some(own())));
    let flat = Flat { rest: BTreeMap::from([(own(), own())]), none: None, some: Some(own()) };
    let namesake = Namesake { text: own(), other: own() };
    let raw = RawValue::from_string(format!("[{}, 1.50]", serde_json::to_string(text).unwrap())).unwrap();
    let maps = (HashMap::from([(7_i64, [own(), own()])]), HashMap::from([(true, own())]));
    let values = serde_json::json!({ "a": [text, 1, null, 2.5], "b": {} });
    (kinds, structs, (flat, namesake, raw), (maps, values, RawJson::of(text).unwrap()))
}

proptest! {
    #[test]
    fn a_value_with_texts_is_written_as_by_serde_json(any in any::<String>(), long in "[ -~\n\t\"\\\\\u{0}-\u{1f}ä🚀]{0,300}", place in 0..200_usize) {
        check(&everywhere(&any));
        check(&everywhere(&long));
        // At each place of a long text that needs no escape.
        let mut plain = "p".repeat(200);
        plain.replace_range(place..=place, &any);
        check(&plain);
    }
}

#[test]
fn a_value_of_every_kind_is_written_as_by_serde_json() {
    check(&((), true, 'x', '"', "", Unit, Kind::Unit, Some(1), None::<u8>));
    check(&(i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX));
    check(&(-1.5e300, 0.1_f32, -0.0, f64::MIN_POSITIVE, f32::MAX));
    check(&(Bytes(b"bytes".to_vec()), Bytes(Vec::new()), Path::new("a\nb"), format_args!("{}\n", 1)));
}
