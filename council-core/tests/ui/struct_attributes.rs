use council_core::State;

struct Clients;

#[derive(State)]
#[state(clients = Clients)]
struct Unknown {
    draft: String,
}

#[derive(State)]
#[state()]
struct Empty {
    draft: String,
}

#[derive(State)]
#[state(untracked)]
struct OfAField {
    draft: String,
}

#[derive(State)]
#[state(deps = Clients, deps = Clients)]
struct Twice {
    draft: String,
}

#[derive(State)]
#[state(crate = ::council_core)]
#[state(crate = ::council_core)]
struct TwiceApart {
    draft: String,
}

#[derive(State)]
#[state(deps)]
struct WithoutAType {
    draft: String,
}

#[derive(State)]
#[state(deps = )]
struct WithNothing {
    draft: String,
}

#[derive(State)]
#[state(deps = 5)]
struct WithANumber {
    draft: String,
}

#[derive(State)]
#[state(crate = "council_core")]
struct WithAText {
    draft: String,
}

fn main() {
    let _ = Unknown::update();
}
