//! Recorder of the questions and `once` blocks of a task, while the task runs.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use super::failure::Failure;
use crate::types::raw_json::RawJson;

/// Records the questions and `once` blocks of the tasks of one graph. A task is identified by its node and its item.
///
/// It is [`Any`], so that a subgraph can downcast it to the recorder of its run.
pub(crate) trait TaskRecorder: Any + Send + Sync {
    /// The task has asked a question, as JSON.
    fn asked(&self, node: &str, item: Option<u32>, question: &RawJson<'_>);

    /// The task asks an open question in other words than an earlier attempt. `place` is the index of the question in the task.
    fn reworded(&self, node: &str, item: Option<u32>, place: usize, question: &RawJson<'_>);

    /// The answer to a question does not have the type that the node wants. `place` is the index of the question in the task.
    fn refused(&self, node: &str, item: Option<u32>, place: usize, error: &str);

    /// The task has completed the `once` block of this name. The value is its result, as JSON.
    fn once(&self, node: &str, item: Option<u32>, name: &str, value: &RawJson<'_>);

    /// Waits until the records are as durable as the run requires.
    fn save(&self) -> Saving<'_>;
}

/// The future of [`TaskRecorder::save`].
pub(crate) type Saving<'a> = Pin<Box<dyn Future<Output = Result<(), Box<Failure>>> + Send + 'a>>;
