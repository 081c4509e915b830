use council_core::{State, StateGraph};

#[derive(State)]
struct Doc {
    draft: String,
}

async fn write(_: &Doc) {}

fn main() {
    let mut graph = StateGraph::<Doc>::new("doc");
    graph.node("write", write);
}
