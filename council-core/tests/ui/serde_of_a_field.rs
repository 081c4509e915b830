use std::collections::{BTreeMap, HashSet};

use council_core::State;
use serde::{Deserialize, Serialize};

mod whole {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

fn is_secret(text: &String) -> bool {
    text.is_empty()
}

#[derive(State, Serialize, Deserialize)]
struct Doc {
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
    #[serde(skip_serializing)]
    password: String,
    #[serde(skip_serializing_if = "is_secret")]
    text: String,
    #[serde(rename(serialize = "written", deserialize = "read"))]
    renamed: String,
    #[state(append)]
    #[serde(with = "whole")]
    set: HashSet<u8>,
    #[state(merge)]
    #[serde(serialize_with = "whole::serialize")]
    map: BTreeMap<String, u8>,
}

#[derive(State, Serialize, Deserialize)]
struct Clash {
    draft: String,
    #[serde(alias = "draft")]
    text: String,
    #[state(append)]
    notes: Vec<String>,
    #[serde(rename = "=notes")]
    other: String,
}

#[derive(State, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    #[serde(skip_deserializing)]
    shown: String,
}

fn main() {
    let _ = Doc::update();
}
