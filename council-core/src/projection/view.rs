//! The answers of a projection: state, status, tasks and questions.

use std::sync::Arc;

use super::RunProjection;
use crate::journal::format::envelope::StoredTask;
use crate::journal::status::Status;
use crate::state::State;
use crate::types::question::Ask;

impl<S: State> RunProjection<S> {
    /// The state, with the updates of all complete supersteps and of all edits.
    pub fn state(&self) -> &S {
        &self.state
    }

    /// The state, by value.
    pub fn into_state(self) -> S {
        self.state
    }

    /// The status of the run. A held run is [`Stopped`](Status::Stopped).
    pub fn status(&self) -> Status {
        self.status
    }

    /// The reason why the run stopped, failed or was closed. `None` for a run that is running, paused or finished.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// run.apply(TypedRecord::read(r#"{"v":3,"record":{"failed":{"error":"no paper"}}}"#)?)?;
    /// assert_eq!((run.status(), run.reason()), (Status::Failed, Some("no paper")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The number of complete supersteps.
    pub fn supersteps(&self) -> u64 {
        self.progress.supersteps
    }

    /// The current superstep, from 1; 0 while routes from the start are evaluated.
    pub fn superstep(&self) -> u64 {
        self.progress.completing()
    }

    /// The nodes of the superstep, in the order of their tasks, whether these have ended or not. Empty once their updates are in the
    /// state.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// assert_eq!(run.nodes().map(|node| &**node).collect::<Vec<_>>(), ["write"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.progress.nodes.iter().map(|node| &node.name)
    }

    /// The nodes of the superstep that have a task which has not ended.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// assert_eq!(run.open_nodes().count(), 1);
    /// run.apply(TypedRecord::read(r#"{"v":3,"record":{"task_done":{"node":"write","update":{}}}}"#)?)?;
    /// assert_eq!((run.nodes().count(), run.open_nodes().count()), (1, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_nodes(&self) -> impl Iterator<Item = &Arc<str>> {
        self.progress.open_nodes()
    }

    /// The tasks of the superstep that have not ended.
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// let task = run.open_tasks().next().unwrap();
    /// assert_eq!((&*task.node, task.item), ("write", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn open_tasks(&self) -> impl Iterator<Item = StoredTask<'_>> {
        self.progress.open_tasks()
    }

    /// The open questions, also of subgraphs; see [`Position::asks`](crate::Position::asks).
    ///
    /// ```
    /// # use council_core::{State, journal::*, projection::*}; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Text { text: String }
    /// # let started = r#"{"v":3,"record":{"started":{"graph":"essay","input":{"text":""},"next":["write"]}}}"#;
    /// # let mut run = RunProjection::<Text>::begin(TypedRecord::read(started)?)?;
    /// run.apply(TypedRecord::read(r#"{"v":3,"record":{"asked":{"node":"write","question":"Which title?"}}}"#)?)?;
    /// let ask = run.asks().remove(0);
    /// assert_eq!((ask.id.as_str(), ask.question::<String>()?), ("write:1.1", "Which title?".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn asks(&self) -> Vec<Ask> {
        let mut asks = Vec::new();
        self.progress.list_asks("", &mut asks);
        asks
    }
}
