use council_core::State;

#[derive(State)]
struct Doc {
    #[state(append)]
    notes: Vec<String>,
    extend_notes: bool,
    #[state(add)]
    r#loop: u32,
    overwrite_loop: u32,
}

fn main() {
    let _ = Doc::update();
}
