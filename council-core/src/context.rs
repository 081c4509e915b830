//! What a node may know about the task that it is: its place in the run, and a way to be heard.

use std::fmt;
use std::sync::Arc;

use crate::event::Task;

/// Where a node runs, handed to it beside the state.
///
/// ```
/// use council_core::{Context, NodeResult, State};
///
/// #[derive(State, Default)]
/// struct Text {
///     text: String,
/// }
///
/// async fn write(text: &Text, context: &Context) -> NodeResult<Text> {
///     context.token("Once ");
///     context.token("upon a time");
///     Ok(Text::update().text(format!("Once upon a time (draft {} of {})", context.visit(), context.run())))
/// }
/// ```
#[derive(Clone)]
pub struct Context {
    pub(crate) run: Arc<RunInfo>,
    pub(crate) node: u32,
    pub(crate) superstep: u64,
    pub(crate) visit: u32,
    pub(crate) attempt: u32,
}

impl Context {
    /// The id of the run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run.id
    }

    /// The name of the node.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.run.names[self.node as usize]
    }

    /// The superstep, from 1.
    #[must_use]
    pub fn superstep(&self) -> u64 {
        self.superstep
    }

    /// How often the run has come to this node, this time included: from 1.
    #[must_use]
    pub fn visit(&self) -> u32 {
        self.visit
    }

    /// How often this task has been tried, this time included: from 1, and more only in a run that was resumed after the
    /// task had failed. A task that was cancelled, by a sibling's failure or the wall clock, begins its attempt anew.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Tells whoever watches the run a piece of text that this node is writing. Costs nothing when nobody does.
    pub fn token(&self, text: impl Into<String>) {
        if let Some(tokens) = &self.run.tokens {
            tokens.token(self.task(), text.into());
        }
    }

    pub(crate) fn task(&self) -> Task {
        Task {
            node: Arc::clone(&self.run.names[self.node as usize]),
            superstep: self.superstep,
            visit: self.visit,
            attempt: self.attempt,
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("run", &self.run())
            .field("node", &self.node())
            .field("superstep", &self.superstep)
            .field("visit", &self.visit)
            .field("attempt", &self.attempt)
            .finish()
    }
}

/// What all tasks of a run share.
pub(crate) struct RunInfo {
    pub(crate) id: Arc<str>,
    pub(crate) names: Arc<[Arc<str>]>,
    pub(crate) tokens: Option<Arc<dyn TokenSink>>,
}

/// Where tokens go; hides the type of the state from the context.
pub(crate) trait TokenSink: Send + Sync {
    fn token(&self, task: Task, text: String);
}
