use council_core::{DeciderResult, NodeId, NodeResult, State, StateGraph};

#[derive(State)]
struct Doc {
    draft: String,
}

async fn write(_: &Doc) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn check(_: &Doc, _word: &String) -> NodeResult<Doc> {
    Ok(Doc::update())
}

async fn sort(_: &Doc, _word: &String) -> DeciderResult<Doc, bool> {
    Ok((Doc::update(), true))
}

fn main() {
    let mut graph = StateGraph::<Doc>::new("doc");
    let write = graph.node("write", write);
    let check = graph.worker("check", check);
    let sort = graph.item_decider("sort", sort);
    // It needs items.
    graph.edge(write, sort);
    // It makes no choice.
    graph.decide(check, [NodeId::END], |_, [end]| end);
    // It takes no items.
    graph.fan_out(write, write, |doc| [doc.draft.clone()]);
    // Its items are strings.
    graph.decide(sort, sort, |_, sort| sort.send([1]));
    graph.worker("wrong", sort_again);
    graph.item_decider("wrong too", check_again);
}

async fn sort_again(_: &Doc, _word: &String) -> DeciderResult<Doc, bool> {
    Ok((Doc::update(), true))
}

async fn check_again(_: &Doc, _word: &String) -> NodeResult<Doc> {
    Ok(Doc::update())
}
