use council_core::State;

#[derive(State)]
enum Doc {
    Draft,
    Done,
}

fn main() {
    let _ = Doc::update();
}
