use council_core::{NodeResult, State, StateGraph};

#[derive(State)]
struct Doc {
    draft: String,
}

#[derive(State)]
struct Other {
    draft: String,
}

async fn write(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn other(_: &Other) -> NodeResult<Other> {
    Ok(Other::update())
}

fn main() {
    let mut others = StateGraph::<Other>::new("other");
    let other = others.node("other", other);
    let mut graph = StateGraph::<Doc>::new("doc");
    let write = graph.node("write", write);
    graph.route(write, [write, other], |_, [again, _]| again);
    graph.route(write, [write], |_, [again, _]| again);
}
