//! `Context::ask` and `Context::once`: questions to the chair, and work that is not repeated.

use std::future::{Future, pending};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::Context;
use super::memory::{AskReply, OpenQuestion};
use super::result::NodeError;
use crate::state::State;
use crate::types::raw_json::RawJson;

/// The type of an answer that a node asks for: see [`Context::ask`]. Every type that serde can read is one.
///
/// ```
/// # use council_core::*; #[derive(State, Clone, Debug, Default)] struct Essay { draft: String }
/// async fn ask_twice<A: Answer>(context: &Context<Essay>) -> Result<[A; 2], NodeError> {
///     Ok([context.ask("First?").await?, context.ask("Second?").await?])
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of an answer",
    label = "the answer would be a `{Self}`",
    note = "serde reads the answer, so its type implements `Deserialize`",
    note = "if the compiler does not know the type, name it: `context.ask::<String>(..)`"
)]
pub trait Answer: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<A: DeserializeOwned> Answer for A {}

impl<S: State> Context<S> {
    /// Asks the chair: the human or the program that answers the questions of a run. The run pauses once the other tasks of the
    /// superstep have ended. The answer may come in another process, with [`Position::answer`](crate::Position::answer).
    ///
    /// After the answer, the node runs again from its start. Its earlier questions and the work in [`once`](Self::once) are not
    /// repeated: they return the earlier answers and results.
    ///
    /// An answer belongs to its question by the number of the question in the task, not by its words. So the words may be made of a
    /// state that is edited before the answer is taken. An open question that is asked again in other words has the new words.
    ///
    /// Several questions may be open at once: in several tasks, or in one task that asks them together, with `join!`. Other work
    /// that the node does concurrently is cancelled when it asks.
    ///
    /// ```
    /// # use council_core::{Context, NodeResult, Outcome, State, StateGraph};
    /// #[derive(State, Default)]
    /// struct Letter {
    ///     text: String,
    /// }
    ///
    /// async fn sign(letter: &Letter, context: &Context<Letter>) -> NodeResult<Letter> {
    ///     let name: String = context.ask("Who signs it?").await?;
    ///     Ok(Letter::update().text(format!("{} Yours, {name}", letter.text)))
    /// }
    ///
    /// # let mut graph = StateGraph::<Letter>::new("letter");
    /// # let sign = graph.node("sign", sign);
    /// # graph.start(sign).end(sign);
    /// # let graph = graph.compile()?;
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let outcome = graph.run(Letter { text: "All is well.".into() }).await?;
    /// let Outcome::Paused { mut position } = outcome else { panic!("it asks") };
    /// let asks = position.asks();
    /// assert_eq!(asks[0].question::<String>()?, "Who signs it?");
    /// position.answer(&asks[0].id, "Ada")?;
    /// let outcome = graph.resume(position).await?;
    /// assert_eq!(outcome.state().text, "All is well. Yours, Ada");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The type of the answer must be known. A setter of a `String` takes everything that becomes a `String`, so the type has to be named there:
    ///
    /// ```
    /// # use council_core::{Context, NodeResult, State};
    /// # #[derive(State, Default)]
    /// # struct Letter { text: String, copies: u32 }
    /// # async fn sign(_: &Letter, context: &Context<Letter>) -> NodeResult<Letter> {
    /// Ok(Letter::update()
    ///     .text(context.ask::<String>("Who signs it?").await?)
    ///     .copies(context.ask("How many copies?").await?)) // the field is a `u32`
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The question cannot be written as JSON. An answer that is not an `A` is no error of the node: the question is open again, and
    /// the run ends with [`Failure::WrongAnswer`](crate::Failure::WrongAnswer).
    #[doc(alias = "interrupt")]
    pub fn ask<A: Answer>(&self, question: impl Serialize) -> impl Future<Output = Result<A, NodeError>> + Send {
        // Questions are numbered in the order of the calls, not of the polls.
        let told = RawJson::of(&question).map(|question| {
            let told = self.run.memory.ask(self.node, self.item, question.text());
            if let (AskReply::Wait(question_now), Some(recorder)) = (&told, &self.run.recorder) {
                match question_now {
                    OpenQuestion::New => recorder.asked(self.node(), self.item, &question),
                    OpenQuestion::Known => {}
                    OpenQuestion::Reworded { place } => recorder.reworded(self.node(), self.item, *place, &question),
                }
            }
            (told, question)
        });
        async move {
            let (text, place, question) = match told? {
                (AskReply::Wait(_), _) => return pending().await,
                (AskReply::Answer { text, place }, question) => (text, place, question),
            };
            let error = match serde_json::from_str(&text) {
                Ok(answer) => return Ok(answer),
                Err(error) => error.to_string(),
            };
            if let Some(recorder) = &self.run.recorder {
                recorder.refused(self.node(), self.item, place, &error);
            }
            let is_reworded = self.run.memory.refuse(self.node, self.item, place, question.text(), error);
            if let Some(recorder) = self.run.recorder.as_ref().filter(|_| is_reworded) {
                recorder.reworded(self.node(), self.item, place, &question);
            }
            pending().await
        }
    }

    /// Does work that is not repeated when the node runs again, after a crash, a failure or a question. With
    /// [`Durability::Sync`](crate::stored::Durability::Sync), the result is recorded before this returns. A crash between the
    /// work and the record repeats the work. So work that must never happen twice needs an idempotency key in the called system.
    ///
    /// `name` identifies the block within its node. A second block of the same name counts as another block, and so does a block
    /// whose name is made of a state that was edited in between.
    ///
    /// ```
    /// # use council_core::{Context, NodeResult, State};
    /// # #[derive(State, Default)]
    /// # struct Order { receipt: String }
    /// # async fn charge() -> Result<String, council_core::NodeError> { Ok("paid".into()) }
    /// async fn pay(order: &Order, context: &Context<Order>) -> NodeResult<Order> {
    ///     let receipt: String = context.once("charge the card", charge()).await?;
    ///     let _: bool = context.ask("Paid. Shall we ship?").await?; // runs `pay` again, and charges once
    ///     Ok(Order::update().receipt(receipt))
    /// }
    /// ```
    ///
    /// The error of `work` is a [`NodeError`], so an async block needs no types. Work with another error goes into a block with `?`:
    ///
    /// ```
    /// # use council_core::{Context, NodeResult, State};
    /// # #[derive(State, Default)]
    /// # struct Order { text: String, amount: u32 }
    /// async fn read(order: &Order, context: &Context<Order>) -> NodeResult<Order> {
    ///     let amount = context.once("parse", async { Ok(order.text.parse()?) }).await?;
    ///     Ok(Order::update().amount(amount))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The error of `work`. It is not recorded, so the next attempt does the work again. Or the result cannot be written as JSON,
    /// or the recorded result cannot be read as a `T`.
    #[doc(alias = "task")]
    pub async fn once<T: Serialize + DeserializeOwned + Send>(
        &self,
        name: &str,
        work: impl Future<Output = Result<T, NodeError>> + Send,
    ) -> Result<T, NodeError> {
        let (name, known) = self.run.memory.come_to(self.node, self.item, name);
        if let Some(value) = known {
            let unreadable = |error| {
                format!(
                    "the stored result of the `once` block `{name}` cannot be read: {error}; rename the block to run it again"
                )
            };
            return Ok(serde_json::from_str(&value).map_err(unreadable)?);
        }
        let done = work.await?;
        let value = RawJson::of(&done)?;
        if let Some(recorder) = &self.run.recorder {
            recorder.once(self.node(), self.item, &name, &value);
        }
        self.run.memory.did(self.node, self.item, name, value.text().to_owned());
        if let Some(recorder) = &self.run.recorder {
            recorder.save().await.map_err(|failure| *failure)?;
        }
        Ok(done)
    }
}
