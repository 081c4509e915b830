use council_core::State;

#[derive(State)]
#[state(removed("gone", "old"))]
struct Clash {
    gone: u8,
    #[state(renamed = "text")]
    draft: String,
    text: String,
    #[state(renamed = "old")]
    new: String,
}

#[derive(State)]
#[state(removed)]
struct WithoutKeys {
    draft: String,
}

#[derive(State)]
#[state(removed(gone))]
struct WithAName {
    draft: String,
}

#[derive(State)]
struct Fields {
    #[state(renamed)]
    draft: String,
    #[state(renamed = old)]
    text: String,
    #[state(formerly)]
    round: u32,
    #[state(formerly())]
    score: u32,
}

fn main() {}
