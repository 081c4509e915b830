use council_core::State;

#[derive(State)]
struct Doc {
    #[state(by_id)]
    messages: Vec<String>,
}

fn main() {}
