use council_core::State;

#[derive(State)]
struct Doc {
    #[state(append, max)]
    notes: Vec<String>,
    #[state()]
    round: u32,
}

fn main() {}
