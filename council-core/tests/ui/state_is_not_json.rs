use council_core::{Graph, State, journal::Memory};

#[derive(State, Default)]
struct Doc {
    text: String,
}

fn stored(graph: &Graph<Doc>) {
    let _ = graph.run(Doc::default()).journal(Memory::default());
}

fn main() {}
