//! Ids of questions as text, and names of nodes in them.

use std::borrow::Cow;
use std::fmt;

/// The part of an ask's id that a task has: `critic:2` for a visit, or `pack:1[3]` for an item of a worker.
pub(crate) struct TaskId<'a> {
    pub(crate) node: Cow<'a, str>,
    pub(crate) visit: u32,
    pub(crate) item: Option<u32>,
}

/// The part of an ask's id behind its first task.
pub(crate) enum AskId<'a> {
    /// The question is inside the task's subgraph, and has this id there.
    Inside(&'a str),
    /// The number of the question in the task, from 1.
    Number(usize),
}

impl<'a> AskId<'a> {
    /// Splits the id of a question after its first task.
    pub(crate) fn parse(id: &'a str) -> Option<(TaskId<'a>, Self)> {
        if let Some((task, inside)) = id.split_once('/') {
            return Some((TaskId::parse(task)?, Self::Inside(inside)));
        }
        let (task, number) = id.rsplit_once('.')?;
        Some((TaskId::parse(task)?, Self::Number(number.parse().ok()?)))
    }
}

impl<'a> TaskId<'a> {
    /// A name may contain any character of the rest, so it is read from its end.
    fn parse(text: &'a str) -> Option<Self> {
        let (node, visit) = text.rsplit_once(':')?;
        let (visit, item) = match visit.strip_suffix(']') {
            Some(visit) => {
                let (visit, item) = visit.split_once('[')?;
                (visit, Some(item.parse().ok()?))
            }
            None => (visit, None),
        };
        Some(Self { node: unescape(node), visit: visit.parse().ok()?, item })
    }
}

impl fmt::Display for TaskId<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", escape(&self.node), self.visit)?;
        self.item.map_or(Ok(()), |item| write!(formatter, "[{item}]"))
    }
}

/// Escapes a name of a node for a path, as JSON Pointer (RFC 6901) does: a tilde is `~0` and a slash `~1`.
pub(crate) fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1").into() } else { name.into() }
}

/// Reads a name that [`escape`] has written.
pub(crate) fn unescape(name: &str) -> Cow<'_, str> {
    if name.contains('~') { name.replace("~1", "/").replace("~0", "~").into() } else { name.into() }
}
