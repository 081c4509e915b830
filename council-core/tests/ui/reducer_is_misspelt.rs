use council_core::State;

#[derive(State)]
struct Doc {
    #[state(apend)]
    notes: Vec<String>,
    #[state(concurent(both))]
    draft: String,
    #[state(ad)]
    round: u32,
    #[state(untraced)]
    cache: u32,
    #[state(append, formerly(by_ids))]
    sources: Vec<String>,
    #[state(removed("old"))]
    text: String,
}

/// A function with almost the name of a reducer.
fn mixed(field: &mut u32, other: u32) {
    *field += other;
}

#[derive(State)]
struct Own {
    #[state(self::adds)]
    sum: u32,
    #[state(mixed)]
    mix: u32,
}

fn adds(field: &mut u32, other: u32) {
    *field += other;
}

fn main() {
    let _ = Own::update().sum(1).mix(2);
}
