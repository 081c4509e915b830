use std::cell::Cell;

use council_core::State;

struct Counter {
    calls: Cell<u32>,
}

#[derive(State)]
#[state(deps = Counter)]
struct Doc {
    draft: String,
}

fn main() {}
