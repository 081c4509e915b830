use council_core::State;

#[derive(State)]
#[state(append)]
struct Doc {
    notes: Vec<String>,
}

fn main() {
    let _ = Doc::update();
}
