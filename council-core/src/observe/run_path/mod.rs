//! The path of a run over a drawing: counts of visited nodes and taken edges.

pub(crate) mod counts;
pub(crate) mod follow;
pub(crate) mod superstep;

use std::fmt;
use std::sync::{Arc, MutexGuard};

use crate::drawing::Drawing;
use crate::observe::event::{Event, EventKind};
use crate::state::State;
use crate::types::lock::Lock;
use counts::Counts;
use follow::{Live, PathEvent};

/// The path of a run: observes the run, and puts counts into a drawing of its graph.
///
/// ```
/// use council_core::{Detail, NodeId, NodeResult, RunPath, State, StateGraph};
///
/// #[derive(State, Default)]
/// struct Draft {
///     #[state(add)]
///     round: u32,
/// }
///
/// async fn write(_: &Draft) -> NodeResult<Draft> {
///     Ok(Draft::update().round(1))
/// }
///
/// let mut graph = StateGraph::<Draft>::new("draft");
/// let write = graph.node("write", write);
/// graph.start(write);
/// graph
///     .route(write, [write, NodeId::END], |draft, [again, done]| if draft.round < 3 { again } else { done })
///     .labels(["again", "done"]);
/// let graph = graph.compile()?;
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let path = RunPath::new(graph.drawing());
/// graph.run(Draft::default()).observe_in(Detail::TASKS, path.observer()).await?;
///
/// let drawing = path.drawing();
/// assert_eq!(drawing.nodes[1].visits, Some(3));
/// assert!(drawing.mermaid().contains(r#"n1 -.->|"again, 2 times"| n1"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is counted
///
/// A visit of a node is a superstep in which a task of it began, or was ended by an edit in its place. Another attempt at the task is
/// not another visit, and a run that was stopped in the middle of a superstep and went on under the same `RunPath` has visited its
/// nodes once. A worker that was sent no items was not visited.
///
/// Events tell which nodes ran, not why. So an edge is counted only if the run certainly took it: its source ran in the superstep
/// before its target, and
///
/// - it is a plain edge or a fan-out, of a node that did not fail; or a join, all of whose sources ran in that superstep; or
/// - no other node that ran in that superstep leads to the target; or
/// - it is a valve, which has an event of its own. The edges to the node that the valve replaces are not counted.
///
/// An edge to a deferred node is counted only if it is a plain edge or a fan-out, or the only edge to that node. If nothing
/// ran after a node that could have chosen the end, and no other node led to the end, the edge to the end is counted.
/// A worker that may have been sent no items is treated as a node that may have run.
///
/// A `RunPath` stores these counts, and for each running graph the nodes of its last two supersteps, so its size does not grow with
/// the run. It is for one run and its resumptions; the counts of several runs, one after another, add up.
#[derive(Clone)]
pub struct RunPath(Arc<Lock<(Counts, Live)>>);

impl RunPath {
    /// A path without visits, for this drawing. If the drawing is [closed](Drawing::closed), the inside of subgraphs is not
    /// counted.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let path = RunPath::new(graph.drawing().closed());
    /// assert_eq!(path.drawing().nodes[1].visits, Some(0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(drawing: Drawing) -> Self {
        Self(Arc::new(Lock::new((Counts::new(drawing), Live::default()))))
    }

    /// The observer that counts, for [`RunBuilder::observe_in`](crate::RunBuilder::observe_in) with
    /// [`Detail::TASKS`](crate::Detail::TASKS). It can also be called with the events of a stream that has lost no event.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let path = RunPath::new(graph.drawing());
    /// graph.run(Essay::default()).observe_in(Detail::TASKS, path.observer()).await?;
    /// assert_eq!(path.drawing().nodes[1].visits, Some(1));
    /// # Ok(()) }
    /// ```
    pub fn observer<S: State>(&self) -> impl Fn(&Event<S>) + Send + Sync + 'static + use<S> {
        let path = self.clone();
        move |event| {
            let path_event = match &event.kind {
                EventKind::NodeStarted { task } => PathEvent::Started(task),
                EventKind::NodeCompleted { task, by: Some(_), .. } => PathEvent::Replaced(task),
                EventKind::NodeCompleted { task, .. } => PathEvent::Completed(task),
                EventKind::NodeFailed { task, retry_in: None, .. } => PathEvent::Failed(task),
                EventKind::ValveOpened { valve, .. } => PathEvent::Opened(valve),
                EventKind::Finished => PathEvent::Finished,
                _ => return,
            };
            let (counts, live) = &mut *path.lock();
            live.follow(counts, &event.path, event.superstep, &path_event);
        }
    }

    /// The drawing with the counts so far.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let path = RunPath::new(graph.drawing());
    /// assert!(path.drawing().mermaid().starts_with("flowchart TD"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        self.lock().0.drawing()
    }

    fn lock(&self) -> MutexGuard<'_, (Counts, Live)> {
        self.0.lock()
    }
}

impl fmt::Debug for RunPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("RunPath").field(&self.drawing().name).finish()
    }
}
