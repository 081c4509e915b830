//! The planner decides what a run does next: pure functions over a [`Position`](crate::Position), with no async, no clock, no
//! randomness and no log line.
//!
//! A run is a loop of two calls. [`advance`] returns the next step of the run. The results of this step become
//! [`Record`](crate::Record)s, and [`fold`] applies them to the position. The same fold rebuilds a position from its records, so
//! the live position always equals the fold of its records.
//!
//! ```
//! use council_core::plan::{self, Next};
//! use council_core::{Limits, NodeResult, Record, State, StateGraph};
//!
//! #[derive(State, Default)]
//! struct Text {
//!     text: String,
//! }
//!
//! async fn write(_: &Text) -> NodeResult<Text> {
//!     Ok(Text::update().text("written by the node"))
//! }
//!
//! let mut graph = StateGraph::<Text>::new("by hand");
//! let write = graph.node("write", write);
//! graph.start(write);
//! graph.end(write);
//! let graph = graph.compile()?;
//!
//! // Driven by hand: this caller writes what the node would.
//! let limits = Limits::default();
//! let mut position = plan::begin(&graph, Text::default());
//! assert!(matches!(plan::advance(&graph, &limits, &mut position).next, Next::Run));
//! let update = Text::update().text("written by hand");
//! plan::fold(&graph, &mut position, Record::TaskDone { task: 0, update, goto: None })?;
//! assert!(matches!(plan::advance(&graph, &limits, &mut position).next, Next::Finish));
//! assert_eq!(position.state().text, "written by hand");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod advance;
pub(crate) mod arrivals;
pub(crate) mod barrier;
pub(crate) mod blame;
mod call;
mod call_error;
pub(crate) mod caller;
pub(crate) mod edit;
pub(crate) mod editing;
pub(crate) mod fold;
pub(crate) mod nested;
pub(crate) mod open_task;
pub(crate) mod panicked;
pub(crate) mod position;
pub(crate) mod questions;
pub(crate) mod record;
pub(crate) mod redirect;
pub(crate) mod next_nodes;
pub(crate) mod successors;
pub(crate) mod tasks;
pub(crate) mod valves;
pub(crate) mod notes;

pub use advance::{Next, Turn, advance, begin};
pub use call::Called;
pub use call_error::CallError;
pub use caller::Caller;
pub use fold::fold;

pub use crate::types::valve::{OpenedValve, Valve};
