//! Applies records to a position.

use super::position::Position;
use super::record::{Committed, Record};
use super::redirect;
use super::tasks::SuperstepTask;
use crate::graph::compiled::{Graph, Inner};
use crate::journal::replay_error::ReplayError;
use crate::node::done::Done;
use crate::node::memory::TaskQuestion;
use crate::state::State;
use crate::types::node_id::END;
use crate::types::panic;

/// Applies a record to the position.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let update = Essay::update().draft("a draft");
/// plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update, goto: None })?;
/// assert_eq!(position.open_tasks().count(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The record does not fit the position: it names a task that is not open, it completes a superstep that is not complete, or the
/// position is of another graph. Or a reducer has panicked: then the state is changed in part, and the position must not be used any
/// more.
pub fn fold<S: State>(graph: &Graph<S>, position: &mut Position<S>, record: Record<S>) -> Result<(), ReplayError> {
    if !position.fits(&graph.inner) {
        return Err(ReplayError::OtherGraph { graph: graph.name().to_owned() });
    }
    match record {
        Record::TaskDone { task, update, goto } => {
            position.open_task(task)?.finish(Done { update, goto });
        }
        Record::TaskFailed { task, retry_at } => {
            let task = position.open_task(task)?;
            task.attempt = task.attempt.saturating_add(1);
            task.wait_until(retry_at);
        }
        Record::Committed(committed) => return fold_committed(graph, position, committed),
        Record::Asked { task, question } => {
            position.task_memory(task)?.asks.push(TaskQuestion::new(question, None));
        }
        Record::Reworded { task, ask, question } => position.question(task, ask)?.question = question,
        Record::Answered { task, ask, answer } => position.question(task, ask)?.answer = Some(answer),
        Record::Refused { task, ask } => position.question(task, ask)?.answer = None,
        Record::Merged => return fold_merged(graph, position),
        Record::Once { task, name, value } => {
            position.task_memory(task)?.once.insert(name, value);
        }
        Record::Edited { update, instead } => {
            let has_ended = |task: &SuperstepTask<S>| task.has_ended() && !task.stands_for_nothing();
            if instead.is_some() && (position.merged || position.tasks.tasks.iter().any(has_ended)) {
                return Err(ReplayError::HasBegun);
            }
            panic::catch(|| position.apply_edit(update)).map_err(|message| ReplayError::ReducerPanicked { message })?;
            if let Some(committed) = instead {
                redirect::fold_redirect(position, committed);
            }
        }
        Record::Paused => position.paused = true,
        Record::Resumed => position.go_on(),
        Record::Reopened => position.end_waits(),
    }
    Ok(())
}

fn fold_merged<S: State>(graph: &Graph<S>, position: &mut Position<S>) -> Result<(), ReplayError> {
    if !position.is_complete() {
        return Err(ReplayError::NotComplete { why: "a task has not ended".to_owned() });
    }
    match panic::catch(|| position.merge(&graph.inner)) {
        Ok(merged) => merged.map_err(|failure| ReplayError::NotComplete { why: failure.to_string() }),
        Err(message) => Err(ReplayError::ReducerPanicked { message }),
    }
}

fn fold_committed<S: State>(
    graph: &Graph<S>,
    position: &mut Position<S>,
    committed: Committed,
) -> Result<(), ReplayError> {
    fold_merged(graph, position)?;
    if let Some(target) = missed_join(&graph.inner, position, &committed) {
        return Err(ReplayError::JoinMissed { target: graph.inner.names[target as usize].to_string() });
    }
    position.follow(&committed);
    position.commit(&graph.inner, committed.next);
    Ok(())
}

/// The target of a join that fires in this program and did not fire in the program that wrote the record. A valve may have redirected it.
fn missed_join<S: State>(graph: &Inner<S>, position: &Position<S>, committed: &Committed) -> Option<u32> {
    if graph.joins.is_empty() || !committed.opened_valves.is_empty() {
        return None;
    }
    let left = position.tasks.tasks.iter().filter(|task| task.takes_usual_exits());
    let inputs = left.flat_map(|task| &graph.nodes[task.node as usize].join_inputs);
    let fired = inputs.filter(|(join, _)| position.is_full(*join)).map(|(join, _)| graph.joins[*join as usize].target);
    let follows = |node: &u32| committed.next.nodes.contains(node) || committed.deferred.nodes.contains(node);
    fired.into_iter().find(|target| *target != END && !follows(target))
}
