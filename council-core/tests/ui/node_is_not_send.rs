use std::rc::Rc;

use council_core::{State, StateGraph, node};

#[derive(State)]
struct Doc {
    draft: String,
}

fn main() {
    let mut graph = StateGraph::<Doc>::new("doc");
    node!(graph, "write", async move |_| {
        let text = Rc::new("text");
        std::future::ready(()).await;
        Ok(Doc::update().draft(*text))
    });
}
