//! The open questions of a run, and their answers.

use serde::Serialize;

use super::position::Position;
use crate::journal::status::Status;
use crate::node::memory::PendingAnswer;
use crate::state::State;
use crate::types::question::{AnswerError, Ask, task_id};
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
    /// let outcome = graph.run(Essay::default()).pause_before(["write"]).await?;
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
    /// #     Ok(Essay::update().draft(context.ask::<String, _>("Which title?").await?))
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
    /// #     Ok(Essay::update().draft(context.ask::<String, _>("Which title?").await?))
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
    pub fn answer(&mut self, id: &str, answer: &(impl Serialize + ?Sized)) -> Result<(), AnswerError> {
        let json = RawJson::of(answer);
        let json = json.map_err(|source| AnswerError::Unwritable { id: id.to_owned(), source })?;
        let given = self.take_answer("", id, json.text()).unwrap_or_else(|| {
            let open: Vec<_> = self.asks().into_iter().map(|ask| ask.id).collect();
            Err(AnswerError::Unknown { id: id.to_owned(), open: open.join(", ") })
        });
        self.answers.push(given?);
        Ok(())
    }

    pub(crate) fn list_asks(&self, before: &str, asks: &mut Vec<Ask>) {
        // A task that has ended no longer waits for an answer.
        for task in self.tasks.tasks.iter().filter(|task| !task.has_ended()) {
            let name = &self.names[task.node as usize];
            let task_id = task_id(before, name, task.visit, task.index());
            let remembered = self.memory.iter().find(|known| (known.node, known.item) == (task.node, task.index()));
            for (number, ask) in (1..).zip(remembered.iter().flat_map(|known| &known.asks)) {
                if ask.answer.is_none() {
                    let question = RawJson::or_null(&ask.question);
                    asks.push(Ask { id: format!("{task_id}.{number}"), node: name.to_string(), question });
                }
            }
            if let Some(nested) = task.extras.as_ref().and_then(|rest| rest.nested.as_ref()) {
                nested.asks(&format!("{task_id}/"), asks);
            }
        }
    }

    pub(crate) fn take_answer(
        &mut self,
        before: &str,
        id: &str,
        answer: &str,
    ) -> Option<Result<PendingAnswer, AnswerError>> {
        for task in self.tasks.tasks.iter_mut().filter(|task| !task.has_ended()) {
            let (name, item) = (&self.names[task.node as usize], task.index());
            let task_id = task_id(before, name, task.visit, item);
            let Some(rest) = id.strip_prefix(&task_id) else { continue };
            if rest.starts_with('/')
                && let Some(nested) = task.extras.as_mut().and_then(|rest| rest.nested.as_mut())
            {
                let given = nested.answer(&format!("{task_id}/"), id, answer)?;
                return Some(given.map(|mut given| {
                    given.path.insert(0, (name.to_string(), item));
                    given
                }));
            }
            let number = rest.strip_prefix('.').and_then(|number| number.parse::<usize>().ok());
            let known = (task.node, item);
            let remembered = self.memory.iter_mut().find(|task| (task.node, task.item) == known);
            let place = number.and_then(|number| number.checked_sub(1));
            let ask = remembered.zip(place).and_then(|(task, place)| task.asks.get_mut(place).zip(Some(place)));
            let Some((ask, place)) = ask else { continue };
            if ask.answer.is_some() {
                return Some(Err(AnswerError::Answered { id: id.to_owned() }));
            }
            ask.answer = Some(answer.to_owned());
            let (node, answer) = (name.to_string(), answer.to_owned());
            return Some(Ok(PendingAnswer { path: Vec::new(), node, item, place, answer }));
        }
        None
    }
}
