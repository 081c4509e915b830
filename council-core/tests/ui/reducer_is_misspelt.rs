use council_core::State;

#[derive(State)]
struct Doc {
    #[state(apend)]
    notes: Vec<String>,
}

fn main() {}
