//! Forks stored runs.

use super::load::At;
use super::load_error::LoadError;
use crate::graph::compiled::Graph;
use crate::journal::Journal;
use crate::journal::entry::{Head, Parent};
use crate::journal::status::Status;
use crate::plan::position::Position;
use crate::state::durable::Durable;

impl<S: Durable> Graph<S> {
    /// Creates a new run with the same past as another run up to a moment. The other run does not change.
    ///
    /// ```
    /// # use council_core::{State, StateGraph, journal::Memory, node, stored::At};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(State, Default, Serialize, Deserialize)]
    /// # struct Text { text: String }
    /// # let mut graph = StateGraph::<Text>::new("shout");
    /// # let shout = node!(graph, "shout", async move |text| Ok(Text::update().text(text.text.to_uppercase())));
    /// # graph.start(shout).end(shout);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let journal = Memory::default();
    /// graph.run(Text { text: "hello".into() }).id("r-1").journal(journal.clone()).await?;
    ///
    /// let mut position = graph.fork(&journal, "r-1", At::Superstep(0), "r-2").await?;
    /// position.edit("an editor", Text::update().text("good bye"));
    /// assert_eq!(graph.resume(position).journal(journal.clone()).await?.state().text, "GOOD BYE");
    /// assert_eq!(graph.load(&journal, "r-1").await?.state().text, "HELLO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`load_at`](Self::load_at); or there is a run `to` already.
    #[doc(alias = "checkpoint_id")]
    pub async fn fork(
        &self,
        journal: &(impl Journal + ?Sized),
        run: &str,
        at: At,
        to: &str,
    ) -> Result<Position<S>, LoadError> {
        let (_, records) = self.read_until(journal, run, at).await?;
        let parent = Some(Parent { run: run.to_owned(), records });
        let head = Head { graph: self.name().to_owned(), status: Status::Stopped, summary: None, parent };
        journal.copy(run, records, to, head).await?;
        self.load(journal, to).await
    }
}
