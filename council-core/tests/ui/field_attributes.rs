use council_core::State;

#[derive(State)]
struct Doc {
    #[state(deps = Clients)]
    draft: String,
    #[state(append = true)]
    notes: Vec<String>,
    #[state(untracked, untracked)]
    cache: Vec<u8>,
    #[state(untracked, append, add)]
    round: u32,
}

fn main() {
    let _ = Doc::update();
}
