//! lc-langgraph: saves the whole state as JSON before the run and after each node. It sets WAL and NORMAL itself, so a commit
//! may not be on the disk when it returns.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lc_langgraph::{
    Checkpointer, FunctionRouter, GraphError, SqliteCheckpointer, StateGraph, StateSchema, StateUpdate,
};
use serde::{Deserialize, Serialize};

use crate::{expect, feedback, runtime};

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Council {
    topic: Arc<str>,
    draft: Arc<str>,
    feedback: Vec<Arc<str>>,
    iteration: usize,
    score: f64,
}

impl StateSchema for Council {}

pub(crate) fn council(iterations: usize, database: &Path) -> Result<Duration, String> {
    let mut graph = StateGraph::<Council>::new();
    graph.add_node_fn("master", |council: &Council| {
        let iteration = council.iteration + 1;
        Ok(StateUpdate::full(Council { draft: "d".repeat(1_024).into(), iteration, ..council.clone() }))
    });
    graph.add_node_fn("critic", |council: &Council| {
        let mut council = council.clone();
        council.feedback.push(feedback());
        council.score = council.iteration as f64;
        Ok(StateUpdate::full(council))
    });
    graph.add_node_fn("writer", |council: &Council| Ok(StateUpdate::full(council.clone())));
    let targets = ["master", "writer"].map(|name| (name.to_owned(), name.to_owned()));
    graph
        .add_edge(lc_langgraph::START, "master")
        .add_edge("master", "critic")
        .add_conditional_edges("critic", "next", HashMap::from(targets), None)
        .add_edge("writer", lc_langgraph::END)
        .set_conditional_router(
            "next",
            FunctionRouter::new(move |council: &Council| {
                if council.iteration < iterations { "master" } else { "writer" }.to_owned()
            }),
        );
    let saver = SqliteCheckpointer::<Council>::new(database, "run").map_err(text)?;
    let graph = graph.compile().map_err(text)?.with_recursion_limit(usize::MAX).with_checkpointer(saver);
    runtime().block_on(async {
        let input = Council { topic: "sixteen letters.".into(), ..Council::default() };
        let began = Instant::now();
        let run = graph.invoke(input).await.map_err(text)?;
        let time = began.elapsed();
        expect("feedback", run.final_state.feedback.len(), iterations)?;
        drop(graph);
        let saver = SqliteCheckpointer::<Council>::new(database, "run").map_err(text)?;
        let (kept, _) = saver.last().await.map_err(text)?.ok_or("nothing was kept")?;
        expect("kept feedback", kept.feedback.len(), iterations)?;
        Ok(time)
    })
}

fn text(error: GraphError) -> String {
    error.to_string()
}
