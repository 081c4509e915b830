//! graph-flow: sequential tasks over a shared context of JSON values; a fan-out is one task that spawns its children.

use std::sync::Arc;

use ::graph_flow::{Context, ExecutionStatus, FanOutTask, Graph, GraphBuilder, NextAction, Session, Task, TaskResult};
use async_trait::async_trait;

use crate::measure::{Program, expect};
use crate::runtime;

/// A task with a name and a synchronous function.
struct Step<F> {
    id: String,
    next: NextAction,
    body: F,
}

#[async_trait]
impl<F: Fn(&Context) -> ::graph_flow::Result<()> + Send + Sync> Task for Step<F> {
    fn id(&self) -> &str {
        &self.id
    }

    async fn run(&self, context: Context) -> ::graph_flow::Result<TaskResult> {
        (self.body)(&context)?;
        Ok(TaskResult::new(None, self.next.clone()))
    }
}

fn step<F>(id: impl Into<String>, next: NextAction, body: F) -> Arc<dyn Task>
where
    F: Fn(&Context) -> ::graph_flow::Result<()> + Send + Sync + 'static,
{
    Arc::new(Step { id: id.into(), next, body })
}

/// A chain of nodes that return nothing.
pub(crate) fn chain(nodes: usize) -> Program {
    let mut graph = GraphBuilder::new("chain");
    for number in 0..nodes {
        let next = if number + 1 < nodes { NextAction::ContinueAndExecute } else { NextAction::End };
        graph = graph.add_task(step(format!("n{number}"), next, |_| Ok(())));
    }
    for number in 1..nodes {
        graph = graph.add_edge(format!("n{}", number - 1), format!("n{number}"));
    }
    program(graph, "n0", |_| Ok(()), |context| expect("messages", context.chat_history_len(), 0))
}

/// Master and critic in a loop, then the writer. Feedback goes into the context's list of messages, which appends.
pub(crate) fn council(iterations: usize) -> Program {
    let master = step("master", NextAction::ContinueAndExecute, |context| {
        context.set("draft", "d".repeat(1_024))?;
        context.set("iteration", context.get::<usize>("iteration").unwrap_or_default() + 1)
    });
    let critic = step("critic", NextAction::ContinueAndExecute, |context| {
        context.add_assistant_message("too short so far".to_owned());
        context.set("score", context.get::<usize>("iteration").unwrap_or_default() as f64)
    });
    let writer = step("writer", NextAction::End, |context| {
        context.set("draft", context.get::<String>("draft").unwrap_or_default())
    });
    let graph = GraphBuilder::new("council")
        .add_task(master)
        .add_task(critic)
        .add_task(writer)
        .add_edge("master", "critic")
        .add_conditional_edge(
            "critic",
            move |context| context.get::<usize>("iteration").unwrap_or_default() < iterations,
            "master",
            "writer",
        );
    let input = |context: &Context| context.set("topic", "sixteen letters.");
    program(graph, "master", input, move |context| {
        expect("feedback", context.chat_history_len(), iterations)?;
        expect("iterations", context.get("iteration").unwrap_or_default(), iterations)?;
        expect("letters in the topic", context.get::<String>("topic").unwrap_or_default().len(), 16)
    })
}

/// A source, branches that append a number each, and a join that counts the numbers.
pub(crate) fn fan(branches: usize) -> Program {
    let children = (0..branches)
        .map(|number| {
            step(format!("b{number}"), NextAction::End, move |context| {
                context.add_assistant_message(number.to_string());
                Ok(())
            })
        })
        .collect();
    let fan = FanOutTask::new("fan", children).with_next_action(NextAction::ContinueAndExecute);
    let count = step("count", NextAction::End, |context| {
        context.set("joins", context.get::<usize>("joins").unwrap_or_default() + 1)?;
        context.set("count", context.chat_history_len())
    });
    let graph = GraphBuilder::new("fan")
        .add_task(step("source", NextAction::ContinueAndExecute, |_| Ok(())))
        .add_task(fan)
        .add_task(count)
        .add_edge("source", "fan")
        .add_edge("fan", "count");
    program(
        graph,
        "source",
        |_| Ok(()),
        move |context| {
            expect("runs of the join", context.get("joins").unwrap_or_default(), 1)?;
            expect("numbers", context.get("count").unwrap_or_default(), branches)
        },
    )
}

fn program(
    graph: GraphBuilder,
    start: &'static str,
    input: fn(&Context) -> ::graph_flow::Result<()>,
    check: impl Fn(&Context) -> Result<(), String> + 'static,
) -> Program {
    let graph: Graph = graph.build().expect("the graph builds");
    let runtime = runtime();
    Box::new(move || {
        let mut session = Session::new_from_task("run".to_owned(), start);
        input(&session.context).map_err(|error| error.to_string())?;
        let end = runtime.block_on(graph.execute_session(&mut session)).map_err(|error| error.to_string())?;
        match end.status {
            ExecutionStatus::Completed => check(&session.context),
            status => Err(format!("ended as {status:?}")),
        }
    })
}
