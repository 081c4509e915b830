//! cognis-graph: saves the whole state as JSON after each superstep, and the last one twice. By default it waits for the write.

#![allow(clippy::assign_op_pattern, reason = "the crate's derive writes it so")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cognis_graph::cognis_core::{CognisError, RunnableConfig};
use cognis_graph::{Goto, Graph, GraphState, NodeOut, SqliteCheckpointer, node_fn};
use serde::{Deserialize, Serialize};

use crate::{expect, feedback, runtime};

#[derive(Clone, Default, Deserialize, GraphState, Serialize)]
struct Council {
    topic: Arc<str>,
    draft: Arc<str>,
    #[reducer(append)]
    feedback: Vec<Arc<str>>,
    #[reducer(add)]
    iteration: usize,
    score: f64,
}

pub(crate) fn council(iterations: usize, database: &Path) -> Result<Duration, String> {
    let master = node_fn("master", |_: &Council, _| async {
        let update = CouncilUpdate { draft: Some("d".repeat(1_024).into()), iteration: 1, ..CouncilUpdate::default() };
        Ok(NodeOut { update, goto: Goto::node("critic") })
    });
    let critic = node_fn("critic", move |council: &Council, _| {
        let iteration = council.iteration;
        async move {
            let score = Some(iteration as f64);
            let update = CouncilUpdate { feedback: vec![feedback()], score, ..CouncilUpdate::default() };
            let goto = Goto::node(if iteration < iterations { "master" } else { "writer" });
            Ok(NodeOut { update, goto })
        }
    });
    let writer = node_fn("writer", |council: &Council, _| {
        let draft = Some(council.draft.clone());
        async { Ok(NodeOut::end_with(CouncilUpdate { draft, ..CouncilUpdate::default() })) }
    });
    let graph = Graph::new().node("master", master).node("critic", critic).node("writer", writer).start_at("master");
    let url = format!("sqlite:{}", database.display());
    runtime().block_on(async {
        let saver = Arc::new(SqliteCheckpointer::<Council>::connect(&url).await.map_err(text)?);
        let graph = graph.compile().map_err(text)?.with_checkpointer(saver);
        let input = Council { topic: "sixteen letters.".into(), ..Council::default() };
        let config = RunnableConfig::default().with_recursion_limit(u32::MAX);
        let run = config.run_id;
        let began = Instant::now();
        let council = cognis_graph::cognis_core::Runnable::invoke(&graph, input, config).await.map_err(text)?;
        let time = began.elapsed();
        expect("feedback", council.feedback.len(), iterations)?;
        let kept = graph.get_state(run).await.map_err(text)?.ok_or("nothing was kept")?;
        expect("kept feedback", kept.feedback.len(), iterations)?;
        Ok(time)
    })
}

fn text(error: CognisError) -> String {
    error.to_string()
}
