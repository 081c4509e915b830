use council_core::State;

#[derive(State)]
struct Doc {
    #[state(min)]
    best: Option<f64>,
}

fn main() {
    let _ = Doc::update();
}
