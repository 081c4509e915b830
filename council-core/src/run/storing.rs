//! Storage of a run: its durability, its summary, its hooks, and runs that are held.

use serde::Serialize;

use super::builder::RunBuilder;
use super::error::RunError;
use crate::node::failure::Failure;
use crate::plan::position::Position;
use crate::state::State;
use crate::stored::recorder::{Durability, Hook, Saved};
use crate::types::json_error::JsonError;

impl<S: State> RunBuilder<S> {
    /// When the records of the run are in its journal; by default before each next superstep.
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let run = graph.run(Essay::default()).id("r-1").journal(journal::Memory::default());
    /// run.durability(stored::Durability::Exit).await?;
    /// # Ok(()) }
    /// ```
    pub fn durability(mut self, durability: Durability) -> Self {
        self.storing.durability = durability;
        self
    }

    /// The summary of the state, or of the failure, in a list of runs. The journal stores it beside the run, as JSON. It is
    /// computed again when the run starts, pauses and ends. If the function panics, or its value cannot be written as JSON, the run
    /// has no summary, and the log line `not written` has the reason. See [`RunEntry::summary`](crate::journal::RunEntry::summary).
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// use council_core::journal::{Journal, Memory, RunFilter};
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let journal = Memory::default();
    /// let run = graph.run(Essay::default()).journal(journal.clone());
    /// run.summary(|essay, _| essay.draft.len()).await?;
    /// assert_eq!(journal.runs(&RunFilter::default()).await?[0].summary.as_deref(), Some("7"));
    /// # Ok(()) }
    /// ```
    pub fn summary<T: Serialize>(
        mut self,
        summary: impl Fn(&S, Option<&Failure>) -> T + Send + Sync + 'static,
    ) -> Self {
        let json = move |state: &S, failure: Option<&Failure>| {
            serde_json::to_string(&summary(state, failure)).map_err(|error| JsonError::custom(&error.to_string()))
        };
        self.storing.summary = Some(Box::new(json));
        self
    }

    /// Calls a function for the records of the run, in order. A call comes after its records are in the journal and, with
    /// [`Durability::Sync`], before the run continues. These records survive a crash; the events of an observer may not.
    ///
    /// The function is called inside the run, so it should return quickly. After a panic it is not called again, and the run
    /// continues.
    ///
    /// ```
    /// # use council_core::*; use serde::{Deserialize, Serialize};
    /// # #[derive(State, Clone, Debug, Default, Serialize, Deserialize)] struct Essay { draft: String }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let run = graph.run(Essay::default()).journal(journal::Memory::default());
    /// run.on_saved(|saved| println!("{} records from {}", saved.entries.len(), saved.first)).await?;
    /// # Ok(()) }
    /// ```
    pub fn on_saved(mut self, hook: impl Fn(Saved<'_>) + Send + Sync + 'static) -> Self {
        self.storing.hooks.push(Hook::new(hook));
        self
    }

    /// Persists the run without executing it; resume it later, from any process. The journal gets the input of a new run, or the
    /// edits and answers of a run that continues. Resume it from the returned position, or from the position that [`Graph::load`](crate::Graph::load)
    /// returns. It is for runs that are accepted now and executed later. Without a journal it does nothing.
    ///
    /// ```
    /// # use council_core::{State, StateGraph, journal::{Envelope, Journal, Memory, ReadFrom, StoredRecord}, node};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let journal = Memory::default();
    /// graph.run(Text { text: "hello".into() }).id("r-1").journal(journal.clone()).hold().await?;
    /// let stored = journal.read("r-1", ReadFrom::Record(0)).await?;
    /// let first = Envelope::read(&stored.entries[0].json)?.record;
    /// assert!(matches!(first, StoredRecord::Started { held: true, .. }));
    ///
    /// // Its turn has come.
    /// let position = graph.load(&journal, "r-1").await?;
    /// assert_eq!(graph.resume(position).journal(journal).await?.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The journal cannot be written, or already has a run with this id; the run has been closed; or the graph cannot be stored.
    pub async fn hold(self) -> Result<Position<S>, RunError<S>> {
        let (driver, mut position) = self.into_driver();
        let id = driver.id();
        match driver.hold(&mut position).await {
            Ok(()) => Ok(position),
            Err(failure) => Err(RunError::new(id, failure, position)),
        }
    }
}
