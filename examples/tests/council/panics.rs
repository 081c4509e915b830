//! The error of an agent that has panicked.

#[path = "../../council/error.rs"]
#[expect(dead_code, reason = "the program uses the other functions")]
mod error;

use council_core::{NodeResult, StateGraph};
use council_llm::{Council, MASTER};

use self::error::UserError;

async fn panics(_: &Council) -> NodeResult<Council> {
    panic!("the model has lost its mind");
}

#[tokio::test]
async fn the_agent_of_a_panic_is_named() {
    let mut graph = StateGraph::new("council");
    let master = graph.node(MASTER, panics);
    graph.start(master).end(master);
    let graph = graph.compile().unwrap();
    let error = graph.run(Council::new("Rust")).await.unwrap_err();
    assert_eq!(UserError::of_run(&error).message, "the master panicked: the model has lost its mind");
}
