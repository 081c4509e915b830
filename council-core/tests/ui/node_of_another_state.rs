use council_core::{NodeResult, State, StateGraph};

#[derive(State)]
struct Doc {
    draft: String,
}

#[derive(State)]
struct Other {
    draft: String,
}

async fn write(_: &Other) -> NodeResult<Other> {
    Ok(Other::update().draft("text"))
}

fn main() {
    let mut graph = StateGraph::<Doc>::new("doc");
    graph.node("write", write);
}
