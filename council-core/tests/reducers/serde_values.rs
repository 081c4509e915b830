//! The serde attributes that say how the value of a field is stored, or whether it is.

use std::collections::BTreeMap;

use council_core::{FieldSet, State};
use expect_test::expect;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number as text, as serde's `with` has it. `None` cannot be read: it has to be left out.
mod as_text {
    use super::*;

    #[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
    pub(super) fn serialize<S: Serializer>(value: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&value.expect("a value that is left out is not written"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Some).map_err(serde::de::Error::custom)
    }
}

/// Numbers of any kind as text in brackets.
pub(crate) mod bracketed {
    use std::fmt::Display;
    use std::str::FromStr;

    use super::*;

    pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("[{value}]"))
    }

    pub(crate) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        inner.and_then(|text| text.parse().ok()).ok_or_else(|| serde::de::Error::custom("no number in brackets"))
    }
}

/// Bytes as a text of hexadecimal digits: a whole list is one text.
mod hex {
    use super::*;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).map_err(serde::de::Error::custom);
        (0..text.len()).step_by(2).map(byte).collect()
    }
}

fn redact<S: Serializer>(_: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("***")
}

fn trimmed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| text.trim().to_owned())
}

fn multiply(field: &mut u64, by: u64) {
    *field *= by;
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct With {
    #[serde(with = "as_text", default, skip_serializing_if = "Option::is_none")]
    time: Option<u64>,
    #[serde(with = "bracketed")]
    one: u64,
    #[state(add)]
    #[serde(with = "self::bracketed")]
    sum: u64,
    #[state(multiply)]
    #[serde(serialize_with = "bracketed::serialize", deserialize_with = "bracketed::deserialize")]
    product: u64,
    #[state(append)]
    #[serde(with = "hex")]
    bytes: Vec<u8>,
    #[serde(serialize_with = "redact")]
    token: String,
    #[serde(deserialize_with = "trimmed")]
    name: String,
}

/// Reads an update again, as a journal does.
fn reread<S: State<Update: Serialize + for<'de> Deserialize<'de>>>(update: &S::Update) -> (String, S::Update) {
    let text = serde_json::to_string(update).unwrap();
    let read = serde_json::from_str(&text).unwrap();
    (text, read)
}

#[test]
fn the_functions_of_a_field_write_and_read_its_writes() {
    let update = With::update().time(Some(9)).one(1).sum(2).product(3).product(4).bytes(10).bytes(255).name(" n ");
    let (text, read) = reread::<With>(&update);
    expect![[r#"{"time":"9","one":"[1]","sum":"[2]","product":["[3]","[4]"],"bytes":"0aff","name":" n "}"#]]
        .assert_eq(&text);
    let mut state = With { product: 1, ..With::default() };
    state.apply(read);
    let expected =
        With { time: Some(9), one: 1, sum: 2, product: 12, bytes: vec![10, 255], name: "n".into(), ..With::default() };
    assert_eq!(state, expected);

    let update = With::update().overwrite_sum(5).overwrite_product(6).overwrite_bytes([1]).token("swordfish");
    let (text, read) = reread::<With>(&update);
    assert_eq!(text, r#"{"=sum":"[5]","=product":"[6]","=bytes":"01","token":"***"}"#);
    state.apply(read);
    assert_eq!((state.sum, state.product, state.bytes.as_slice(), state.token.as_str()), (5, 6, [1].as_slice(), "***"));
    let error = serde_json::from_str::<WithUpdate>(r#"{"one":"1"}"#).unwrap_err().to_string();
    assert!(error.starts_with("no number in brackets"), "{error}");
}

fn hidden(text: &str) -> bool {
    text.starts_with("secret")
}

fn three() -> u8 {
    3
}

#[derive(State, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct LeftOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<u8>,
    #[serde(default, skip_serializing_if = "hidden")]
    text: String,
    #[serde(default = "three", skip_serializing_if = "is_three")]
    three: u8,
    #[state(append)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
    #[state(merge)]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    map: BTreeMap<String, u8>,
    #[state(add)]
    #[serde(skip_serializing_if = "is_three")]
    sum: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_three(number: &u8) -> bool {
    *number == 3
}

impl Default for LeftOut {
    fn default() -> Self {
        let list = vec![7];
        Self { maybe: Some(7), text: "default".into(), three: 7, list, map: BTreeMap::new(), sum: 3 }
    }
}

fn other() -> LeftOut {
    LeftOut { maybe: Some(1), text: "t".into(), three: 1, list: vec![1], map: [("a".into(), 1)].into(), sum: 1 }
}

/// What is left out of the state is written by an update all the same, and both are read as the same value.
#[test]
fn a_value_that_serde_leaves_out_of_the_state_is_stored_in_an_update() {
    let update = LeftOut::update().maybe(None).text("secret!").three(3).overwrite_list([]).overwrite_map([]);
    let (text, read) = reread::<LeftOut>(&update.overwrite_sum(3));
    expect![[r#"{"-maybe":null,"-text":null,"-three":null,"-list":null,"-map":null,"-sum":null}"#]].assert_eq(&text);
    let mut from_records = other();
    from_records.apply(read);

    let mut live = other();
    live.apply(
        LeftOut::update().maybe(None).text("secret!").three(3).overwrite_list([]).overwrite_map([]).overwrite_sum(3),
    );
    let from_snapshot: LeftOut = serde_json::from_str(&serde_json::to_string(&live).unwrap()).unwrap();
    assert_eq!(from_records, from_snapshot);
    let values = (from_records.maybe, from_records.text.as_str(), from_records.three, from_records.sum);
    assert_eq!(values, (Some(7), "", 3, 3));
    assert_eq!((from_records.list, from_records.map.len()), (vec![7], 0));

    // A write that goes through a reducer is not the value of the field.
    assert_eq!(reread::<LeftOut>(&LeftOut::update().sum(3).list(1)).0, r#"{"list":[1],"sum":3}"#);
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Plain {
    #[serde(skip_serializing_if = "Option::is_none")]
    maybe: Option<u8>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    flag: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
}

/// An empty value is left out like any other, so it is always what serde reads for a missing field.
#[test]
fn an_empty_value_is_stored_as_left_out() {
    let (text, read) = reread::<Plain>(&Plain::update().maybe(None).flag(false).text(""));
    assert_eq!(text, r#"{"-maybe":null,"-flag":null,"-text":null}"#);
    let mut plain = Plain { maybe: Some(1), flag: true, text: "t".into() };
    plain.apply(read);
    assert_eq!(plain, Plain::default());
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Skipped {
    text: String,
    #[serde(skip)]
    both: u8,
    #[serde(skip_serializing)]
    written: Option<u8>,
    #[state(append)]
    #[serde(skip_serializing, default)]
    list: Vec<u8>,
    #[serde(skip_deserializing)]
    read: u8,
}

#[test]
fn a_skipped_field_is_in_no_update() {
    let update = Skipped::update().text("t").both(1).written(Some(2)).list(3).read(4);
    let (text, read) = reread::<Skipped>(&update.clone());
    assert_eq!(text, r#"{"text":"t","read":4}"#);
    assert_eq!(format!("{read:?}"), "SkippedUpdate(text)");
    assert_eq!(reread::<Skipped>(&Skipped::update().overwrite_list([1])).0, "{}");
    assert_eq!(Skipped::UNTRACKED, FieldSet::EMPTY.with(1, true).with(2, true).with(3, true));

    let mut live = Skipped::default();
    live.apply(update);
    let from_snapshot: Skipped = serde_json::from_str(&serde_json::to_string(&live).unwrap()).unwrap();
    let mut from_records = Skipped::default();
    from_records.apply(read);
    assert_eq!(from_records, from_snapshot);
}

/// A type that serde cannot write needs no `Serialize` where a function writes it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Opaque(u64);

impl std::fmt::Display for Opaque {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::str::FromStr for Opaque {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: std::fmt::Display", deserialize = "T: std::str::FromStr"))]
struct Generic<T: Clone + Default + Send + Sync + 'static> {
    #[serde(with = "bracketed")]
    opaque: T,
}

#[test]
fn a_generic_state_has_the_bounds_of_serde() {
    let (text, read) = reread::<Generic<Opaque>>(&Generic::update().opaque(Opaque(3)));
    assert_eq!(text, r#"{"opaque":"[3]"}"#);
    let mut state = Generic::default();
    state.apply(read);
    assert_eq!(state, Generic { opaque: Opaque(3) });
}
