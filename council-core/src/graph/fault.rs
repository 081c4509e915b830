//! `BuildError`: the faults of a graph that cannot run.

use std::fmt;
use std::panic::Location;

/// A graph that cannot run, with all its faults.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// graph.start(write);
/// let error: BuildError = graph.compile().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "graph `essay` cannot run: node `write` is a dead end: give it an edge, a route or a join, or call `end` with it"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildError {
    /// The name of the graph.
    pub graph: String,
    /// The faults, in the order in which they were found.
    pub faults: Vec<BuildFault>,
}

impl fmt::Display for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [fault] => write!(formatter, "graph `{}` cannot run: {fault}", self.graph),
            faults => {
                write!(formatter, "graph `{}` cannot run, {} faults:", self.graph, faults.len())?;
                faults.iter().try_for_each(|fault| write!(formatter, "\n  - {fault}"))
            }
        }
    }
}

/// The same text as `Display`, because a `main` that returns the error prints its `Debug` text.
impl fmt::Debug for BuildError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for BuildError {}

/// One fault of a graph.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// graph.start(write);
/// let error = graph.compile().unwrap_err();
/// assert_eq!(error.faults, [BuildFault::DeadEnd { node: "write".into() }]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildFault {
    /// No node was given to `start`.
    #[error("it has no start: call `start` with the node that runs first")]
    NoStart,
    /// A node has no name.
    #[error("node number {number} has an empty name")]
    EmptyName {
        /// The number of the node, from 1, in the order of declaration.
        number: usize,
    },
    /// The name of a node is reserved in drawings: for the start, the end, a join or a guard.
    #[error("`{name}` is a reserved name; give the node another")]
    ReservedName {
        /// The name.
        name: String,
    },
    /// The name of a node ends like the name of a worker's item.
    #[error("the name `{name}` ends with a number in brackets, as an item of a worker does; give the node another")]
    NamedLikeAnItem {
        /// The name.
        name: String,
    },
    /// Two nodes have the same name.
    #[error("two nodes are named `{name}`")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// Nothing leads to a node.
    #[error("node `{node}` cannot be reached from the start")]
    Unreachable {
        /// The node.
        node: String,
    },
    /// Nothing leads away from a node.
    #[error("node `{node}` is a dead end: give it an edge, a route or a join, or call `end` with it")]
    DeadEnd {
        /// The node.
        node: String,
    },
    /// A node lies in a loop that has no way out.
    #[error("no path leads from node `{node}` to the end")]
    NeverEnds {
        /// The node.
        node: String,
    },
    /// A route was given no targets.
    #[error("the route from `{node}` has no targets")]
    RouteWithoutTargets {
        /// The node that the route leaves.
        node: String,
    },
    /// A join was given no sources.
    #[error("the join into `{target}` has no sources")]
    JoinWithoutSources {
        /// The node that the join leads to.
        target: String,
    },
    /// A join waits for nodes that cannot all have run before it.
    #[error("the join into `{target}` can never fire: {} cannot run before it", list(.waits_for))]
    JoinNeverFires {
        /// The node that the join leads to.
        target: String,
        /// The sources that cannot run before the join.
        waits_for: Vec<String>,
    },
    /// A join waits for several nodes, and no choice of a route or of a decider leads to all of them.
    #[error(
        "the join into `{target}` can never fire: no choice of `{route}` leads to all of {}; use edges if one of these nodes is enough",
        list(.sources)
    )]
    JoinOfAlternatives {
        /// The node that the join leads to.
        target: String,
        /// The decider, or the node that the route leaves; `__start__` for a route from the start.
        route: String,
        /// The sources of which each choice leads to some.
        sources: Vec<String>,
    },
    /// A join waits for a node that runs only if another node fails, and for one that runs only if it does not fail.
    #[error(
        "the join into `{target}` can never fire: `{failure}` runs only if `{node}` fails, and the join has `{success}` only if it does \
         not; use edges if one of these nodes is enough"
    )]
    JoinOfFailure {
        /// The node that the join leads to.
        target: String,
        /// The node with an error handler.
        node: String,
        /// The source that the join has only if the node does not fail; it may be the node itself.
        success: String,
        /// The source to which the error handler leads.
        failure: String,
    },
    /// A visit limit allows no visit.
    #[error("the visit limit of `{node}` is 0: a node needs at least one visit")]
    NoVisits {
        /// The node.
        node: String,
    },
    /// A node has two visit limits.
    #[error("node `{node}` has two visit limits")]
    SecondVisitLimit {
        /// The node.
        node: String,
    },
    /// Visit limits form a cycle.
    #[error("the visit limit of `{node}` leads back to `{node}`")]
    LimitLeadsBack {
        /// The node.
        node: String,
    },
    /// A handle belongs to another graph.
    #[error("`{call}` at {at} was given a node of another graph")]
    ForeignNode {
        /// The method that was called.
        call: &'static str,
        /// The place of the call.
        at: &'static Location<'static>,
    },
    /// The start was given where a node is needed.
    #[error("`{call}` at {at} was given the start where it needs a node")]
    StartIsNoNode {
        /// The method that was called.
        call: &'static str,
        /// The place of the call.
        at: &'static Location<'static>,
    },
    /// The end was given where a node is needed.
    #[error("`{call}` at {at} was given the end where it needs a node")]
    EndIsNoNode {
        /// The method that was called.
        call: &'static str,
        /// The place of the call.
        at: &'static Location<'static>,
    },
    /// A worker is a target without items.
    #[error("node `{node}` is a worker and needs items: `{call}` at {at} leads to it without any")]
    WorkerWithoutItems {
        /// The worker.
        node: String,
        /// The method that was called.
        call: &'static str,
        /// The place of the call.
        at: &'static Location<'static>,
    },
    /// The choices of a decider have no targets.
    #[error("node `{node}` is a decider, and its choices have no targets: call `decide` with it")]
    Undecided {
        /// The decider.
        node: String,
    },
    /// A node was given the same setting twice.
    #[error("node `{node}` was given its {setting} twice")]
    SetTwice {
        /// The node.
        node: String,
        /// The setting.
        setting: &'static str,
    },
    /// Metadata of a node cannot be written as JSON.
    #[error("the metadata `{key}` of node `{node}` cannot be written as JSON: {message}")]
    Metadata {
        /// The node.
        node: String,
        /// The key of the metadata.
        key: String,
        /// The cause.
        message: String,
    },
    /// A setting is 0.
    #[error("the {setting} of {} is 0", owner(.node.as_deref()))]
    Zero {
        /// The node, or `None` for the graph's default policy.
        node: Option<String>,
        /// The setting.
        setting: &'static str,
    },
    /// The cache key of a worker ignores the items.
    #[error("node `{node}` is a worker, and its cache key ignores the items: use `cache_items`")]
    CacheWithoutItems {
        /// The worker.
        node: String,
    },
    /// The name of a guard is empty, or another guard has it.
    #[error("the name `{name}` of a guard is empty or taken")]
    GuardName {
        /// The name.
        name: String,
    },
    /// The graph is nested too deep.
    #[error("with the subgraph in node `{node}`, this graph is nested {} levels deep; at most {most} are allowed", depth + 1)]
    TooDeep {
        /// The subgraph's node.
        node: String,
        /// The nesting depth of the subgraph, itself included.
        depth: u32,
        /// The largest nesting depth, the outer graph included.
        most: u32,
    },
    /// The nodes of a subgraph need dependencies that they are not given.
    #[error("the nodes inside `{node}` need a `{deps}`: provide it with `Subgraph::deps`")]
    SubgraphWithoutDeps {
        /// The subgraph's node.
        node: String,
        /// The type of the dependencies.
        deps: &'static str,
    },
}

fn owner(node: Option<&str>) -> String {
    node.map_or_else(|| "the default policy".to_owned(), |node| format!("node `{node}`"))
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
