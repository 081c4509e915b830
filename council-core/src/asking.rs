//! Questions of nodes: how they are listed and answered from outside, and asked from inside.

use std::future::{Future, pending};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::chair::{Given, Told};
use crate::context::Context;
use crate::journal::entry::Status;
use crate::node::NodeError;
use crate::position::Position;
use crate::state::State;
use crate::types::question::{AnswerError, Ask};

impl<S: State> Position<S> {
    /// Whether the run waits for a human: for the answers to [`asks`](Self::asks), or to be let on by
    /// [`Graph::resume`](crate::Graph::resume). So a program that finds it in a journal knows whether somebody is to be asked first.
    /// A run that was [closed](crate::journal::close) waits for nobody.
    pub fn is_paused(&self) -> bool {
        self.paused && self.saved.as_ref().is_none_or(|saved| saved.status != Status::Closed)
    }

    /// The questions that wait for an answer, in the order of their tasks, those of subgraphs included.
    pub fn asks(&self) -> Vec<Ask> {
        let mut asks = Vec::new();
        self.list_asks("", &mut asks);
        asks
    }

    /// Answers a question; the run takes the answer when it goes on, and records it first if it has a journal. There it turns out whether it is of the type that the node
    /// wants: if not, the run says so with [`Failure::WrongAnswer`](crate::Failure::WrongAnswer), and the question is open
    /// again.
    ///
    /// # Errors
    ///
    /// No such question is open, or it is answered already. Nothing has changed then.
    pub fn answer(&mut self, id: &str, answer: &(impl Serialize + ?Sized)) -> Result<(), AnswerError> {
        let text = serde_json::to_string(answer);
        let text = text.map_err(|source| AnswerError::Unwritable { id: id.to_owned(), source })?;
        let given = self.take_answer("", id, &text).unwrap_or_else(|| {
            let open: Vec<_> = self.asks().into_iter().map(|ask| ask.id).collect();
            Err(AnswerError::Unknown { id: id.to_owned(), open: open.join(", ") })
        });
        self.answers.push(given?);
        Ok(())
    }

    pub(crate) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        // One that has ended waits for nothing, whatever it asked.
        for task in self.tasks.tasks.iter().filter(|task| !task.has_ended()) {
            let name = &self.names[task.node as usize];
            let task_id = id(before, name, task.visit, task.index());
            let remembered = self.remembered.iter().find(|known| (known.node, known.item) == (task.node, task.index()));
            for (number, ask) in (1..).zip(remembered.iter().flat_map(|known| &known.asks)) {
                if ask.answer.is_none() {
                    let question = serde_json::from_str(&ask.question).unwrap_or_default();
                    asks.push(Ask { id: format!("{task_id}.{number}"), node: name.to_string(), question });
                }
            }
            if let Some(kept) = task.rest.as_ref().and_then(|rest| rest.kept.as_ref()) {
                kept.asks(&format!("{task_id}/"), asks);
            }
        }
    }

    pub(crate) fn take_answer(&mut self, before: &str, id: &str, answer: &str) -> Option<Result<Given, AnswerError>> {
        for task in self.tasks.tasks.iter_mut().filter(|task| !task.has_ended()) {
            let (name, item) = (&self.names[task.node as usize], task.index());
            let task_id = self::id(before, name, task.visit, item);
            let Some(rest) = id.strip_prefix(&task_id) else { continue };
            if rest.starts_with('/')
                && let Some(kept) = task.rest.as_mut().and_then(|rest| rest.kept.as_mut())
            {
                let given = kept.answer(&format!("{task_id}/"), id, answer)?;
                return Some(given.map(|mut given| {
                    given.path.insert(0, (name.to_string(), item));
                    given
                }));
            }
            let number = rest.strip_prefix('.').and_then(|number| number.parse::<usize>().ok());
            let known = (task.node, item);
            let remembered = self.remembered.iter_mut().find(|task| (task.node, task.item) == known);
            let place = number.and_then(|number| number.checked_sub(1));
            let ask = remembered.zip(place).and_then(|(task, place)| task.asks.get_mut(place).zip(Some(place)));
            let Some((ask, place)) = ask else { continue };
            if ask.answer.is_some() {
                return Some(Err(AnswerError::Answered { id: id.to_owned() }));
            }
            ask.answer = Some(answer.to_owned());
            let (node, answer) = (name.to_string(), answer.to_owned());
            return Some(Ok(Given { path: Vec::new(), node, item, place, answer }));
        }
        None
    }
}

/// What the ids of a task's questions begin with.
fn id(before: &str, node: &str, visit: u32, item: Option<u32>) -> String {
    let item = item.map(|item| format!("[{item}]")).unwrap_or_default();
    format!("{before}{node}:{visit}{item}")
}

impl<S: State> Context<S> {
    /// Puts a question to the chair: a human, or whoever answers for the program. The run pauses once the other tasks of the
    /// superstep have ended, and the answer may come in another process, with [`Position::answer`]. Then the node is run again
    /// from its top; what it asked before, and what it did in [`once`](Self::once), is not asked and done again.
    ///
    /// Several questions may be open at once: in several tasks, or in one that asks them together, with `join!`. Whatever else the
    /// node does beside a question is cut off when it asks.
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
    /// # Errors
    ///
    /// The question cannot be written as JSON; or the node, run again, asks something else than before in the same place: what
    /// changes between two runs of it belongs into [`once`](Self::once).
    pub fn ask<A: DeserializeOwned, Q: Serialize>(
        &self,
        question: Q,
    ) -> impl Future<Output = Result<A, NodeError>> + Send + use<'_, S, A, Q> {
        // In the order of the calls, not in that of the polls.
        let told = serde_json::to_string(&question).map(|question| {
            let told = self.run.chair.ask(self.node, self.item, &question);
            if let (Told::Wait { is_new: true }, Some(recording)) = (&told, &self.run.recording) {
                recording.asked(self, &question);
            }
            (told, question)
        });
        async move {
            let (text, place) = match told? {
                (Told::Wait { .. }, _) => return pending().await,
                (Told::Other { before }, now) => {
                    let error = format!("it asks {now} where it asked {before} before: keep what changes in `once`");
                    return Err(error.into());
                }
                (Told::Answer { text, place }, _) => (text, place),
            };
            let error = match serde_json::from_str(&text) {
                Ok(answer) => return Ok(answer),
                Err(error) => error.to_string(),
            };
            if let Some(recording) = &self.run.recording {
                recording.refused(self, place, &error);
            }
            self.run.chair.refuse(self.node, self.item, place, error);
            pending().await
        }
    }

    /// Does something that is not done again when the node is: after a crash, a failure, or a question. What it gave is recorded
    /// before this returns, with [`Durability::Sync`](crate::journal::Durability::Sync); a crash in between does it again, so
    /// what must never happen twice needs a key of its own on the other side.
    ///
    /// `name` tells it from others of the same node; the second of the same name is another.
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
    /// # Errors
    ///
    /// Those of `work`, which are not kept: it is done again in the next attempt. Or what it gave cannot be written as JSON, or
    /// read as what is wanted now.
    pub async fn once<T, E>(&self, name: &str, work: impl Future<Output = Result<T, E>> + Send) -> Result<T, NodeError>
    where
        T: Serialize + DeserializeOwned + Send,
        E: Into<NodeError> + Send,
    {
        let (name, known) = self.run.chair.come_to(self.node, self.item, name);
        if let Some(value) = known {
            return Ok(serde_json::from_str(&value)?);
        }
        let done = work.await.map_err(Into::into)?;
        let value = serde_json::to_string(&done)?;
        if let Some(recording) = &self.run.recording {
            recording.once(self, &name, &value);
        }
        self.run.chair.did(self.node, self.item, name, value);
        if let Some(recording) = &self.run.recording {
            recording.tick().await.map_err(|failure| *failure)?;
        }
        Ok(done)
    }
}
