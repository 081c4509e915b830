use council_core::State;

#[derive(State)]
struct Doc(String);

fn main() {}
