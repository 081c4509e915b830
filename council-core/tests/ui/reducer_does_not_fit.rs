use std::collections::HashMap;

use council_core::State;

#[derive(State)]
struct Doc {
    #[state(add)]
    notes: Vec<String>,
    #[state(append)]
    round: u32,
    #[state(merge)]
    list: Vec<String>,
    #[state(by_id)]
    messages: HashMap<u32, String>,
}

fn main() {}
