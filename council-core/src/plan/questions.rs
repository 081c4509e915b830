//! The open questions of a run, and their answers.

use serde::Serialize;

use super::position::Position;
use crate::journal::status::Status;
use crate::node::memory::{PendingAnswer, RefusedAnswer};
use crate::state::State;
use crate::types::ask_id::{AskId, TaskId};
use crate::types::question::{AnswerError, Ask};
use crate::types::raw_json::RawJson;

impl<S: State> Position<S> {
    /// Whether the run waits for a human: for the answers to [`asks`](Self::asks), or for an acknowledgement by
    /// [`Graph::resume`](crate::Graph::resume). A program that loads a run can use it to decide whether to ask a human first. A
    /// [closed](crate::journal::close) run does not wait.
    ///
    /// ```
    /// # use council_core::*; #[derive(State, Clone, Debug, Default)]
    /// # struct Essay { draft: String, #[state(append)] notes: Vec<String> }
    /// # async fn write(_: &Essay) -> NodeResult<Essay> { Ok(Essay::update().draft("a draft")) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let outcome = graph.run(Essay::default()).pause_before([write]).await?;
    /// let Outcome::Paused { position } = outcome else { panic!() };
    /// assert!(position.is_paused() && position.asks().is_empty());
    /// # Ok(()) }
    /// ```
    pub fn is_paused(&self) -> bool {
        self.paused && self.saved.as_ref().is_none_or(|saved| saved.status != Status::Closed)
    }

    /// The open questions, in the order of their tasks, including those of subgraphs.
    ///
    /// ```
    /// # use council_core::*;
    /// # #[derive(State, Clone, Debug, Default)] struct Essay { draft: String }
    /// # async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    /// #     Ok(Essay::update().draft(context.ask::<String>("Which title?").await?))
    /// # }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let Outcome::Paused { position } = graph.run(Essay::default()).await? else { panic!() };
    /// for ask in position.asks() {
    ///     println!("{}: {}", ask.node, ask.question); // write: "Which title?"
    /// }
    /// # Ok(()) }
    /// ```
    pub fn asks(&self) -> Vec<Ask> {
        let mut asks = Vec::new();
        self.list_asks("", &mut asks);
        asks
    }

    /// Answers a question. The run takes the answer when it continues; with a journal it is recorded first. The node then checks
    /// the type of the answer: a wrong type fails the run with [`Failure::WrongAnswer`](crate::Failure::WrongAnswer), and the
    /// question is open again.
    ///
    /// ```
    /// # use council_core::*;
    /// # #[derive(State, Clone, Debug, Default)] struct Essay { draft: String }
    /// # async fn write(_: &Essay, context: &Context<Essay>) -> NodeResult<Essay> {
    /// #     Ok(Essay::update().draft(context.ask::<String>("Which title?").await?))
    /// # }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut graph = StateGraph::<Essay>::new("essay"); let write = graph.node("write", write);
    /// # graph.start(write).end(write); let graph = graph.compile()?;
    /// let Outcome::Paused { mut position } = graph.run(Essay::default()).await? else { panic!() };
    /// let ask = position.asks().remove(0);
    /// position.answer(&ask.id, "On crabs")?;
    /// assert_eq!(graph.resume(position).await?.state().draft, "On crabs");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// There is no open question with this id, or it is answered already. The position is unchanged then.
    #[doc(alias = "resume")]
    pub fn answer(&mut self, id: &str, answer: &(impl Serialize + ?Sized)) -> Result<(), AnswerError> {
        let json = RawJson::of(answer);
        let json = json.map_err(|source| AnswerError::Unwritable { id: id.to_owned(), source })?;
        let given = self.take_answer(id, json.text()).map_err(|refused| match refused {
            RefusedAnswer::Answered => AnswerError::Answered { id: id.to_owned() },
            RefusedAnswer::Unknown => {
                let open: Vec<_> = self.asks().into_iter().map(|ask| ask.id).collect();
                AnswerError::Unknown { id: id.to_owned(), open: open.join(", ") }
            }
        });
        self.answers.push(given?);
        Ok(())
    }

    pub(crate) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        // A task that has ended no longer waits for an answer.
        for task in self.tasks.tasks.iter().filter(|task| !task.has_ended()) {
            let remembered = self.memory.get(&(task.node, task.index()));
            let nested = task.extras.as_ref().and_then(|extras| extras.nested.as_ref());
            if remembered.is_none() && nested.is_none() {
                continue;
            }
            let name = &self.names[task.node as usize];
            let id = TaskId { node: name.as_ref().into(), visit: task.visit, item: task.index() };
            let known = (1..).zip(remembered.into_iter().flat_map(|memory| &memory.asks));
            for (number, ask) in known.filter(|(_, ask)| ask.answer.is_none()) {
                let question = RawJson::or_null(&ask.question);
                asks.push(Ask { id: format!("{before}{id}.{number}"), node: name.to_string(), question });
            }
            if let Some(nested) = nested {
                nested.asks(&format!("{before}{id}/"), asks);
            }
        }
    }

    pub(crate) fn take_answer(&mut self, id: &str, answer: &str) -> Result<PendingAnswer, RefusedAnswer> {
        let (task, rest) = AskId::parse(id).ok_or(RefusedAnswer::Unknown)?;
        let TaskId { node: name, visit, item } = task;
        let place = self.names.number(&name).and_then(|node| self.place(node, item));
        let task = place.and_then(|place| self.tasks.tasks.get_mut(place));
        let task = task.filter(|task| task.visit == visit && !task.has_ended()).ok_or(RefusedAnswer::Unknown)?;
        let place = match rest {
            AskId::Inside(inner) => {
                let nested = task.extras.as_mut().and_then(|extras| extras.nested.as_mut());
                let mut given = nested.ok_or(RefusedAnswer::Unknown)?.answer(inner, answer)?;
                given.path.insert(0, (name.into_owned(), item));
                return Ok(given);
            }
            AskId::Number(number) => number.checked_sub(1).ok_or(RefusedAnswer::Unknown)?,
        };
        let remembered = self.memory.get_mut(&(task.node, item));
        let ask = remembered.and_then(|memory| memory.asks.get_mut(place)).ok_or(RefusedAnswer::Unknown)?;
        if ask.answer.is_some() {
            return Err(RefusedAnswer::Answered);
        }
        ask.answer = Some(answer.to_owned());
        Ok(PendingAnswer { path: Vec::new(), node: name.into_owned(), item, place, answer: answer.to_owned() })
    }
}
