//! Versions of a graph: how a program reads the runs of an older version.

use super::builder::StateGraph;
use super::compiled::Inner;
use super::fault::BuildFault;
use super::migration::{self, Migration};
use crate::node::result::NodeError;
use crate::state::State;
use crate::types::raw_json::RawJson;

impl<S: State> StateGraph<S> {
    /// The version of the graph, from 1; 1 without this call. A new version of a program raises it if it cannot read the records
    /// of the previous version, and reads them with [`migrate`](Self::migrate).
    ///
    /// The version is in the first record of each run. A program refuses the runs of a newer version. It also refuses the runs
    /// of an older version if it has no `migrate`.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// graph.version(2);
    /// ```
    pub fn version(&mut self, version: u32) -> &mut Self {
        if version == 0 {
            self.faults.push(BuildFault::Zero { node: None, setting: "version" });
        }
        self.version = version;
        self
    }

    /// Reads what older [versions](Self::version) of the graph have stored. The function is called for each state and each update of
    /// such a run, and changes it to what this version would have stored. It is not called for the items of workers, the answers of
    /// people and the results of `once` blocks: their own types read what they have stored, with the attributes of serde.
    ///
    /// ```
    /// # use council_core::*; use council_core::journal::Memory; use serde::{Deserialize, Serialize};
    /// # mod before {
    /// #     #[derive(council_core::State, Default, serde::Serialize, serde::Deserialize)]
    /// #     pub struct Essay { pub draft: String, pub percent: f64 }
    /// # }
    /// #[derive(State, Default, Serialize, Deserialize)]
    /// struct Essay {
    ///     draft: String,
    ///     /// From 0 to 1. Version 1 of the graph had a `percent`.
    ///     score: f64,
    /// }
    ///
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update()) }
    /// # async fn wrote(_: &before::Essay) -> NodeResult<before::Essay> { Ok(before::Essay::update().percent(80.0)) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let journal = Memory::default();
    /// # let mut graph = StateGraph::<before::Essay>::new("essay"); let write_ = graph.node("write", wrote);
    /// # graph.start(write_).end(write_);
    /// # graph.compile()?.run(before::Essay::default()).id("r-1").journal(journal.clone()).await?;
    /// let mut graph = StateGraph::<Essay>::new("essay");
    /// graph.version(2).migrate(|stored| {
    ///     if stored.version() < 2 {
    ///         stored.rename("percent", "score");
    ///         stored.convert("score", |percent: f64| percent / 100.0)?;
    ///     }
    ///     Ok(())
    /// });
    /// # let write = graph.node("write", write);
    /// # graph.start(write).end(write);
    /// let graph = graph.compile()?;
    /// assert_eq!(graph.load(&journal, "r-1").await?.state().score, 0.8);
    /// # Ok(()) }
    /// ```
    pub fn migrate(
        &mut self,
        migrate: impl Fn(&mut Migration<'_>) -> Result<(), NodeError> + Send + Sync + 'static,
    ) -> &mut Self {
        self.migrate = Some(Box::new(migrate));
        self
    }
}

impl<S: State> Inner<S> {
    /// Changes a state or an update of another version of the graph to one of this version.
    pub(crate) fn migrate(&self, version: u32, is_update: bool, json: &mut RawJson<'_>) -> Result<(), NodeError> {
        let Some(migrate) = self.migrate.as_ref().filter(|_| version != self.program.version) else { return Ok(()) };
        let migrated = migration::migrate(migrate, version, is_update, json)?;
        *json = migrated;
        Ok(())
    }
}
