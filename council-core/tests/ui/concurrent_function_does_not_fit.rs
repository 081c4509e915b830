use council_core::State;

#[derive(State)]
struct Doc {
    #[state(concurrent(both))]
    draft: String,
}

fn both(draft: &mut String, other: &str) {
    draft.push_str(other);
}

fn main() {
    let _ = Doc::update();
}
