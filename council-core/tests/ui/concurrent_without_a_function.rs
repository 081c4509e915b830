use council_core::State;

#[derive(State)]
struct Doc {
    #[state(concurrent)]
    draft: String,
    #[state(concurrent = both)]
    title: String,
    #[state(concurrent("both"))]
    topic: String,
    #[state(append, concurrent(both))]
    notes: Vec<String>,
}

fn main() {
    let _ = Doc::update();
}
