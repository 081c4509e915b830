//! Which task it was, and in which subgraph.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// One execution of one node in one superstep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Task {
    /// The name of the node.
    pub node: Arc<str>,
    /// The superstep, from 1.
    pub superstep: u64,
    /// How often the run has come to this node, from 1.
    pub visit: u32,
    /// How often this task has been tried, from 1.
    pub attempt: u32,
    /// Which item of a worker it is for, from 0.
    pub item: Option<u32>,
}

/// The tasks that lead into a subgraph, outermost first. It is a slice of them, and `jokes[3]/polish` to a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Path(Option<Arc<[Task]>>);

impl Path {
    /// The path into the subgraph that this task of the path's graph runs.
    pub(crate) fn and(&self, task: Task) -> Self {
        Self(Some(self.iter().cloned().chain([task]).collect()))
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
            write!(formatter, "{slash}{}", task.node)?;
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

/// `superstep 3: critic #2`, with the item where it is one of a worker's, and the attempt where it is not the first.
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
