//! Values that JSON or serde cannot carry: what a journal takes is read back equal, and the rest is refused where it is written.

mod laws;
mod refusals;
mod runs;

use std::collections::BTreeMap;

use council_core::State;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A state with a field of each kind that JSON does not carry as it is.
#[derive(State, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::option_option, reason = "it is one of the odd kinds")]
struct Odd {
    score: f64,
    small: f32,
    maybe: Option<f64>,
    nested: Option<Option<u8>>,
    unit: Option<()>,
    marker: Option<Marker>,
    wrapped: Option<Wrapped>,
    kind: Kind,
    big: (i128, u128),
    letters: BTreeMap<char, bool>,
    flags: BTreeMap<bool, u64>,
    numbers: BTreeMap<i128, f32>,
    cells: BTreeMap<Key, u8>,
    flat: Flat,
    tree: Tree,
    #[state(append)]
    seen: Vec<Option<f32>>,
    #[state(merge)]
    board: BTreeMap<Key, f64>,
    #[state(max)]
    best: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Marker;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(Option<u8>);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Kind {
    #[default]
    Unit,
    One(Option<u8>),
    Pair(f64, ()),
    Named {
        weight: f32,
        inner: Option<Box<Kind>>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Key {
    Corner,
    Middle,
    Cell(u8, u8),
}

/// A struct whose other entries can have the key of its own field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Flat {
    name: String,
    #[serde(flatten)]
    rest: BTreeMap<String, u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Tree(Vec<Tree>);

impl Tree {
    fn of_depth(depth: usize) -> Self {
        (1..depth).fold(Self::default(), |tree, _| Self(vec![tree]))
    }
}

/// Whether `serde_json` writes the value and reads it back equal.
fn comes_back<T: Serialize + DeserializeOwned + PartialEq>(value: &T) -> bool {
    serde_json::to_string(value).is_ok_and(|json| serde_json::from_str(&json).is_ok_and(|read: T| read == *value))
}
