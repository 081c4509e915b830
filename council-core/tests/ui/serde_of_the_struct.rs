use council_core::State;
use serde::{Deserialize, Serialize};

#[derive(State, Serialize, Deserialize)]
#[serde(transparent)]
struct Transparent {
    text: String,
}

#[derive(State, Clone, Serialize, Deserialize)]
#[serde(into = "String")]
struct Into_ {
    text: String,
}

#[derive(State, Serialize, Deserialize)]
#[serde(from = "String")]
struct From_ {
    text: String,
}

#[derive(State, Serialize, Deserialize)]
#[serde(try_from = "u64")]
struct TryFrom_ {
    text: String,
}

mod other {
    pub struct Doc {
        pub text: String,
    }
}

#[derive(State, Serialize, Deserialize)]
#[serde(remote = "other::Doc")]
struct Remote {
    text: String,
}

impl From<Into_> for String {
    fn from(state: Into_) -> Self {
        state.text
    }
}

impl From<String> for From_ {
    fn from(text: String) -> Self {
        Self { text }
    }
}

impl From<u64> for TryFrom_ {
    fn from(number: u64) -> Self {
        Self { text: number.to_string() }
    }
}

fn main() {}
