//! The errors of values that cannot be written: each names the place in the value.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use council_core::journal::RawJson;
use expect_test::expect;
use serde::Serialize;
use serde_json::Value;

use super::{Flat, Key, Kind, Marker, Tree, Wrapped};

#[derive(Serialize)]
struct Item {
    name: &'static str,
    weight: f32,
}

/// A key that is a number or a text.
#[derive(PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
enum Loose {
    Number(u8),
    Text(&'static str),
}

#[derive(Serialize)]
struct Wet {
    ink: Failing,
}

struct Failing;

impl Serialize for Failing {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("out of ink"))
    }
}

fn error(value: impl Serialize) -> String {
    RawJson::of(&value).map_or_else(|error| error.to_string(), |json| format!("written: {}", json.text()))
}

fn errors<'a>(cases: impl IntoIterator<Item = (&'a str, String)>) -> String {
    cases.into_iter().fold(String::new(), |mut lines, (case, error)| {
        writeln!(lines, "{case}: {error}").unwrap();
        lines
    })
}

#[test]
fn a_value_that_would_not_come_back_names_its_place() {
    let items = [1.0, 2.0, f32::NEG_INFINITY].map(|weight| Item { name: "x", weight });
    let kind = Kind::Named { weight: 1.0, inner: Some(Box::new(Kind::Pair(f64::NAN, ()))) };
    let rest = BTreeMap::from([("name".to_owned(), 1)]);
    let by_pair = HashMap::from([((1, 2), 'x')]);
    let loose = HashMap::from([(Loose::Number(1), "number"), (Loose::Text("1"), "text")]);
    expect![[r#"
        a number: JSON cannot represent NaN; use an `Option`, with `None` for this case
        a list: `[1]`: JSON cannot represent an infinite number; use an `Option`, with `None` for this case
        an item: `items[2].weight`: JSON cannot represent an infinite number; use an `Option`, with `None` for this case
        a variant: `kind.inner[0]`: JSON cannot represent NaN; use an `Option`, with `None` for this case
        a nested option: `[0]`: `Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case
        a unit: `[0]`: `Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case
        a unit struct: `[0]`: `Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case
        a wrapped option: `[0]`: `Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case
        a null: `[0]`: `Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case
        a raw null: `[0]`: `Some` of a value that JSON writes as null would be read as `None`; use an enum with a variant for each case
        a key: `by pair`: a map key is a tuple, but JSON keys are strings; implement `Serialize` so that the key becomes a string
        a variant as a key: a map key is a variant with data, but JSON keys are strings; implement `Serialize` so that the key becomes a string
        an option as a key: a map key is `None`, but JSON keys are strings; implement `Serialize` so that the key becomes a string
        keys that become equal: `[0]`: the object has the key `1` twice, so one of the two values would be lost
        a flattened key: `[0]`: the object has the key `name` twice, so one of the two values would be lost
        a deep value: `[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]...`: nested more than 127 levels deep, which could not be read again; keep it flat, for example as a list with indices
        a serialiser that fails: `[0].ink`: out of ink
    "#]].assert_eq(&errors([
        ("a number", error(f64::NAN)),
        ("a list", error([Some(0.5), Some(f64::INFINITY)])),
        ("an item", error(HashMap::from([("items", items)]))),
        ("a variant", error(HashMap::from([("kind", kind)]))),
        ("a nested option", error([Some(None::<u8>)])),
        ("a unit", error([Some(())])),
        ("a unit struct", error([Some(Marker)])),
        ("a wrapped option", error([Some(Wrapped(None))])),
        ("a null", error([Some(Value::Null)])),
        ("a raw null", error([Some(RawJson::checked("null").unwrap())])),
        ("a key", error(HashMap::from([("by pair", by_pair)]))),
        ("a variant as a key", error(BTreeMap::from([(Key::Corner, 1), (Key::Cell(1, 2), 2)]))),
        ("an option as a key", error(BTreeMap::from([(None::<u8>, 1)]))),
        ("keys that become equal", error([loose])),
        ("a flattened key", error([Flat { name: "n".to_owned(), rest }])),
        ("a deep value", error(Tree::of_depth(128))),
        ("a serialiser that fails", error([Wet { ink: Failing }])),
    ]));
}

#[test]
fn a_value_that_comes_back_is_written() {
    expect![[r#"
        options: written: [null,1,[1,null]]
        units: written: [null,null,{"One":null},null]
        keys: written: [{"1.5":1},{"x":1}]
        numbers as keys: written: [{"-1":"a","2":"b"},{"true":"c"}]
        variants as keys: written: {"Corner":1,"Middle":2}
        a flattened map: written: {"name":"n","m":1}
        128 bits: written: [-170141183460469231731687303715884105728,340282366920938463463374607431768211455]
    "#]]
    .assert_eq(&errors([
        ("options", error((None::<u8>, Some(1), [Some(Some(1)), None]))),
        ("units", error(((), Marker, Kind::One(None), Wrapped(None)))),
        ("keys", error((HashMap::from([(1.5.to_string(), 1)]), HashMap::from([(Some('x'), 1)])))),
        ("numbers as keys", error((BTreeMap::from([(-1, 'a'), (2, 'b')]), BTreeMap::from([(true, 'c')])))),
        ("variants as keys", error(BTreeMap::from([(Key::Corner, 1), (Key::Middle, 2)]))),
        ("a flattened map", error(Flat { name: "n".to_owned(), rest: BTreeMap::from([("m".to_owned(), 1)]) })),
        ("128 bits", error((i128::MIN, u128::MAX))),
    ]));
    assert!(RawJson::of(&Tree::of_depth(127)).unwrap().parse::<Tree>().is_ok());
}
