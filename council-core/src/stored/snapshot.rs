//! Positions as JSON: in snapshots, and in the first record of a run that begins at a position.

use std::borrow::Cow;
use std::sync::Arc;

use super::joins::{read_join, write_joins};
use super::migrate::{check_program, counts_joins_like, folds_like, migrate_position};
use super::read;
use super::write::{RecordWriter, Written};
use crate::graph::compiled::{Graph, Inner};
use crate::journal::check::check_numbers;
use crate::journal::format::position::{
    Snapshot, StoredAsk, StoredMemory, StoredOnce, StoredPosition, StoredTaskState,
};
use crate::journal::format::program::StoredProgram;
use crate::journal::replay_error::ReplayError;
use crate::node::codec::{Codec, Json};
use crate::node::erased::NodeKind;
use crate::node::memory::{TaskMemories, TaskMemory, TaskQuestion};
use crate::plan::position::Position;
use crate::plan::tasks::SuperstepTask;
use crate::state::State;
use crate::state::cell::StateCell;
use crate::state::durable::Durable;
use crate::types::json_error::JsonError;
use crate::types::raw_json::RawJson;

impl<S: Durable> Graph<S> {
    /// The position as JSON, to be stored outside a journal.
    ///
    /// ```
    /// # use council_core::{Outcome, State, StateGraph, node};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Text { text: "hello".into() }).pause_before([shout]).await?;
    /// let Outcome::Paused { position } = outcome else { panic!("it pauses") };
    /// let json = graph.snapshot(&position)?;
    /// assert_eq!(graph.resume(graph.restore(&json)?).await?.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The state cannot be written as JSON, or the position is of another graph.
    pub fn snapshot(&self, position: &Position<S>) -> Result<String, JsonError> {
        if !position.fits(&self.inner) {
            return Err(JsonError::custom("the position is of another graph"));
        }
        Snapshot::new(&self.inner.program, write_position(&self.inner, &Json, position)?).to_json()
    }

    /// Reads a position that [`snapshot`](Self::snapshot) has written. It is not connected with a journal.
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let position = graph.restore(&graph.snapshot(&plan::begin(&graph, Essay::default()))?)?;
    /// assert_eq!((position.supersteps(), position.run()), (0, None));
    /// assert!(graph.restore("{}").is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The text is not a position, or it does not fit the graph.
    pub fn restore(&self, json: &str) -> Result<Position<S>, ReplayError> {
        let Snapshot { program, position, .. } = Snapshot::read(json)?;
        self.restore_from(&program, position)
    }

    /// Reads a position, and returns it with the program that has written it. `None` if this program could have computed another position
    /// than the graph computes of the same records.
    pub(super) fn restore_if_alike(&self, json: &str) -> Result<Option<(Position<S>, StoredProgram)>, ReplayError> {
        let Snapshot { program, position, .. } = Snapshot::read(json)?;
        if !folds_like(&self.inner, &program) {
            return Ok(None);
        }
        let is_alike = counts_joins_like(&self.inner, &position);
        let restored = self.restore_from(&program, position)?;
        Ok(is_alike.then(|| (restored, program.into_owned())))
    }

    fn restore_from(
        &self,
        program: &StoredProgram,
        mut position: StoredPosition<'_>,
    ) -> Result<Position<S>, ReplayError> {
        check_program(&self.inner, program)?;
        migrate_position(&self.inner, program, &mut position)?;
        read_position(self, &Json, &position)
    }
}

/// Writes the position.
pub(crate) fn write_position<'a, S: State>(
    graph: &'a Inner<S>,
    codec: &'a dyn Codec<S>,
    position: &'a Position<S>,
) -> Written<StoredPosition<'a>> {
    let writer = RecordWriter { graph, codec };
    let visited = (0..).zip(&position.visits).filter(|(_, visits)| **visits > 0);
    let remembered = in_order(&graph.names, &position.memory).into_iter();
    let remembered = remembered.map(|(task, memory)| write_memory(&writer, task, memory));
    let tasks = position.tasks.tasks.iter().filter(|task| has_changed(task));
    Ok(StoredPosition {
        supersteps: position.supersteps,
        state: codec.write_state(position.state())?,
        committed: writer.committed(position)?,
        paused: position.paused,
        pause_acknowledged: position.pause_acknowledged,
        not_begun: !position.has_begun,
        merged: position.merged,
        visits: visited.map(|(node, visits)| (writer.name(node), *visits)).collect(),
        joins: write_joins(&writer, position),
        memory: remembered.collect::<Written<_>>()?,
        tasks: tasks.map(|task| write_task(&writer, task)).collect::<Written<_>>()?,
    })
}

/// Whether the task has changed since its superstep began.
fn has_changed<S: State>(task: &SuperstepTask<S>) -> bool {
    !task.stands_for_nothing() && (task.attempt > 1 || task.has_ended() || task.extras.is_some())
}

/// Sorts the memories by task, independent of the order in which the tasks asked.
fn in_order<'m>(names: &[Arc<str>], memory: &'m TaskMemories) -> Vec<(&'m (u32, Option<u32>), &'m TaskMemory)> {
    let mut tasks: Vec<_> = memory.iter().collect();
    tasks.sort_by_key(|((node, item), _)| (&names[*node as usize], *item));
    tasks
}

fn write_memory<'a, S: State>(
    writer: &RecordWriter<'a, S>,
    &(node, item): &(u32, Option<u32>),
    task: &'a TaskMemory,
) -> Written<StoredMemory<'a>> {
    let asks = task.asks.iter().map(|ask| {
        let answer = ask.answer.as_deref().map(RawJson::checked).transpose()?;
        Ok(StoredAsk { question: RawJson::checked(&ask.question)?, answer })
    });
    let once = task
        .once
        .iter()
        .map(|(name, value)| Ok(StoredOnce { name: Cow::Borrowed(name.as_str()), value: RawJson::checked(value)? }));
    Ok(StoredMemory {
        node: writer.name(node),
        item,
        asks: asks.collect::<Written<_>>()?,
        once: once.collect::<Written<_>>()?,
    })
}

fn write_task<'a, S: State>(writer: &RecordWriter<'a, S>, task: &'a SuperstepTask<S>) -> Written<StoredTaskState<'a>> {
    let nested = task.extras.as_ref().and_then(|rest| rest.nested.as_deref());
    let nested = match (nested, &writer.graph.nodes[task.node as usize].erased.0) {
        (Some(nested), NodeKind::Subgraph(subgraph)) => Some(subgraph.write_nested(nested)?),
        _ => None,
    };
    Ok(StoredTaskState {
        node: writer.name(task.node),
        item: task.index(),
        attempt: task.attempt,
        update: task.update.as_ref().map(|update| writer.update(update)).transpose()?,
        goto: task.goto().map(|goto| writer.goto(goto)).transpose()?,
        nested,
        retry_at: task.retry_at(),
    })
}

/// Reads a position of the graph.
pub(crate) fn read_position<S: State>(
    graph: &Graph<S>,
    codec: &dyn Codec<S>,
    stored: &StoredPosition<'_>,
) -> Result<Position<S>, ReplayError> {
    let inner = &graph.inner;
    let committed = read::successors(inner, &stored.committed)?;
    let mut position = Position::without_tasks(inner, read::state(codec, &stored.state)?);
    position.follow(&committed);
    position.schedule(committed.next);
    position.supersteps = stored.supersteps;
    position.has_begun = !stored.not_begun;
    position.merged = stored.merged;
    (position.paused, position.pause_acknowledged) = (stored.paused, stored.pause_acknowledged);
    position.visits.fill(0);
    for (node, visits) in &stored.visits {
        // A node that was removed is visited no more.
        if let Some(number) = inner.names.number(node) {
            position.visits[number as usize] = *visits;
        }
    }
    for task in &mut position.tasks.tasks {
        task.visit = position.visits[task.node as usize];
    }
    for join in &stored.joins {
        read_join(inner, join, &mut position)?;
    }
    for task in &stored.memory {
        position.memory.insert((read::number(inner, &task.node)?, task.item), read_memory(task));
    }
    for task in &stored.tasks {
        read_task(inner, codec, task, &mut position)?;
    }
    check_numbers(stored)?;
    debug_assert!(matches!(position.state, StateCell::Held(_)), "a position that was read is shared with nobody");
    Ok(position)
}

fn read_memory(stored: &StoredMemory<'_>) -> TaskMemory {
    let text = |json: &RawJson<'_>| json.text().to_owned();
    let asks = stored.asks.iter().map(|ask| TaskQuestion::new(text(&ask.question), ask.answer.as_ref().map(text)));
    let once = stored.once.iter().map(|once| (once.name.to_string(), text(&once.value)));
    TaskMemory::new(asks.collect(), once.collect())
}

fn read_task<S: State>(
    graph: &Inner<S>,
    codec: &dyn Codec<S>,
    stored: &StoredTaskState<'_>,
    position: &mut Position<S>,
) -> Result<(), ReplayError> {
    let place = read::place(graph, position, &stored.node, stored.item)?;
    let task = &mut position.tasks.tasks[place];
    task.attempt = stored.attempt;
    task.update = stored.update.as_ref().map(|json| read::update(codec, json)).transpose()?;
    task.go(stored.goto.as_ref().map(|goto| read::goto(graph, goto)).transpose()?);
    if let Some(nested) = &stored.nested {
        let NodeKind::Subgraph(subgraph) = &graph.nodes[task.node as usize].erased.0 else {
            return Err(ReplayError::NoSubgraph { node: stored.node.to_string() });
        };
        task.extras.get_or_insert_default().nested = Some(subgraph.read_nested(nested)?);
    }
    if stored.retry_at.is_some() {
        task.extras.get_or_insert_default().retry_at = stored.retry_at;
    }
    Ok(())
}
