//! The error of a record that cannot be applied to its run.

use super::format::error::FormatError;
use crate::types::json_error::JsonError;

/// Why a record cannot be applied to the graph or the position. The stored run was not changed.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut position = plan::begin(&graph, Essay::default());
/// let error = plan::fold(&graph, &mut position, Record::TaskFailed { task: 7, retry_at: None }).unwrap_err();
/// assert_eq!(error.to_string(), "the superstep has no open task in place 7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The record cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The record names a node that the graph does not have.
    #[error("the graph has no node `{node}`: add it again, or restore its former name")]
    NoNode {
        /// The node.
        node: String,
    },
    /// The record names a guard that the graph does not have.
    #[error("the graph has no guard `{guard}`: add it again, or restore its former name")]
    NoGuard {
        /// The guard.
        guard: String,
    },
    /// The position is of another graph.
    #[error("the position belongs to another graph than `{graph}`: the nodes or joins differ")]
    OtherGraph {
        /// The graph that the record was to be applied with.
        graph: String,
    },
    /// The task is not open.
    #[error("no task of `{node}` was open")]
    NoTask {
        /// The node.
        node: String,
    },
    /// The superstep has no task at this place.
    #[error("the superstep has no open task in place {place}")]
    NoPlace {
        /// The place.
        place: usize,
    },
    /// The record completes a superstep that cannot be completed.
    #[error("the superstep cannot be completed: {why}")]
    NotComplete {
        /// The reason.
        why: String,
    },
    /// The record finishes a run that is not over.
    #[error("the run has not finished: it has tasks that have not ended")]
    NotOver,
    /// The record names a successor that the superstep cannot have.
    #[error("the successor `{node}` {why}")]
    WrongSuccessor {
        /// The successor.
        node: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The record replaces the tasks of a superstep that has begun.
    #[error("the edit replaces the tasks of a superstep in which a task has ended")]
    HasBegun,
    /// A number that no run can have.
    #[error("{what} cannot be {found}")]
    OutOfRange {
        /// The number that is wrong.
        what: String,
        /// Its value.
        found: u64,
    },
    /// A reducer has panicked. The state may be changed in part, so no record can be applied after this one.
    #[error("a reducer panicked: {message}")]
    ReducerPanicked {
        /// The message of the panic.
        message: String,
    },
    /// A value in the record does not parse as the type of the state, of its update or of an item any more.
    #[error("{what} does not parse: did the type change?")]
    Unreadable {
        /// The value that does not parse.
        what: String,
        /// The reason.
        #[source]
        source: JsonError,
    },
    /// The run was stored by a newer version of the graph.
    #[error(
        "the run was stored by version {found} of the graph `{graph}`, and this program has version {version}: load it with the newer program"
    )]
    NewerVersion {
        /// The graph of the run, or a graph inside.
        graph: String,
        /// The version that has stored the run.
        found: u32,
        /// The version of the graph.
        version: u32,
    },
    /// The run was stored by an older version of the graph, which this one cannot read.
    #[error(
        "the run was stored by version {found} of the graph `{graph}`, and this program has version {version}: read it with `StateGraph::migrate`"
    )]
    OlderVersion {
        /// The graph of the run, or a graph inside.
        graph: String,
        /// The version that has stored the run.
        found: u32,
        /// The version of the graph.
        version: u32,
    },
    /// The function that reads older versions has failed.
    #[error("{what} of version {version} cannot be migrated")]
    Migration {
        /// The value: the state, or an update.
        what: &'static str,
        /// The version that has stored the value.
        version: u32,
        /// The error of the function.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A field has another reducer than when the run was stored.
    #[error("the reducer of the field `{field}` is `{now}`, but was `{former}` when the run was stored: restore `{former}`, or accept the run with `#[state(formerly({}))]`", former.trim_end_matches("()"))]
    OtherReducer {
        /// The field.
        field: &'static str,
        /// The name of the reducer when the run was stored.
        former: String,
        /// The name of the reducer today.
        now: &'static str,
    },
    /// The program that has stored the run has a field that the state does not have. Its values would be lost.
    #[error(
        "the run has values of the field `{field}`, which the state does not have: load it with a program that has the field, or leave the values out with `#[state(removed({field:?}))]`"
    )]
    UnknownField {
        /// The key of the stored field.
        field: String,
    },
    /// The graph has a plain node where the record has a worker, or the other way round.
    #[error("`{node}` is {now} in the graph, but was {then} in the run: give the node another name")]
    OtherKind {
        /// The node.
        node: String,
        /// The kind of the node in the graph.
        now: &'static str,
        /// The kind of the node in the record.
        then: &'static str,
    },
    /// The record starts a graph that has already started.
    #[error("the record starts a graph that has already started")]
    AlreadyStarted,
    /// The first record of the run does not start it.
    #[error("the first record does not start the run")]
    NotStarted,
    /// The record names a question that its task has not asked.
    #[error("the task has not asked question {ask}, counted from 0")]
    NoQuestion {
        /// The number of the question in its task.
        ask: usize,
    },
    /// The record names a join that the graph does not have.
    #[error("the graph has no such join to `{target}`: add it again")]
    NoJoin {
        /// The node that the join leads to.
        target: String,
    },
    /// The run waits at a join for nodes that are no longer its sources. All its other sources have run, so it could never fire.
    #[error("the run waits at the join to `{target}` for `{}`, which is no longer a source of the join: add it again", sources.join("`, `"))]
    JoinSourceGone {
        /// The node that the join leads to.
        target: String,
        /// The nodes that the join waits for.
        sources: Vec<String>,
    },
    /// All sources of a join have run, and the run has not continued with its target: the join had other sources when it was stored.
    #[error(
        "all sources of the join to `{target}` have run, and the run has not continued with `{target}`: restore the former sources of the join"
    )]
    JoinMissed {
        /// The node that the join leads to.
        target: String,
    },
    /// The node is not a subgraph, or is a subgraph whose position is not stored.
    #[error("`{node}` is not a stored subgraph")]
    NoSubgraph {
        /// The node.
        node: String,
    },
    /// The items of the worker cannot be stored.
    #[error("the items of `{node}` cannot be stored: call `StateGraph::store_items` for it")]
    NoItems {
        /// The worker.
        node: String,
    },
}
