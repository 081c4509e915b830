//! Records what a task asks and does once, before the task ends.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use super::failure::Failure;
use crate::journal::format::raw_json::RawJson;

/// Records what tasks of one graph ask and do once. The task is named by its node, and by the item that it is for.
///
/// It is [`Any`], so that a subgraph finds the recorder of its run again.
pub(crate) trait TaskRecorder: Any + Send + Sync {
    /// The task has asked a question, as JSON.
    fn asked(&self, node: &str, item: Option<u32>, question: &RawJson<'_>);

    /// The answer to the question in this place among those of the task is not of the type that the node wants.
    fn refused(&self, node: &str, item: Option<u32>, place: usize, error: &str);

    /// The task has done a block of this name, which gave a value, as JSON.
    fn once(&self, node: &str, item: Option<u32>, name: &str, value: &RawJson<'_>);

    /// Waits until what was recorded is as safe as the run wants it.
    fn save(&self) -> Saving<'_>;
}

/// What [`TaskRecorder::save`] returns.
pub(crate) type Saving<'a> = Pin<Box<dyn Future<Output = Result<(), Box<Failure>>> + Send + 'a>>;
