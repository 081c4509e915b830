//! The tasks of a run that are at work, and which of them wait for the turn of their call.

use council_core::{Event, EventKind, Path, Task};
use council_llm::{CALL_WAITING, CallWait, Council};

/// The tasks at work. It follows the events of the run's driver.
#[derive(Default)]
pub(super) struct Work(Vec<TaskAtWork>);

struct TaskAtWork {
    path: Path,
    task: Task,
    /// What its call waits for; `None` while the call is at work.
    wait: Option<CallWait>,
}

impl Work {
    /// Notes the start or the end of a task, or of the wait of its call.
    pub(super) fn follow(&mut self, event: &Event<Council>) {
        let path = &event.path;
        match &event.kind {
            EventKind::NodeStarted { task, .. } => {
                // The tasks of a subgraph are at work instead of the task that leads into it.
                self.0.retain(|known| !known.is(path, task) && path.last() != Some(&known.task));
                self.0.push(TaskAtWork { path: path.clone(), task: task.clone(), wait: None });
            }
            EventKind::NodeCompleted { task, .. } | EventKind::NodeFailed { task, .. } => {
                self.0.retain(|known| !known.is(path, task));
            }
            EventKind::Custom { task, name, value, .. } if **name == *CALL_WAITING => {
                if let Some(known) = self.0.iter_mut().find(|known| known.is(path, task)) {
                    // A program's own node may emit an event with this name and another value.
                    known.wait = value.parse().unwrap_or_default();
                }
            }
            _ => {}
        }
    }

    /// Forgets all tasks: their driver has stopped.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The wait that ends first, if the calls of all tasks wait.
    pub(super) fn wait(&self) -> Option<&CallWait> {
        let waits: Option<Vec<_>> = self.0.iter().map(|known| known.wait.as_ref()).collect();
        waits?.into_iter().min_by_key(|wait| wait.until.unwrap_or(u64::MAX))
    }
}

impl TaskAtWork {
    fn is(&self, path: &Path, task: &Task) -> bool {
        self.task.node == task.node && self.task.item == task.item && self.path == *path
    }
}
