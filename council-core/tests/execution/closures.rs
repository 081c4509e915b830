//! Closures of the macros, with and without `move`, with and without the context.

use council_core::{NodeId, State, StateGraph, decider, node, worker};

use crate::Doc;

#[tokio::test]
async fn a_closure_that_captures_nothing_needs_no_move() {
    let mut graph = StateGraph::<Doc>::new("closures");
    let read = node!(graph, "read", async |_| Ok(Doc::update().notes("read")));
    let told = node!(graph, "told", async |_, context| Ok(Doc::update().notes(context.node())));
    let pack = worker!(graph, "pack", async |_, item: &u32| Ok(Doc::update().notes(format!("packed {item}"))));
    let seal = worker!(graph, "seal", async |_, item: &u32, context| {
        Ok(Doc::update().notes(format!("{} {item}", context.node())))
    });
    let choose = decider!(graph, "choose", async |_| Ok((Doc::update().notes("chosen"), ())));
    let last = decider!(graph, "last", async |_, context| Ok((Doc::update().notes(context.node()), ())));
    graph.start(read).edge(read, told).edge(pack, choose).edge(seal, choose);
    graph.fan_out(told, pack, |_| [1]);
    graph.fan_out(told, seal, |_| [2]);
    graph.decide(choose, (last,), |(), (last,)| last);
    graph.decide(last, [NodeId::END], |(), [end]| end);
    let outcome = graph.compile().unwrap().run(Doc::default()).await.unwrap();
    assert_eq!(outcome.state().notes, ["read", "told", "packed 1", "seal 2", "chosen", "last"]);
}
