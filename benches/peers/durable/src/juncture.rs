//! juncture: saves the writes of a task and then the whole state, each in a transaction, and by default waits for both.
//!
//! Its `invoke` and `stream` save nothing during a run, although the graph has a saver; `execute_with_emitter` saves. The
//! emitter here receives only the end of the run.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use juncture_checkpoint::SqliteSaver;
use juncture_core::RunnableConfig;
use juncture_core::edge::PathMap;
use juncture_core::graph::StateGraph;
use juncture_core::node::NodeFnUpdate;
use juncture_core::stream::{EventEmitter, StreamMode};
use juncture_derive::State;
use serde::{Deserialize, Serialize};

use crate::{expect, feedback, runtime};

#[derive(Clone, Debug, Default, Deserialize, Serialize, State)]
struct Council {
    topic: String,
    draft: String,
    #[reducer(append)]
    feedback: Vec<Arc<str>>,
    #[reducer(custom = add)]
    iteration: usize,
    score: f64,
}

fn add(sum: &mut usize, update: usize) {
    *sum += update;
}

pub(crate) fn council(iterations: usize, database: &Path) -> Result<Duration, String> {
    let graph = graph(iterations);
    runtime().block_on(async {
        let saver = SqliteSaver::new(database).await.map_err(|error| error.to_string())?;
        let graph = graph.compile_with_checkpointer(Some(Arc::new(saver))).map_err(|error| error.to_string())?;
        let input = Council { topic: "sixteen letters.".to_owned(), ..Council::default() };
        // A write needs the id of a checkpoint, and the first superstep has none yet.
        let config =
            RunnableConfig::new().with_thread_id("run").with_checkpoint_id("start").with_recursion_limit(usize::MAX);
        let (events, mut heard) = tokio::sync::mpsc::channel(1);
        let began = Instant::now();
        let run = graph.execute_with_emitter(input, &config, EventEmitter::new(events, StreamMode::Custom)).await;
        let time = began.elapsed();
        expect("feedback", run.map_err(|error| error.to_string())?.feedback.len(), iterations)?;
        heard.close();
        let kept = graph.get_state(&RunnableConfig::new().with_thread_id("run")).await;
        let kept = kept.map_err(|error| error.to_string())?.ok_or("nothing was kept")?;
        expect("kept feedback", kept.values.feedback.len(), iterations)?;
        Ok(time)
    })
}

fn graph(iterations: usize) -> StateGraph<Council> {
    let master = NodeFnUpdate(|_: &Council| async {
        Ok(CouncilUpdate { draft: Some("d".repeat(1_024)), iteration: Some(1), ..CouncilUpdate::default() })
    });
    let critic = NodeFnUpdate(|council: &Council| {
        let score = Some(council.iteration as f64);
        async move { Ok(CouncilUpdate { feedback: Some(vec![feedback()]), score, ..CouncilUpdate::default() }) }
    });
    let writer = NodeFnUpdate(|council: &Council| {
        let draft = Some(council.draft.clone());
        async { Ok(CouncilUpdate { draft, ..CouncilUpdate::default() }) }
    });
    let mut graph = StateGraph::<Council>::new();
    graph.add_node_simple("master", master).expect("a new name");
    graph.add_node_simple("critic", critic).expect("a new name");
    graph.add_node_simple("writer", writer).expect("a new name");
    graph.add_edge("master", "critic");
    let router = router(move |council| if council.iteration < iterations { "master" } else { "writer" });
    let targets = PathMap::from(&[("master", "master"), ("writer", "writer")]);
    graph.add_conditional_edges("critic", Arc::new(router), targets);
    graph.set_entry_point("master");
    graph.set_finish_point("writer");
    graph
}

/// Gives a closure the signature that the crate's blanket implementation requires.
fn router<F: Fn(&Council) -> &str>(router: F) -> F {
    router
}
