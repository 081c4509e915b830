//! A task of a run, and the path of tasks that leads into a subgraph.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::ask_id::escape;

/// One execution of one node in one superstep.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// let mut run = graph.run(Essay::default()).start();
/// let Some(Event { kind: EventKind::NodeStarted { task, .. }, .. }) = run.next().await else { panic!() };
/// assert_eq!((&*task.node, task.superstep, task.visit, task.attempt, task.item), ("write", 1, 1, 1, None));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Task {
    /// The name of the node.
    pub node: Arc<str>,
    /// The superstep, from 1.
    pub superstep: u64,
    /// The visit of the run to this node, from 1.
    pub visit: u32,
    /// The attempt at this task, from 1.
    pub attempt: u32,
    /// The index of the worker's item, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

/// The tasks that lead into a subgraph, outermost first. It is a slice of tasks; as text it is `jokes[3]/polish`. In the name of a
/// node, a slash is written `~1` and a tilde `~0`, as in JSON Pointer.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)]
/// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
/// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
/// # graph.start(write).end(write); let graph = graph.compile()?;
/// graph.run(Essay::default()).observe(|event| assert!(event.path.is_empty(), "this graph is not inside another one")).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Path(Option<Arc<[Task]>>);

impl Path {
    /// The path into the subgraph of this task.
    pub(crate) fn and(&self, task: Task) -> Self {
        Self(Some(self.iter().cloned().chain([task]).collect()))
    }
}

/// The list of the tasks.
impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl Deref for Path {
    type Target = [Task];

    fn deref(&self) -> &[Task] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, task) in self.iter().enumerate() {
            let slash = if place == 0 { "" } else { "/" };
            write!(formatter, "{slash}{}", escape(&task.node))?;
            if let Some(item) = task.item {
                write!(formatter, "[{item}]")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{self}\"")
    }
}

/// `superstep 3: critic #2`, with the item of a worker, and with the attempt from the second one on.
impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "superstep {}: {}", self.superstep, self.node)?;
        if let Some(item) = self.item {
            write!(formatter, "[{item}]")?;
        }
        write!(formatter, " #{}", self.visit)?;
        if self.attempt > 1 {
            write!(formatter, " (attempt {})", self.attempt)?;
        }
        Ok(())
    }
}
