use council_core::{Graph, State};

#[derive(State, Default)]
struct Doc<'a, T> {
    text: &'a str,
    items: Vec<T>,
}

fn use_it(_: &Graph<Doc<'static, u8>>) {
    let _ = Doc::<u8>::update();
}

fn main() {}
